import type { IntFifo } from './intFifo';
import type { GroLimits } from './napi';
import type { PacketPool } from './packets';
import { NONE, PACKET_TCP, PUSH } from './packets';

/**
 * Generic receive offload of one NAPI instance (dev_gro_receive, net/core/dev.c): TCP segments that follow each
 * other in a flow are merged into one skb, held in a hash of buckets. What cannot be merged passes through.
 *
 * An skb is passed on when it may grow no further (bytes, segments), at a segment with PSH or shorter than
 * its head's, when its bucket is full (the oldest), and at the end of a poll (HZ < 1000 flushes all).
 */
export class GroTable {
  private readonly held: Int32Array;
  private readonly count: Int32Array;
  /** Payload of the head segment as it came: the size that followers must have. */
  private readonly unit = new Map<number, number>();
  total = 0;

  constructor(
    private readonly pool: PacketPool,
    private readonly limits: GroLimits,
  ) {
    this.held = new Int32Array(limits.buckets * limits.maxPerBucket);
    this.count = new Int32Array(limits.buckets);
  }

  /**
   * Takes a packet in; what leaves GRO by that goes to `passed`, in order.
   * @param hash flow hash, which selects the bucket
   */
  receive(packet: number, hash: number, passed: IntFifo): void {
    const { pool, limits } = this;
    // A merged skb (segments > 1) is not merged again: the kernel flushes GSO packets.
    if (pool.kind[packet] !== PACKET_TCP || pool.segments[packet] > 1) {
      if (this.total > 0 && pool.kind[packet] === PACKET_TCP) this.flushFlow(packet, hash, passed);
      passed.push(packet);
      return;
    }
    const bucket = (hash & 0x7fffffff) % limits.buckets;
    const at = this.find(bucket, pool.flow[packet]);
    const ends = (pool.flags[packet] & PUSH) !== 0;
    if (at === NONE) {
      if (ends) {
        passed.push(packet);
        return;
      }
      if (this.count[bucket] === limits.maxPerBucket) passed.push(this.remove(bucket, 0));
      this.held[bucket * limits.maxPerBucket + this.count[bucket]++] = packet;
      this.unit.set(packet, pool.bytes[packet]);
      this.total++;
      return;
    }
    const head = this.held[bucket * limits.maxPerBucket + at];
    const unit = this.unit.get(head) ?? 0;
    // tcp_gro_receive: only the segment that continues the stream (a loss leaves a gap).
    const fits =
      pool.position[packet] === pool.position[head] + pool.bytes[head] &&
      pool.bytes[head] + pool.bytes[packet] <= limits.maxBytes &&
      pool.segments[head] < limits.maxSegments &&
      pool.bytes[packet] <= unit;
    if (!fits) {
      passed.push(this.remove(bucket, at));
      this.receive(packet, hash, passed);
      return;
    }
    pool.merge(head, packet);
    const full = pool.bytes[head] + unit > limits.maxBytes || pool.segments[head] >= limits.maxSegments;
    if (ends || full || pool.bytes[packet] < unit) passed.push(this.remove(bucket, at));
  }

  /** Passes on all that is held, oldest first within each bucket. */
  flush(passed: IntFifo): void {
    if (this.total === 0) return;
    for (let bucket = 0; bucket < this.limits.buckets; bucket++) {
      while (this.count[bucket] > 0) passed.push(this.remove(bucket, 0));
    }
  }

  private flushFlow(packet: number, hash: number, passed: IntFifo): void {
    const bucket = (hash & 0x7fffffff) % this.limits.buckets;
    const at = this.find(bucket, this.pool.flow[packet]);
    if (at !== NONE) passed.push(this.remove(bucket, at));
  }

  private find(bucket: number, flow: number): number {
    const from = bucket * this.limits.maxPerBucket;
    for (let i = 0; i < this.count[bucket]; i++) if (this.pool.flow[this.held[from + i]] === flow) return i;
    return NONE;
  }

  private remove(bucket: number, at: number): number {
    const from = bucket * this.limits.maxPerBucket;
    const head = this.held[from + at];
    for (let i = at + 1; i < this.count[bucket]; i++) this.held[from + i - 1] = this.held[from + i];
    this.count[bucket]--;
    this.total--;
    this.unit.delete(head);
    return head;
  }
}
