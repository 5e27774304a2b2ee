import type { Steering } from './experiment';
import type { StageSpec, Topology, WorkSpec } from './topology';

/** What one softirq does with a packet: some stages, or a part of one, on one core. */
export interface SoftirqSegment {
  /** Number on the path, from 1, as in the paper's Figure 3. */
  readonly number: number;
  /** Device whose queue the softirq polls. */
  readonly device: string;
  /** The queue in front of it. */
  readonly queue: 'ring' | 'gro-cells' | 'backlog';
  /** What puts packets into that queue: the NIC, or a function of the segment before. */
  readonly enqueue: 'dma' | 'gro_cells_receive' | 'netif_rx' | 'netif_receive_skb';
  /** Who chose the core: `stay` is the core that the packet was on. */
  readonly chooser: 'irq' | 'stay' | 'rps' | 'policy' | 'gro-split';
  readonly parts: readonly SoftirqPart[];
}

/** A stage within a softirq; not all of its work if the stage was split. */
export interface SoftirqPart {
  readonly stage: StageSpec;
  readonly work: readonly WorkSpec[];
}

/** Work before which GRO splitting cuts the NIC's poll (section 4.2: right before napi_gro_receive). */
export const GRO_SPLIT_BEFORE = 'groReceive';

/**
 * Cuts a path into the softirqs that a packet takes: at queues, at devices with RPS, where a stage policy such as
 * Falcon places a stage transition, and inside the NIC's poll if GRO is split.
 * @param protocol decides whether GRO splitting applies
 */
export function softirqSegments(
  topology: Topology,
  steering: Pick<Steering, 'rps' | 'stages' | 'groSplit'>,
  protocol: 'udp' | 'tcp' = 'udp',
): SoftirqSegment[] {
  const segments: { -readonly [K in keyof SoftirqSegment]: SoftirqSegment[K] }[] = [];
  const begin = (segment: Omit<SoftirqSegment, 'number'>): void => {
    segments.push({ number: segments.length + 1, ...segment });
  };
  for (const stage of topology.stages) {
    const queue = queueBefore(stage, steering);
    const split = splitOf(stage, steering, protocol);
    const first: SoftirqPart = { stage, work: split === 0 ? stage.work : stage.work.slice(0, split) };
    if (queue !== undefined || segments.length === 0)
      begin({ device: stage.device, parts: [first], ...(queue ?? RING) });
    else segments[segments.length - 1].parts = [...segments[segments.length - 1].parts, first];
    if (split > 0) {
      const rest: SoftirqPart = { stage, work: stage.work.slice(split).map(outsideDriver) };
      begin({ device: stage.device, queue: 'backlog', enqueue: 'netif_rx', chooser: 'gro-split', parts: [rest] });
    }
  }
  return segments;
}

type Queue = Pick<SoftirqSegment, 'queue' | 'enqueue' | 'chooser'>;

const RING: Queue = { queue: 'ring', enqueue: 'dma', chooser: 'irq' };

/** The queue that a packet waits in before a stage; undefined if the stage is called directly. */
function queueBefore(stage: StageSpec, steering: Pick<Steering, 'rps' | 'stages'>): Queue | undefined {
  const rps = steering.rps.some((rule) => rule.device === stage.device && rule.cpus.length > 0);
  const steered = steering.stages.policy !== 'none';
  switch (stage.entry) {
    case 'ring':
      return RING;
    case 'gro-cells':
      return steered
        ? { queue: 'backlog', enqueue: 'netif_rx', chooser: 'policy' }
        : { queue: 'gro-cells', enqueue: 'gro_cells_receive', chooser: 'stay' };
    case 'backlog':
      return { queue: 'backlog', enqueue: 'netif_rx', chooser: steered ? 'policy' : rps ? 'rps' : 'stay' };
    case 'receive':
      return rps ? { queue: 'backlog', enqueue: 'netif_receive_skb', chooser: 'rps' } : undefined;
    case 'call':
      return undefined;
  }
}

/** Work that was split off no longer runs below the driver's functions. */
function outsideDriver(work: WorkSpec): WorkSpec {
  return { ...work, frames: work.frames.filter((frame) => frame !== '@nicClean') };
}

/** Index of the first work that GRO splitting moves; 0 if the stage is not split. */
function splitOf(stage: StageSpec, steering: Pick<Steering, 'groSplit'>, protocol: 'udp' | 'tcp'): number {
  if (stage.entry !== 'ring' || steering.groSplit?.protocols.includes(protocol) !== true) return 0;
  return Math.max(
    0,
    stage.work.findIndex((work) => work.cost === GRO_SPLIT_BEFORE),
  );
}
