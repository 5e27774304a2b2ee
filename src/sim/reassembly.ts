import type { Machine } from './machine';
import { LAST_OF_MESSAGE, NONE, PACKET_UDP } from './packets';

/** Incomplete datagrams kept for each flow; a new one above that evicts the oldest (ipfrag_max_dist is 64 too). */
const MAX_INCOMPLETE = 64;

/** IP reassembly: fragments of one datagram are chained until all are there. */
export class Reassembly {
  /** By flow: heads of the incomplete datagrams by message number, oldest first. */
  private readonly incomplete = new Map<number, Map<number, number>>();
  /** Fragments expected of a datagram, by flow. */
  private readonly expected = new Map<number, number>();

  constructor(private readonly machine: Machine) {}

  /** To be told before the first fragment of a flow arrives. */
  expect(flow: number, fragments: number): void {
    this.expected.set(flow, fragments);
  }

  /** @returns the whole datagram, or NONE while fragments are missing */
  add(packet: number): number {
    const { pool } = this.machine;
    const flow = pool.flow[packet];
    const message = pool.message[packet];
    let heads = this.incomplete.get(flow);
    if (heads === undefined) {
      heads = new Map();
      this.incomplete.set(flow, heads);
    }
    const head = heads.get(message);
    if (head === undefined) {
      if (heads.size >= MAX_INCOMPLETE) this.evict(heads);
      heads.set(message, packet);
      return NONE;
    }
    pool.merge(head, packet);
    if (pool.segments[head] < (this.expected.get(flow) ?? 1)) return NONE;
    heads.delete(message);
    pool.kind[head] = PACKET_UDP;
    pool.flags[head] |= LAST_OF_MESSAGE;
    return head;
  }

  private evict(heads: Map<number, number>): void {
    const [message, head] = heads.entries().next().value as [number, number];
    heads.delete(message);
    this.machine.drop(head, 'ip-reassembly', this.machine.pool.core[head]);
  }
}
