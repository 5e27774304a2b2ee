import type { Nanoseconds } from '../core';

/** Priorities are 0 … 255; the lower comes first among events of one time. */
export const MAX_PRIORITY = 255;

// (priority, sequence) as one double: 8 bits of priority above 45 bits of sequence, which last for
// 3.5e13 events. One comparison then decides a tie in time.
const SEQUENCES = 2 ** 45;
const ARITY_BITS = 2;
const INITIAL_CAPACITY = 64;
const COMPACT_FROM = 64;

// What a slot holds.
const FREE = 0;
const PENDING = 1;
const CANCELLED = 2;

/** What `push` returns: names an event until that event is popped or cancelled, and then no longer. */
export type Ticket = number;

/**
 * The pending events of a simulation and its clock: a 4-ary heap in typed arrays, ordered by
 * (time, priority, sequence), so that events of equal time and priority come out in the order in
 * which they went in, always. Times are integer nanoseconds held as doubles (exact up to 104 days).
 *
 * An event carries three 32-bit integers: `kind`, `a` and `b`; what they mean is up to the caller.
 * No event allocates: `pop` copies the fields of the next event into the queue's own.
 *
 * Cancelling is lazy: the event stays in the heap, marked, until its time comes or until marked
 * events outnumber the others, when they are swept out. A ticket is a small integer that is used
 * again; whoever keeps one forgets it when the event arrives.
 */
export class EventQueue {
  /** The clock: time of the event popped last, 0 before the first. */
  time: Nanoseconds = 0;
  kind = 0;
  a = 0;
  b = 0;

  /** Priority of the event popped last. */
  get priority(): number {
    return Math.floor(this.order / SEQUENCES);
  }

  /** Pending events without the cancelled ones. */
  get size(): number {
    return this.length - this.cancelled - (this.vacant ? 1 : 0);
  }

  /** Events popped so far. */
  popped = 0;

  // The heap: keys inline, since they are compared and moved; the rest of an event stays in its slot.
  private length = 0;
  private times = new Float64Array(INITIAL_CAPACITY);
  private orders = new Float64Array(INITIAL_CAPACITY);
  private slots = new Int32Array(INITIAL_CAPACITY);

  private kinds = new Int32Array(INITIAL_CAPACITY);
  private as = new Int32Array(INITIAL_CAPACITY);
  private bs = new Int32Array(INITIAL_CAPACITY);
  private states = new Uint8Array(INITIAL_CAPACITY);
  private free = new Int32Array(INITIAL_CAPACITY);
  private freeLength = 0;

  private sequence = 0;
  private order = 0;
  private cancelled = 0;
  // The root was popped and not yet replaced. Most events push another one while they are handled,
  // which then takes the root's place: one way down the heap instead of one down and one up.
  private vacant = false;

  constructor() {
    this.freeSlots(0, INITIAL_CAPACITY);
  }

  /**
   * Schedules an event. `kind`, `a`, `b` are 32-bit signed integers.
   * @throws RangeError if the time lies before the clock (or is NaN), or the priority is out of range.
   */
  push(time: Nanoseconds, priority: number, kind: number, a = 0, b = 0): Ticket {
    if (!(time >= this.time)) throw new RangeError(`event at ${time} ns, but the clock is at ${this.time} ns`);
    if (priority >>> 8 !== 0) throw new RangeError(`priority ${priority}, allowed are 0 to ${MAX_PRIORITY}`);
    if (this.freeLength === 0) this.grow();
    const slot = this.free[--this.freeLength];
    this.kinds[slot] = kind;
    this.as[slot] = a;
    this.bs[slot] = b;
    this.states[slot] = PENDING;
    const order = priority * SEQUENCES + this.sequence++;
    if (this.vacant) {
      this.vacant = false;
      this.siftDown(0, time, order, slot);
    } else {
      this.siftUp(this.length++, time, order, slot);
    }
    return slot;
  }

