import {
  constantOf,
  softirqSegments,
  type Profile,
  type SoftirqSegment,
  type Steering,
  type Topology,
  type WorkSpec,
} from '../experiment';

/** Packet that is worked on, in the terms of the cost profiles. */
export interface PacketShape {
  readonly protocol: 'udp' | 'tcp';
  readonly message_bytes: number;
  /** Segments that GRO has merged by the time a work runs. Default 1. */
  readonly segments?: number;
}

/** One softirq of a path with what it costs. */
export interface SegmentWork {
  readonly segment: SoftirqSegment;
  /** CPU time of its stages for each packet, with queueing to the next; without what is shared by a batch. */
  readonly work_ns: number;
}

/** CPU time that each softirq of a path spends on a packet, from the profile's costs alone. */
export function segmentWork(
  topology: Topology,
  steering: Pick<Steering, 'rps' | 'stages' | 'groSplit'>,
  profile: Profile,
  packet: PacketShape,
): SegmentWork[] {
  const segments = softirqSegments(topology, steering, packet.protocol);
  return segments.map((segment, i) => {
    const stages = segment.parts
      .flatMap((part) => part.work)
      .reduce((sum, w) => sum + workCost_ns(profile, w, packet), 0);
    const dequeue = segment.queue === 'backlog' ? constantOf(profile, 'backlogDequeue.packet_ns') : 0;
    const enqueue = segments[i + 1]?.queue === 'backlog' ? constantOf(profile, 'backlogEnqueue.packet_ns') : 0;
    return { segment, work_ns: stages + dequeue + enqueue };
  });
}

function workCost_ns(profile: Profile, work: WorkSpec, packet: PacketShape): number {
  if (work.only !== undefined && work.only !== packet.protocol) return 0;
  const { segments = 1, message_bytes } = packet;
  const of = (part: 'packet_ns' | 'segment_ns' | 'byte_ns'): number =>
    typeof work.cost === 'string' ? constantOf(profile, `${work.cost}.${part}`) : (work.cost[part] ?? 0);
  return of('packet_ns') + of('segment_ns') * segments + of('byte_ns') * message_bytes;
}
