import { placeSegments, softirqSegments, type Experiment, type PlacedPacket, type SoftirqSegment } from '../experiment';
import type { Diagram, DiagramEdge, DiagramGroup, DiagramNode } from '../plot';
import { ARROW, LOOK, queueName } from './diagramParts';

export interface LanesOptions {
  readonly packet: PlacedPacket;
  /** Default `udp`. */
  readonly protocol?: 'udp' | 'tcp';
  /** Written at the arrow into a softirq; the core itself is named at its frame. Default: who chose it. */
  readonly arrowLabel?: (segment: SoftirqSegment, cpu: number, previousCpu: number) => string;
}

/**
 * Which core runs which softirq of one packet's way: a frame for each core, in the order of first use. The
 * cores are those that the kernel's functions choose for this packet.
 */
export function coreLanes(experiment: Experiment, options: LanesOptions): Diagram {
  const { packet, protocol = 'udp', arrowLabel = chooserLabel } = options;
  const segments = softirqSegments(experiment.topology, experiment.steering, protocol);
  const cpus = placeSegments(experiment, segments, packet);
  const appCpu = experiment.traffic[0].appCpus[0];
  const loads = packet.loads ?? [];
  const order = [...new Set([...cpus, appCpu, ...loadedCpus(loads)])];
  const groups = order.map((cpu): DiagramGroup => {
    const load = loads[cpu] ?? 0;
    return {
      id: `cpu${cpu}`,
      title: load > 0 ? `CPU ${cpu}, ${load}% busy` : `CPU ${cpu}`,
      look: load > 0 ? LOOK.busy : LOOK.core,
    };
  });
  const nodes = segments.map((segment, i): DiagramNode => ({
    id: `softirq${segment.number}`,
    title: segment.device,
    lines: [...segment.parts.map((part) => partName(segment, part.stage.id, segments)), 'from', queueName(segment)],
    group: `cpu${cpus[i]}`,
    look: segment.chooser === 'policy' || segment.chooser === 'gro-split' ? LOOK.steered : LOOK.softirq,
  }));
  const edges = segments.slice(1).map((segment, i): DiagramEdge => ({
    from: `softirq${segments[i].number}`,
    to: `softirq${segment.number}`,
    label: arrowLabel(segment, cpus[i + 1], cpus[i]),
    color: arrowColor(segment),
  }));
  // Where a busy core drove a stage away, a dashed arrow shows where it would have gone.
  const unloaded = placeSegments(experiment, segments, { ...packet, loads: [] });
  const driven = segments.filter((_, i) => i > 0 && unloaded[i] !== cpus[i]);
  const avoided = driven.map((segment): DiagramEdge => ({
    from: `softirq${segment.number - 1}`,
    to: `other${unloaded[segment.number - 1]}`,
    label: 'first choice',
    color: ARROW.bad,
    line: 'dashed',
  }));
  const idle = loadedCpus(loads).filter((cpu) => !cpus.includes(cpu) && cpu !== appCpu);
  return {
    groups,
    nodes: [
      ...nodes,
      {
        id: 'application',
        title: 'application',
        lines: ['recv'],
        group: `cpu${appCpu}`,
        look: LOOK.user,
        shape: 'round',
      },
      ...idle.map((cpu): DiagramNode => ({
        id: `other${cpu}`,
        title: '',
        lines: ['other work'],
        group: `cpu${cpu}`,
        shape: 'text',
      })),
    ],
    edges: [
      ...edges,
      ...avoided,
      { from: `softirq${segments[segments.length - 1].number}`, to: 'application', label: 'wake-up' },
    ],
    gaps_px: [26, 14],
  };
}

function loadedCpus(loads: ArrayLike<number>): number[] {
  return Array.from(loads, (load, cpu) => (load > 0 ? cpu : -1)).filter((cpu) => cpu >= 0);
}

/** The halves of a split stage are told apart by number, as the paper does (pNIC1, pNIC2). */
function partName(segment: SoftirqSegment, stage: string, segments: readonly SoftirqSegment[]): string {
  const holders = segments.filter((s) => s.parts.some((part) => part.stage.id === stage));
  return holders.length < 2 ? stage : `${stage} ${holders.indexOf(segment) + 1} of ${holders.length}`;
}

function chooserLabel(segment: SoftirqSegment): string {
  switch (segment.chooser) {
    case 'irq':
      return 'IRQ';
    case 'stay':
      return 'same core';
    case 'rps':
      return 'RPS';
    case 'policy':
      return 'Falcon';
    case 'gro-split':
      return 'GRO split';
  }
}

function arrowColor(segment: SoftirqSegment): string {
  if (segment.chooser === 'policy' || segment.chooser === 'gro-split') return ARROW.steer;
  return segment.chooser === 'rps' ? ARROW.rps : ARROW.path;
}