  /** Moves the clock to the next event and exposes its fields; false if there is none. */
  pop(): boolean {
    for (;;) {
      if (this.vacant) this.fillRoot();
      if (this.length === 0) return false;
      const time = this.times[0];
      const order = this.orders[0];
      const slot = this.slots[0];
      this.vacant = true;
      this.free[this.freeLength++] = slot;
      const state = this.states[slot];
      this.states[slot] = FREE;
      if (state === CANCELLED) {
        this.cancelled--;
        continue;
      }
      this.time = time;
      this.order = order;
      this.kind = this.kinds[slot];
      this.a = this.as[slot];
      this.b = this.bs[slot];
      this.popped++;
      return true;
    }
  }

  /**
   * Takes a pending event back.
   * @throws RangeError if the ticket names no pending event.
   */
  cancel(ticket: Ticket): void {
    if (this.states[ticket] !== PENDING) throw new RangeError(`ticket ${ticket} names no pending event`);
    this.states[ticket] = CANCELLED;
    this.cancelled++;
    if (this.cancelled > COMPACT_FROM && this.cancelled * 2 > this.length) this.sweep();
  }

  /** Time of the next event, Infinity if there is none. */
  nextTime(): Nanoseconds {
    for (;;) {
      if (this.vacant) this.fillRoot();
      if (this.length === 0) return Infinity;
      const slot = this.slots[0];
      if (this.states[slot] !== CANCELLED) return this.times[0];
      this.vacant = true;
      this.states[slot] = FREE;
      this.free[this.freeLength++] = slot;
      this.cancelled--;
    }
  }

  private siftUp(from: number, time: number, order: number, slot: number): void {
    const { times, orders, slots } = this;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> ARITY_BITS;
      const parentTime = times[parent];
      if (parentTime < time || (parentTime === time && orders[parent] < order)) break;
      times[at] = parentTime;
      orders[at] = orders[parent];
      slots[at] = slots[parent];
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  /** Moves the last event into the place that a popped event left and no pushed one took. */
  private fillRoot(): void {
    this.vacant = false;
    const last = --this.length;
    if (last > 0) this.siftDown(0, this.times[last], this.orders[last], this.slots[last]);
  }

  private siftDown(from: number, time: number, order: number, slot: number): void {
    const { times, orders, slots, length } = this;
    let at = from;
    for (;;) {
      let child = (at << ARITY_BITS) + 1;
      if (child >= length) break;
      const end = Math.min(child + (1 << ARITY_BITS), length);
      let leastTime = times[child];
      for (let other = child + 1; other < end; other++) {
        const otherTime = times[other];
        if (otherTime < leastTime || (otherTime === leastTime && orders[other] < orders[child])) {
          child = other;
          leastTime = otherTime;
        }
      }
      if (time < leastTime || (time === leastTime && order < orders[child])) break;
      times[at] = leastTime;
      orders[at] = orders[child];
      slots[at] = slots[child];
      at = child;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  /** Drops the cancelled events and builds the heap anew, in linear time. */
  private sweep(): void {
    if (this.vacant) this.fillRoot();
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const slot = this.slots[i];
      if (this.states[slot] === CANCELLED) {
        this.states[slot] = FREE;
        this.free[this.freeLength++] = slot;
        continue;
      }
      this.times[kept] = this.times[i];
      this.orders[kept] = this.orders[i];
      this.slots[kept++] = slot;
    }
    this.length = kept;
    this.cancelled = 0;
    for (let i = (kept - 2) >> ARITY_BITS; i >= 0; i--) {
      this.siftDown(i, this.times[i], this.orders[i], this.slots[i]);
    }
  }

  private grow(): void {
    const old = this.slots.length;
    const capacity = old * 2;
    this.times = copyInto(new Float64Array(capacity), this.times);
    this.orders = copyInto(new Float64Array(capacity), this.orders);
    this.slots = copyInto(new Int32Array(capacity), this.slots);
    this.kinds = copyInto(new Int32Array(capacity), this.kinds);
    this.as = copyInto(new Int32Array(capacity), this.as);
    this.bs = copyInto(new Int32Array(capacity), this.bs);
    this.states = copyInto(new Uint8Array(capacity), this.states);
    this.free = copyInto(new Int32Array(capacity), this.free);
    this.freeSlots(old, capacity);
  }

  /** Puts the slots `from` … `to` − 1 on the free list, so that the lowest is used first. */
  private freeSlots(from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot--) this.free[this.freeLength++] = slot;
  }
}

function copyInto<T extends Float64Array | Int32Array | Uint8Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}
