import { findTopology, profileOf, expandFrames, type Profile, type StageSpec, type Topology } from '../experiment';
import {
  diagramFigure,
  type Diagram,
  type DiagramEdge,
  type DiagramGroup,
  type DiagramNode,
  type SvgFigure,
} from '../plot';
import { LOOK, NOTHING_TO_CAPTURE } from './diagramParts';
import type { DiagramStudy } from './study';

const TITLE = 'Layers between two containers on an overlay';

export const FIG01: DiagramStudy = {
  figure: '1',
  id: 'fig01',
  title: TITLE,
  cases: [],
  captures: [],
  captureNote: NOTHING_TO_CAPTURE,
  draw: async () => [await drawLayers()],
};

/** One layer of the stack as a packet meets it on the way in. */
export interface Layer {
  readonly title: string;
  readonly stage: StageSpec;
  /** Kernel functions that do its work. */
  readonly functions: readonly string[];
  readonly place: 'container' | 'host';
  /** Whether the packet still carries the tunnel's headers when it leaves the layer upwards. */
  readonly encapsulated: boolean;
}

/** What the costs of the model are to somebody who thinks in layers; costs that are not named belong to the layer before. */
const LAYER_OF: ReadonlyMap<string, string> = new Map([
  ['nicPoll', 'network card'],
  ['ipReceive', 'IP and UDP/TCP'],
  ['vxlanReceive', 'overlay layer (VXLAN)'],
  ['ipipReceive', 'overlay layer (IP in IP)'],
  ['groCellPoll', 'tunnel device'],
  ['bridge', 'bridge'],
  ['ovs', 'Open vSwitch'],
  ['ipForward', 'routing'],
  ['vethXmit', 'virtual Ethernet pair'],
]);

/** Work that hands a packet to whatever layer comes next, and belongs to that. */
const HAND_OVER = 'netifReceive';

const UNWRAPS: ReadonlySet<string> = new Set(['vxlanReceive', 'ipipReceive']);

/** The layers of a receive path from the wire upwards, one or more for each of its stages. */
export function layersOf(topology: Topology, profile: Pick<Profile, 'id' | 'frames'>): Layer[] {
  const layers: { -readonly [K in keyof Layer]: Layer[K] }[] = [];
  const inContainer = topology.devices.filter((d) => d.perContainer === true && d.kind === 'veth').map((d) => d.name);
  let encapsulated = topology.encapsulation_bytes > 0 && topology.devices[0].kind !== 'vf';
  for (const stage of topology.stages) {
    // A stage's first work that is not named opens a layer of the stage's own name: stages that users add.
    let opened = false;
    let before: string[] = [];
    for (const work of stage.work) {
      const cost = typeof work.cost === 'string' ? work.cost : stage.id;
      const functions = work.only === 'fragment' ? [] : expandFrames(profile, work.frames).slice(-1);
      if (cost === HAND_OVER) {
        before = functions;
        continue;
      }
      const title = LAYER_OF.get(cost) ?? (opened ? undefined : stage.id);
      if (UNWRAPS.has(cost)) encapsulated = false;
      if (title === undefined) {
        layers[layers.length - 1].functions = [...layers[layers.length - 1].functions, ...functions];
        continue;
      }
      const place = inContainer.includes(stage.device) ? 'container' : 'host';
      layers.push({
        title: withDevice(title, stage, topology),
        stage,
        functions: [...before, ...functions],
        place,
        encapsulated,
      });
      opened = true;
      before = [];
    }
  }
  return layers;
}

/** Layers that are a device are named with it. */
function withDevice(title: string, stage: StageSpec, topology: Topology): string {
  const kinds: ReadonlyMap<string, readonly string[]> = new Map([
    ['network card', ['nic', 'vf']],
    ['tunnel device', ['vxlan', 'ipip']],
    ['bridge', ['bridge']],
    ['virtual Ethernet pair', ['veth']],
  ]);
  const kind = kinds.get(title);
  if (kind === undefined) return title;
  const own = topology.devices.find((d) => d.name === stage.device && kind.includes(d.kind));
  const device = own ?? topology.devices.filter((d) => kind.includes(d.kind)).pop();
  return device === undefined ? title : `${title} ${device.name}`;
}

