import type { Nanoseconds } from '../core';

/** What a source puts on the wire next; filled by `emit`. */
export interface Emission {
  flow: number;
  kind: number;
  flags: number;
  /** Transport payload. */
  bytes: number;
  /** Messages that end in this packet. */
  messages: number;
  message: number;
  /** Place of the first payload byte in the TCP stream; 0 for UDP. */
  position: number;
  /** When the sending application began the message. */
  sent_ns: Nanoseconds;
}

/** A sender behind the link: knows when it emits its next packet, and how long that is. */
export interface Source {
  /** Whether what it sends depends on nothing that the machine does. */
  readonly isOpenLoop: boolean;
  /** Time of the next packet; Infinity while there is none. */
  nextTime_ns: Nanoseconds;
  readonly flow: number;
  /** Class of its next packet. */
  readonly nextKind: number;
  /** IP length of the next packet as the application's stack sends it, without any tunnel. */
  nextIp_bytes: number;
  /** Hands over the next packet and moves on to the one after. `wireFree_ns`: when the link will have sent all before. */
  emit(out: Emission, wireFree_ns: Nanoseconds): void;
}

/** Where sources send: the link, or threads on this machine. */
export interface Outlet {
  /**
   * @param cpu of the sending thread, if it runs on this machine
   * @returns the source's number
   */
  add(source: Source, cpu: number): number;
  /** To be called when a source got something to send by other means than `emit`. */
  update(source: number): void;
  /** Time from the receiver back to the sender. */
  readonly oneWay_ns: Nanoseconds;
  /** Most payload of a TCP segment as it reaches the receiver's first queue, given that of the wire. */
  segmentBytes(mss_bytes: number): number;
  /** Whether senders pay for sending on their own machines, that is by spacing their emissions. */
  readonly sendersPay: boolean;
}

/** Sources by the time of their next packet: a binary heap that knows where each source is. */
export class SourceHeap {
  readonly sources: Source[] = [];
  private readonly heap: number[] = [];
  private readonly position: number[] = [];

  /** @returns the source's number */
  add(source: Source): number {
    const id = this.sources.length;
    this.sources.push(source);
    this.position.push(this.heap.length);
    this.heap.push(id);
    this.up(this.heap.length - 1);
    return id;
  }

  /** To be called when a source's time has changed. */
  update(id: number): void {
    this.up(this.position[id]);
    this.down(this.position[id]);
  }

  /** Number of the source that is next, -1 if there are none. */
  first(): number {
    return this.heap.length === 0 ? -1 : this.heap[0];
  }

  private before(a: number, b: number): boolean {
    const ta = this.sources[a].nextTime_ns;
    const tb = this.sources[b].nextTime_ns;
    return ta < tb || (ta === tb && a < b);
  }

  private up(from: number): void {
    let at = from;
    const id = this.heap[at];
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(id, this.heap[parent])) break;
      this.place(this.heap[parent], at);
      at = parent;
    }
    this.place(id, at);
  }

  private down(from: number): void {
    let at = from;
    const id = this.heap[at];
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && this.before(this.heap[child + 1], this.heap[child])) child++;
      if (!this.before(this.heap[child], id)) break;
      this.place(this.heap[child], at);
      at = child;
    }
    this.place(id, at);
  }

  private place(id: number, at: number): void {
    this.heap[at] = id;
    this.position[id] = at;
  }
}
