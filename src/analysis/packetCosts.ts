import type { Experiment, Profile, SoftirqSegment, WorkSpec } from '../experiment';
import { constantOf, GRO_SPLIT_BEFORE } from '../experiment';

/** What travels: a whole datagram, one fragment of it, or TCP segments that GRO may merge. */
export type PacketClass = 'udp' | 'fragment' | 'tcp';

/** Work for one packet in one softirq, without what batches share. */
export interface SegmentCost {
  /** Ids of its stages, joined by +. */
  readonly stage: string;
  /** Whether GRO merges here; then it costs `groSegment_ns` for each segment before it is decided what is merged. */
  readonly merges: boolean;
  readonly groSegment_ns: number;
  /** For each packet, merged or not. */
  readonly packet_ns: number;
  /** On top for each segment that it was merged of, TCP only. */
  readonly segment_ns: number;
  /** For each packet that TCP acknowledges at once. */
  readonly ack_ns: number;
  /** Once for each message instead of each packet: the rest of the stack after the last fragment. */
  readonly message_ns: number;
}

const GRO_WORK = new Set<unknown>([GRO_SPLIT_BEFORE, 'groTunnel']);

/**
 * Cost of each softirq of a path for one packet, from topology and profile alone; the simulator arrives at its costs
 * by another way, and the tests compare the two. Locality is added by the caller, who knows the cores.
 * @param bytes payload of the packet, or of each segment
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
    const merges = kind === 'tcp' && segment.parts.some(({ work }) => work.some(({ cost }) => GRO_WORK.has(cost)));
    const sum = { groSegment_ns: 0, packet_ns: 0, segment_ns: 0, ack_ns: 0, message_ns: 0 };
    if (segment.queue === 'backlog') sum[merges ? 'groSegment_ns' : 'packet_ns'] += dequeue_ns;
    let reassembled = false;
    for (const { stage, work } of segment.parts) {
      // Steered packets reach the tunnel's stage through a backlog, without its gro_cells poll.
      if (stage.entry === 'gro-cells' && segment.queue === 'backlog') continue;
      for (const one of work) {
        const cost = workCost(profile, one, kind, bytes);
        if (reassembled && concerns(one, 'udp')) sum.message_ns += cost.packet_ns;
        if (concerns(one, kind) && !(reassembled && kind === 'fragment')) {
          if (one.acknowledges === true) sum.ack_ns += cost.packet_ns;
          else if (merges && stage.entry === 'ring') sum.groSegment_ns += cost.packet_ns + cost.segment_ns;
          else {
            sum.packet_ns += cost.packet_ns + (kind === 'tcp' ? 0 : cost.segment_ns);
            sum.segment_ns += kind === 'tcp' ? cost.segment_ns : 0;
          }
        }
        if (one.only === 'fragment' && kind === 'fragment') reassembled = true;
      }
    }
    if (next?.queue === 'backlog') sum.packet_ns += enqueue_ns;
    const chosen = next?.chooser === 'policy' && experiment.steering.stages.policy !== 'none';
    if (chosen || next?.chooser === 'gro-split') sum.packet_ns += choose_ns;
    return { stage: segment.parts.map((part) => part.stage.id).join('+'), merges, ...sum };
  });
}

/** Of a work: for each packet, and for each segment with its bytes. */
function workCost(
  profile: Profile,
  { cost }: WorkSpec,
  kind: PacketClass,
  bytes: number,
): { packet_ns: number; segment_ns: number } {
  const part = (name: string): number => constantOf(profile, `${cost as string}.${name}`);
  const [packet_ns, segment_ns, byte_ns] =
    typeof cost === 'string'
      ? [part('packet_ns'), part('segment_ns'), part('byte_ns')]
      : [cost.packet_ns, cost.segment_ns ?? 0, cost.byte_ns ?? 0];
  // GRO looks at a datagram and passes it on; only what it may merge costs by the segment.
  if (!GRO_WORK.has(cost)) return { packet_ns, segment_ns: segment_ns + byte_ns * bytes };
  return kind === 'tcp'
    ? { packet_ns: 0, segment_ns: segment_ns + byte_ns * bytes }
    : { packet_ns, segment_ns: byte_ns * bytes };
}

/** One-way flows acknowledge nothing that this machine sent. */
function concerns({ only, acknowledged }: WorkSpec, kind: PacketClass): boolean {
  return acknowledged !== true && (only === undefined || only === kind);
}
