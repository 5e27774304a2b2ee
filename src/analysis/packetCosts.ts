import type { Experiment, Profile, SoftirqSegment, WorkSpec } from '../experiment';
import { constantOf } from '../experiment';

/** What travels: a whole datagram, or one fragment of it. */
export type PacketClass = 'udp' | 'fragment';

/** Work for one packet in one softirq, without what batches share. */
export interface SegmentCost {
  /** Ids of its stages, joined by +. */
  readonly stage: string;
  readonly packet_ns: number;
  /** Once for each message instead of each packet: the rest of the stack after the last fragment. */
  readonly message_ns: number;
}

const GRO_WORK = new Set<unknown>(['groReceive', 'groTunnel']);

/**
 * Cost of each softirq of a path for one packet, from topology and profile alone; the simulator arrives at its costs
 * by another way, and the tests compare the two. Locality is added by the caller, who knows the cores.
 * @param bytes payload of the packet
 */
export function segmentCosts(
  experiment: Pick<Experiment, 'steering'>,
  profile: Profile,
  segments: readonly SoftirqSegment[],
  kind: PacketClass,
  bytes: number,
): SegmentCost[] {
  const enqueue_ns = constantOf(profile, 'backlogEnqueue.packet_ns');
  const dequeue_ns = constantOf(profile, 'backlogDequeue.packet_ns');
  const choose_ns = constantOf(profile, 'falcon.choose_ns');
  return segments.map((segment, s) => {
    const next = segments[s + 1];
    let packet_ns = segment.queue === 'backlog' ? dequeue_ns : 0;
    let message_ns = 0;
    let reassembled = false;
    for (const { stage, work } of segment.parts) {
      // Steered packets reach the tunnel's stage through a backlog, without its gro_cells poll.
      if (stage.entry === 'gro-cells' && segment.queue === 'backlog') continue;
      for (const one of work) {
        if (reassembled && concerns(one, 'udp')) message_ns += workCost(profile, one, bytes).packet_ns;
        if (concerns(one, kind) && !(reassembled && kind === 'fragment')) {
          packet_ns += workCost(profile, one, bytes).total_ns;
        }
        if (one.only === 'fragment' && kind === 'fragment') reassembled = true;
      }
    }
    if (next?.queue === 'backlog') packet_ns += enqueue_ns;
    const chosen = next?.chooser === 'policy' && experiment.steering.stages.policy !== 'none';
    if (chosen || next?.chooser === 'gro-split') packet_ns += choose_ns;
    return { stage: segment.parts.map((part) => part.stage.id).join('+'), packet_ns, message_ns };
  });
}

function workCost(profile: Profile, { cost }: WorkSpec, bytes: number): { packet_ns: number; total_ns: number } {
  const part = (name: string): number => constantOf(profile, `${cost as string}.${name}`);
  const [packet_ns, segment_ns, byte_ns] =
    typeof cost === 'string'
      ? [part('packet_ns'), part('segment_ns'), part('byte_ns')]
      : [cost.packet_ns, cost.segment_ns ?? 0, cost.byte_ns ?? 0];
  // GRO looks at a datagram and passes it on; only what it merges costs by the segment.
  return { packet_ns, total_ns: packet_ns + (GRO_WORK.has(cost) ? 0 : segment_ns) + byte_ns * bytes };
}

function concerns({ only }: WorkSpec, kind: PacketClass): boolean {
  return only === undefined || only === kind;
}
