import type { Nanoseconds } from '../core';

/** What a gauge showed at one moment; all but `length` since measuring began. */
export interface GaugeReading {
  /** Packets in the queue. */
  readonly length: number;
  /** Integral of the length over time. */
  readonly present_ns: number;
  /** Most packets that were in it at once. */
  readonly longest: number;
  /** Packets that joined. */
  readonly joined: number;
  /** Time that packets spent in it, with that of those still there. */
  readonly waited_ns: number;
}

/** A list that packets wait in. */
export interface WaitingList {
  /** When those joined that are in it. */
  joinTimes_ns(): number[];
}

/**
 * Length of one queue over time, and the times that packets wait in it. The two are kept apart, so that Little's law
 * compares what was counted in two ways: the integral knows lengths only, the sum of waits packets only.
 *
 * A NIC that has nothing else to look for takes in what arrives before its next interrupt ahead of the clock. Such
 * packets are in its list already, and are left out of what is read before their time.
 */
export class QueueGauge {
  private length = 0;
  private longest = 0;
  private joined = 0;
  private present_ns = 0;
  private waited_ns = 0;
  private changed_ns: Nanoseconds = 0;
  private from_ns: Nanoseconds = 0;
  private readonly lists: WaitingList[] = [];

  constructor(
    /** As the place of its drops is called: nic-ring, backlog, gro-cells, socket. */
    readonly queue: string,
    readonly device: string,
    readonly cpu: number,
  ) {}

  /** One more list of the queue: a backlog has two. */
  add(list: WaitingList): void {
    this.lists.push(list);
  }

  join(at_ns: Nanoseconds): void {
    this.present_ns += this.length * (at_ns - this.changed_ns);
    this.changed_ns = at_ns;
    this.joined++;
    if (++this.length > this.longest) this.longest = this.length;
  }

  leave(now_ns: Nanoseconds, joined_ns: Nanoseconds): void {
    this.present_ns += this.length * (now_ns - this.changed_ns);
    this.changed_ns = now_ns;
    this.length--;
    this.waited_ns += now_ns - Math.max(joined_ns, this.from_ns);
  }

  /** Begins anew; what waits already has joined, but its wait counts from now. */
  restart(now_ns: Nanoseconds): void {
    this.from_ns = now_ns;
    this.joined = 0;
    this.present_ns = 0;
    this.waited_ns = 0;
    this.longest = this.length;
    for (const joined_ns of this.joinTimes_ns()) {
      if (joined_ns > now_ns) this.joined++;
      // Up to the last change, which may lie ahead.
      this.present_ns += this.changed_ns - Math.max(joined_ns, now_ns);
    }
  }

  read(now_ns: Nanoseconds): GaugeReading {
    let { joined, length, waited_ns } = this;
    let present_ns = this.present_ns + length * (now_ns - this.changed_ns);
    for (const joined_ns of this.joinTimes_ns()) {
      if (joined_ns > now_ns) {
        joined--;
        length--;
        present_ns += joined_ns - now_ns;
      } else waited_ns += now_ns - Math.max(joined_ns, this.from_ns);
    }
    return { length, present_ns, longest: this.longest, joined, waited_ns };
  }

  private joinTimes_ns(): number[] {
    return this.lists.flatMap((list) => list.joinTimes_ns());
  }
}
