import type { PacketPool } from './packets';
import { PacketQueue } from './packets';
import { GroTable } from './gro';
import type { QueueGauge } from './queueGauge';

/** Kinds of NAPI instances. */
export const NAPI_NIC = 0;
export const NAPI_BACKLOG = 1;
export const NAPI_GRO_CELL = 2;

/** A polled queue on one core: a NIC queue, a per-CPU backlog or a tunnel's per-CPU gro_cell. */
export class Napi {
  /** NAPI_STATE_SCHED: on a poll list, or about to be by an IPI. */
  scheduled = false;
  /** What producers add to: input_pkt_queue, napi_skbs. */
  readonly input: PacketQueue;
  /** The backlog's process_queue. */
  readonly processing: PacketQueue;
  readonly gro: GroTable;
  polls = 0;

  constructor(
    readonly id: number,
    readonly kind: number,
    readonly core: number,
    /** NIC queue or leg. */
    readonly target: number,
    readonly device: number,
    gauge: QueueGauge,
    pool: PacketPool,
    groLimits: GroLimits,
  ) {
    this.input = new PacketQueue(pool, gauge);
    this.processing = new PacketQueue(pool, gauge);
    this.gro = new GroTable(pool, groLimits);
  }
}

export interface GroLimits {
  readonly maxBytes: number;
  readonly maxSegments: number;
  readonly maxPerBucket: number;
  readonly buckets: number;
}