/** The paper's Figure 1: the layers between two containers on different hosts. */
export async function drawLayers(topology: Topology = defaultTopology()): Promise<SvgFigure> {
  return diagramFigure({
    id: 'fig01',
    title: TITLE,
    caption:
      `${topology.title}. Drawn from the stages that the simulator runs on the receiving host, with their kernel ` +
      'functions; the sending host, whose path is not simulated, is their mirror image.',
    panels: [{ diagram: layersDiagram(topology) }],
  });
}

function defaultTopology(): Topology {
  return findTopology('overlay') as Topology;
}

/** Two towers of layers, joined by the wire at their feet. */
export function layersDiagram(topology: Topology): Diagram {
  const layers = layersOf(topology, profileOf({ profile: 'linux-5.4-mlx5', costs: {} })).reverse();
  const towers = ['sender', 'receiver'] as const;
  return {
    direction: 'down',
    groups: towers.flatMap((tower) => groupsOf(tower, layers)),
    nodes: towers.flatMap((tower) => [
      application(tower, layers),
      ...layers.map((layer, i) => layerNode(tower, layer, i)),
    ]),
    edges: [
      ...towers.flatMap((tower) => towerEdges(tower, layers, topology)),
      {
        from: `sender${layers.length - 1}`,
        to: `receiver${layers.length - 1}`,
        label: `wire: message, headers${topology.encapsulation_bytes > 0 ? ` and ${topology.encapsulation_bytes} B of tunnel` : ''}`,
        pull: 'none',
      },
    ],
    gaps_px: [22, 230],
  };
}

type Tower = 'sender' | 'receiver';

function groupsOf(tower: Tower, layers: readonly Layer[]): DiagramGroup[] {
  const name = tower === 'sender' ? 'A' : 'B';
  const host: DiagramGroup = {
    id: `${tower}-host`,
    title: tower === 'sender' ? 'sending host' : 'receiving host',
    look: LOOK.core,
  };
  const inside: DiagramGroup = {
    id: `${tower}-container`,
    title: `container ${name}`,
    inside: host.id,
    look: LOOK.steered,
  };
  return layers.some((layer) => layer.place === 'container') ? [host, inside] : [host];
}

function application(tower: Tower, layers: readonly Layer[]): DiagramNode {
  const place = layers[0].place;
  return {
    id: `${tower}-app`,
    title: 'application',
    lines: ['user space'],
    group: `${tower}-${place}`,
    look: LOOK.user,
    shape: 'round',
  };
}

function layerNode(tower: Tower, layer: Layer, i: number): DiagramNode {
  const functions = [...new Set(layer.functions)].join(', ');
  return {
    id: `${tower}${i}`,
    title: layer.title,
    lines: tower === 'receiver' ? wrapped(functions) : [],
    group: `${tower}-${layer.place}`,
    look: layer.encapsulated ? LOOK.queue : LOOK.stage,
  };
}

/** Breaks a list of names so that boxes stay narrow. */
function wrapped(names: string): string[] {
  const lines: string[] = [];
  for (const name of names.split(' ')) {
    const line = lines[lines.length - 1];
    if (line === undefined || line.length + name.length > 44) lines.push(name);
    else lines[lines.length - 1] = `${line} ${name}`;
  }
  return lines;
}

/** Downwards on the way out, upwards on the way in. */
function towerEdges(tower: Tower, layers: readonly Layer[], topology: Topology): DiagramEdge[] {
  const ids = [`${tower}-app`, ...layers.map((_, i) => `${tower}${i}`)];
  return ids.slice(1).map((to, i) => ({
    from: ids[i],
    to,
    head: tower === 'sender' ? 'to' : 'from',
    ...(i > 0 && layers[i].encapsulated && !layers[i - 1].encapsulated && topology.encapsulation_bytes > 0
      ? { label: tower === 'sender' ? 'adds outer headers' : 'removes outer headers' }
      : {}),
  }));
}
