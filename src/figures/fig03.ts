import {
  expandFrames,
  profileOf,
  resolveExperiment,
  softirqSegments,
  type Profile,
  type Steering,
  type Topology,
} from '../experiment';
import { diagramFigure, type Diagram, type DiagramNode, type SvgFigure } from '../plot';
import { handOvers, levelTitles, LOOK, pollFunction, softirqBox } from './diagramParts';
import { drawCallGraph } from './fig03CallGraph';
import type { DiagramStudy } from './study';

const TITLE = 'The way of a packet through softirqs';

/** Of the captures, those with an overlay; the sending half of the test bed shares their stacks. */
const CAPTURES = ['overlay-udp-16', 'overlay-tcp-4096'];

export const FIG03: DiagramStudy = {
  figure: '3',
  id: 'fig03',
  title: TITLE,
  cases: [],
  captures: CAPTURES,
  captureNote:
    'The path itself is drawn from the model; captures show the calls below net_rx_action in their stack samples, ' +
    'without those of the sending host, which shares the machine.',
  draw: async ({ captured }) => {
    const runs = CAPTURES.flatMap((id) => captured?.get(id) ?? []);
    const graphs = runs.map((run) => drawCallGraph(run, { without: ['vxlan_xmit'], minShare: 0.03 }));
    return [await drawReceivePath(PAPER_PATHS), ...(await Promise.all(graphs))];
  },
};

export interface ReceivePath {
  /** Printed above it. */
  readonly title: string;
  readonly topology: Topology;
  readonly steering: Pick<Steering, 'rps' | 'stages' | 'groSplit'>;
  readonly profile: Pick<Profile, 'id' | 'frames' | 'title'>;
  /** Default `udp`. */
  readonly protocol?: 'udp' | 'tcp';
}

/** Host and overlay without any steering, as the paper's section 3.1 tells it. */
const PAPER_PATHS: readonly ReceivePath[] = ['host', 'overlay'].map((name) => {
  const experiment = resolveExperiment({ topology: name });
  return { ...experiment, title: experiment.topology.title, profile: profileOf(experiment) };
});

/** The paper's Figure 3: the receive path with its interrupts, for any path that the model can simulate. */
export async function drawReceivePath(paths: readonly ReceivePath[]): Promise<SvgFigure> {
  return diagramFigure({
    id: 'fig03',
    title: TITLE,
    caption:
      `Drawn from the stages that the simulator runs, with the functions of ${paths[0].profile.title}. ` +
      'Each yellow box is one run of net_rx_action on one device; a packet waits in the blue queue before it.',
    panels: paths.map((path) => ({ title: path.title, diagram: receivePathDiagram(path) })),
  });
}

/** Boxes of one path: interrupt, softirqs, application. */
export function receivePathDiagram({ topology, steering, profile, protocol = 'udp' }: ReceivePath): Diagram {
  const segments = softirqSegments(topology, steering, protocol);
  const nodes: DiagramNode[] = segments.map((segment, i) => softirqBox(profile, segment, protocol, segments[i + 1]));
  const last = segments[segments.length - 1];
  const start = startOf(topology, profile, pollFunction(profile, segments[0]));
  const end: DiagramNode = {
    id: 'application',
    title: 'application',
    lines: ['user space'],
    look: LOOK.user,
    sections: [
      { title: 'socket buffer', look: LOOK.queue },
      { title: '', lines: expandFrames(profile, ['@recv']).slice(-3), look: LOOK.stage },
    ],
  };
  return {
    nodes: [start, ...nodes, end],
    edges: [
      ...levelTitles(['start', ...nodes.map((node) => node.id), 'application']),
      {
        from: 'start',
        fromSection: topology.cable === 'veth' ? undefined : 0,
        to: 'softirq1',
        toSection: 0,
        pull: 'weak',
      },
      ...handOvers(segments),
      { from: `softirq${last.number}`, fromSection: last.parts.length, to: 'application', toSection: 0, pull: 'weak' },
    ],
    gaps_px: [30, 14],
    arrows: 'straight',
  };
}

/** What brings packets in: a network card with its interrupt, or the sender's end of a veth cable. */
function startOf(topology: Topology, profile: Pick<Profile, 'id' | 'frames'>, poll: string): DiagramNode {
  if (topology.cable === 'veth') {
    return { id: 'start', title: 'veth cable', lines: ['veth_xmit of the sender'], look: LOOK.hardware };
  }
  return {
    id: 'start',
    title: topology.devices[0].name,
    lines: ['network card'],
    look: LOOK.hardware,
    sections: [
      { title: 'DMA into the ring', look: LOOK.queue },
      { title: 'hardirq', lines: expandFrames(profile, ['@irqDriver']), look: LOOK.hardirq },
      { title: '', lines: [`schedules ${poll},`, 'raises NET_RX'], look: LOOK.stage },
    ],
  };
}
