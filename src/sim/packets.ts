import type { QueueGauge, WaitingList } from './queueGauge';

/** What a packet is to the receive path. */
export const PACKET_UDP = 0;
export const PACKET_TCP = 1;
export const PACKET_FRAGMENT = 2;
/** TCP that calls for no acknowledgement of its own: a pure one, or a request whose response carries it. GRO passes it. */
export const PACKET_TCP_QUIET = 3;
/** TCP data that TCP input leaves unacknowledged for now, and that acknowledge nothing themselves. */
export const PACKET_TCP_DELAYED = 4;
export const PACKET_CLASSES = 5;

export function isTcp(kind: number): boolean {
  return kind === PACKET_TCP || kind === PACKET_TCP_QUIET || kind === PACKET_TCP_DELAYED;
}

/** Bits of `flags`. */
export const LAST_OF_MESSAGE = 1;
export const PUSH = 2;
export const RETRANSMITTED = 4;

/** No packet. */
export const NONE = -1;

const INITIAL = 4096;

/**
 * All packets of a simulation as a structure of arrays; a packet is a slot number. Slots are linked by `next`
 * (a packet sits in at most one queue) and `chain` (segments that GRO or reassembly hung on a head).
 * The arrays are replaced when the pool grows: read them through the pool each time.
 */
export class PacketPool {
  flow = new Int32Array(INITIAL);
  kind = new Uint8Array(INITIAL);
  flags = new Uint8Array(INITIAL);
  /** Payload bytes, with those of the chain. */
  bytes = new Int32Array(INITIAL);
  /** Segments on the wire that this skb stands for. */
  segments = new Int32Array(INITIAL);
  /** Messages that end in this slot alone. */
  messages = new Int32Array(INITIAL);
  /** Number of the message within the flow. */
  message = new Float64Array(INITIAL);
  /** Place of the first payload byte in the flow's TCP stream, which begins at 0; 0 for UDP. */
  position = new Float64Array(INITIAL);
  /** Order of emission within the flow. */
  sequence = new Float64Array(INITIAL);
  sent_ns = new Float64Array(INITIAL);
  /** When it joined the queue that it waits in. */
  queued_ns = new Float64Array(INITIAL);
  /** Leg of the path that serves it next. */
  leg = new Uint8Array(INITIAL);
  /** Core that touched it last, -1 for none. */
  core = new Int16Array(INITIAL);
  /** How often it changed the core. */
  hops = new Uint8Array(INITIAL);
  /** Number of its journey, -1 if it is not followed. */
  journey = new Int32Array(INITIAL);
  next = new Int32Array(INITIAL);
  chain = new Int32Array(INITIAL);
  chainTail = new Int32Array(INITIAL);

  /** Slots in use. */
  live = 0;
  private free = new Int32Array(INITIAL);
  private freeLength = 0;

  constructor() {
    this.release(0, INITIAL);
  }

  allocate(): number {
    if (this.freeLength === 0) this.grow();
    this.live++;
    return this.free[--this.freeLength];
  }

  /** Frees a packet and what is chained to it. */
  freePacket(packet: number): void {
    let slot = packet;
    while (slot !== NONE) {
      const chained = this.chain[slot];
      this.free[this.freeLength++] = slot;
      this.live--;
      slot = chained;
    }
  }

  /** Hangs a segment on a head: GRO, reassembly. */
  merge(head: number, segment: number): void {
    this.chain[this.chainTail[head]] = segment;
    this.chainTail[head] = this.chainTail[segment];
    this.bytes[head] += this.bytes[segment];
    this.segments[head] += this.segments[segment];
  }

  /** Takes the head off its chain, whose other segments stay whole. @returns the next head, NONE if there is none */
  unchain(head: number): number {
    const rest = this.chain[head];
    if (rest === NONE) return NONE;
    let bytes = 0;
    for (let slot = rest; slot !== NONE; slot = this.chain[slot]) bytes += this.bytes[slot];
    // Chained slots hold their own bytes only; the new head stands for all that follow.
    this.chainTail[rest] = this.chainTail[head];
    this.segments[rest] = this.segments[head] - 1;
    this.bytes[head] -= bytes;
    this.bytes[rest] = bytes;
    this.segments[head] = 1;
    this.chain[head] = NONE;
    this.chainTail[head] = head;
    return rest;
  }

  private grow(): void {
    const old = this.flow.length;
    const size = old * 2;
    this.flow = enlarge(this.flow, new Int32Array(size));
    this.kind = enlarge(this.kind, new Uint8Array(size));
    this.flags = enlarge(this.flags, new Uint8Array(size));
    this.bytes = enlarge(this.bytes, new Int32Array(size));
    this.segments = enlarge(this.segments, new Int32Array(size));
    this.messages = enlarge(this.messages, new Int32Array(size));
    this.message = enlarge(this.message, new Float64Array(size));
    this.position = enlarge(this.position, new Float64Array(size));
    this.sequence = enlarge(this.sequence, new Float64Array(size));
    this.sent_ns = enlarge(this.sent_ns, new Float64Array(size));
    this.queued_ns = enlarge(this.queued_ns, new Float64Array(size));
    this.leg = enlarge(this.leg, new Uint8Array(size));
    this.core = enlarge(this.core, new Int16Array(size));
    this.hops = enlarge(this.hops, new Uint8Array(size));
    this.journey = enlarge(this.journey, new Int32Array(size));
    this.next = enlarge(this.next, new Int32Array(size));
    this.chain = enlarge(this.chain, new Int32Array(size));
    this.chainTail = enlarge(this.chainTail, new Int32Array(size));
    this.free = enlarge(this.free, new Int32Array(size));
    this.release(old, size);
  }

  private release(from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot--) this.free[this.freeLength++] = slot;
  }
}

function enlarge<T extends Int32Array | Uint8Array | Int16Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A list of waiting packets, linked through the pool: a queue, or one of several that a queue consists of. */
export class PacketQueue implements WaitingList {
  length = 0;
  private head = NONE;
  private tail = NONE;

  constructor(
    private readonly pool: PacketPool,
    private readonly gauge: QueueGauge,
  ) {
    gauge.add(this);
  }

  push(packet: number, now_ns: number): void {
    this.pool.queued_ns[packet] = now_ns;
    this.gauge.join(now_ns);
    this.append(packet);
  }

  /** Adds a packet that has come from another list of the same queue. */
  append(packet: number): void {
    const { pool } = this;
    pool.next[packet] = NONE;
    if (this.length++ === 0) this.head = packet;
    else pool.next[this.tail] = packet;
    this.tail = packet;
  }

  /** The first packet; NONE if empty. */
  shift(now_ns: number): number {
    const packet = this.head;
    if (packet === NONE) return NONE;
    const { pool } = this;
    this.head = pool.next[packet];
    this.length--;
    this.gauge.leave(now_ns, pool.queued_ns[packet]);
    return packet;
  }

  joinTimes_ns(): number[] {
    const times: number[] = [];
    for (let packet = this.head; packet !== NONE; packet = this.pool.next[packet]) {
      times.push(this.pool.queued_ns[packet]);
    }
    return times;
  }

  /** Takes over all packets of another list of the same queue; this one must be empty. */
  takeAll(other: PacketQueue): void {
    this.head = other.head;
    this.tail = other.tail;
    this.length = other.length;
    other.head = NONE;
    other.length = 0;
  }
}
