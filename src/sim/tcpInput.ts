import type { Machine } from './machine';
import { NONE } from './packets';
import type { Socket } from './sockets';

/**
 * What TCP input does with data (tcp_data_queue, net/ipv4/tcp_input.c): what continues a flow goes to the socket, what comes
 * after a hole waits in the flow's out-of-order queue until the hole is filled, and what was there already is thrown away.
 */
export class TcpInput {
  /** First byte that is missing (rcv_nxt), by flow. */
  private readonly next: number[] = [];
  /** skbs beyond a hole by flow, ordered by position. */
  private readonly waiting: number[][] = [];

  constructor(private readonly machine: Machine) {}

  /** All before it has come. */
  nextOf(flow: number): number {
    return this.next[flow] ?? 0;
  }

  /** Whether a flow has a hole. */
  hasHole(flow: number): boolean {
    return this.waiting[flow] !== undefined && this.waiting[flow].length > 0;
  }

  /**
   * Takes an skb. What can be read goes to the socket's queue.
   * @returns whether some of it was there already
   */
  receive(flow: number, packet: number, socket: Socket): boolean {
    const { pool } = this.machine;
    if (pool.position[packet] === this.nextOf(flow) && !this.hasHole(flow)) {
      this.next[flow] = pool.position[packet] + pool.bytes[packet];
      this.keep(packet, socket);
      socket.queue.append(packet);
      return false;
    }
    if (!this.overlaps(flow, packet)) {
      this.add(flow, packet, socket);
      return false;
    }
    for (let slot = packet; slot !== NONE;) {
      const rest = pool.unchain(slot);
      pool.core[slot] = pool.core[packet];
      // Segments are sent again as they were: each is new or known as a whole.
      if (this.overlaps(flow, slot)) {
        this.machine.monitors.absorbed();
        pool.freePacket(slot);
      } else this.add(flow, slot, socket);
      slot = rest;
    }
    return true;
  }

  private add(flow: number, packet: number, socket: Socket): void {
    const { pool } = this.machine;
    const waiting = this.waiting[flow] ?? this.startWaiting(flow, socket);
    this.keep(packet, socket);
    waiting.splice(this.placeOf(waiting, pool.position[packet]), 0, packet);
    let filled = 0;
    let next = this.nextOf(flow);
    while (filled < waiting.length && pool.position[waiting[filled]] === next) {
      next += pool.bytes[waiting[filled]];
      socket.queue.append(waiting[filled++]);
    }
    this.next[flow] = next;
    waiting.splice(0, filled);
  }

  /** Makes a flow's out-of-order queue, which is part of its socket's. */
  private startWaiting(flow: number, socket: Socket): number[] {
    const { pool } = this.machine;
    const waiting: number[] = [];
    this.waiting[flow] = waiting;
    socket.gauge.add({ joinTimes_ns: () => waiting.map((packet) => pool.queued_ns[packet]) });
    return waiting;
  }

  private keep(packet: number, socket: Socket): void {
    socket.rmem_bytes += this.machine.sockets.truesize(packet);
    this.machine.pool.queued_ns[packet] = this.machine.now;
    socket.gauge.join(this.machine.now);
  }

  private overlaps(flow: number, packet: number): boolean {
    const { pool } = this.machine;
    const from = pool.position[packet];
    if (from < this.nextOf(flow)) return true;
    const waiting = this.waiting[flow];
    if (waiting === undefined) return false;
    const at = this.placeOf(waiting, from);
    if (at < waiting.length && pool.position[waiting[at]] < from + pool.bytes[packet]) return true;
    return at > 0 && pool.position[waiting[at - 1]] + pool.bytes[waiting[at - 1]] > from;
  }

  /** Index of the first skb that does not begin before a position. */
  private placeOf(waiting: readonly number[], position: number): number {
    const { pool } = this.machine;
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pool.position[waiting[middle]] < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
