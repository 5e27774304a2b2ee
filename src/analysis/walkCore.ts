import { NAPI_POLL_WEIGHT } from '../kernel';
import type { BatchWalk } from './batchWalk';
import type { QueuePoll } from './walkPolls';
import type { Reader } from './walkReader';

/** A polled queue. */
export interface Poll {
  scheduled: boolean;
  readonly isBacklog: boolean;
  /** One step: true if it began work, false if the poll is over. */
  step(core: WalkCore): boolean;
}

type Mode = 'idle' | 'handler' | 'softirq' | 'thread';

/** A core of a walk: interrupts before softirqs (__do_softirq, net_rx_action) before the readers in turn. */
export class WalkCore {
  /** When what it does is done. */
  at_ns = Infinity;
  backlog: QueuePoll | undefined;
  overhead_ns = 0;
  /** Overhead that is spent with the next piece of work. */
  extra_ns = 0;
  /** Packets of the present poll. */
  work = 0;
  /** A reschedule IPI is on its way. */
  rescheduling = false;
  private mode: Mode = 'idle';
  private after: () => void = () => undefined;
  private pending = false;
  private inNetRx = false;
  private scheduled: Poll[] = [];
  private round: Poll[] = [];
  private repeated: Poll[] = [];
  private current: Poll | undefined;
  /** Whose code is in the caches; undefined after a thread. */
  private warm: Poll | undefined;
  private readonly calls: WalkCore[] = [];
  private reader: Reader | undefined;
  private lastReader: Reader | undefined;
  private suspended: { readonly left_ns: number; readonly after: () => void } | undefined;
  private readonly runnable: Reader[] = [];

  constructor(
    private readonly walk: BatchWalk,
    readonly cpu: number,
  ) {}

  /** Starts a piece of work, with the overhead that has come up. */
  begin(work_ns: number, after: () => void): void {
    this.overhead_ns += this.extra_ns;
    this.at_ns = this.walk.now_ns + (work_ns > 0 ? work_ns * this.walk.vary() : 0) + this.extra_ns;
    this.extra_ns = 0;
    this.after = after;
  }

  /** More work for the next piece. */
  addWork(ns: number): void {
    this.extra_ns += ns;
    // It is no overhead, and counted with the packets.
    this.overhead_ns -= ns;
  }

  finish(): void {
    this.at_ns = Infinity;
    this.after();
  }

  /** An interrupt whose effects have been applied. */
  interrupt(handler_ns: number): void {
    const { costs, now_ns } = this.walk;
    this.overhead_ns += handler_ns;
    if (this.mode === 'idle') {
      this.mode = 'handler';
      // Waking up takes time that counts as idle.
      this.at_ns = now_ns + costs.idleExit_ns + handler_ns;
      this.after = () => this.leaveHandler();
    } else if (this.mode === 'thread' && this.pending) {
      this.suspended = { left_ns: this.at_ns - now_ns, after: this.after };
      this.mode = 'handler';
      this.at_ns = now_ns + handler_ns;
      this.after = () => this.leaveHandler();
    } else this.at_ns += handler_ns;
  }

  /** ____napi_schedule */
  schedule(poll: Poll): void {
    poll.scheduled = true;
    this.scheduled.push(poll);
    this.pending = true;
  }

  /** A queue of another core was filled from here: an IPI at the end of net_rx_action. */
  callAtEnd(target: WalkCore): void {
    this.calls.push(target);
    if (!this.inNetRx || !this.walk.costs.refills) this.pending = true;
  }

  continuePolling(): void {
    const { costs } = this.walk;
    for (;;) {
      if (this.current !== undefined) {
        if (this.current.step(this)) return;
        if (this.current.scheduled && this.work >= NAPI_POLL_WEIGHT) this.repeated.push(this.current);
        this.current = undefined;
      }
      if (this.round.length === 0) {
        if (!costs.refills || this.scheduled.length === 0) break;
        this.round = this.scheduled.splice(0);
        this.pending = false;
      }
      this.startPoll();
    }
    this.endNetRx();
  }

  makeRunnable(reader: Reader, waker: WalkCore): void {
    this.runnable.push(reader);
    if (this.reader !== undefined || this === waker || this.rescheduling) return;
    const { costs, now_ns } = this.walk;
    this.rescheduling = true;
    waker.extra_ns += costs.ipiSend_ns;
    this.walk.signal(this, now_ns + waker.extra_ns + costs.ipiLatency_ns, 'reschedule');
  }

  /** The reader has read. */
  threadDone(): void {
    if (this.pending) this.startSoftirqs();
    else this.runThread();
  }

  private leaveHandler(): void {
    if (this.pending) this.startSoftirqs();
    else this.resume();
  }

  private startSoftirqs(): void {
    this.mode = 'softirq';
    this.extra_ns += this.walk.costs.entry_ns;
    this.netRxAction();
  }

  private netRxAction(): void {
    this.pending = false;
    this.inNetRx = true;
    this.extra_ns += this.walk.costs.netRx_ns;
    this.round = this.scheduled.splice(0);
    this.continuePolling();
  }

  private startPoll(): void {
    const { costs } = this.walk;
    this.current = this.round.shift();
    this.work = 0;
    this.extra_ns += costs.poll_ns;
    if (this.warm !== this.current) this.extra_ns += costs.code_ns;
    this.warm = this.current;
    if (this.current?.isBacklog === true) this.sendCalls();
  }

  private endNetRx(): void {
    this.inNetRx = false;
    this.scheduled.push(...this.repeated.splice(0));
    if (this.scheduled.length > 0) this.pending = true;
    this.sendCalls();
    if (this.pending) this.netRxAction();
    else if (this.extra_ns > 0) this.begin(0, () => this.leaveHandler());
    else this.leaveHandler();
  }

  private sendCalls(): void {
    const { costs, now_ns } = this.walk;
    for (const target of this.calls.splice(0)) {
      this.extra_ns += costs.ipiSend_ns;
      this.walk.signal(target, now_ns + this.extra_ns + costs.ipiLatency_ns, 'call');
    }
  }

  /** The interrupted reader goes on, or the next one's turn comes. */
  private resume(): void {
    if (this.reader === undefined) this.pick();
    else this.runThread();
  }

  private pick(): void {
    this.reader = this.runnable.shift();
    if (this.reader === undefined) {
      this.mode = 'idle';
      this.extra_ns = 0;
      return;
    }
    if (this.lastReader !== this.reader) this.extra_ns += this.walk.costs.switch_ns;
    this.lastReader = this.reader;
    this.runThread();
  }

  private runThread(): void {
    const { reader, suspended } = this;
    this.mode = 'thread';
    if (suspended !== undefined) {
      this.suspended = undefined;
      this.begin(0, suspended.after);
      this.at_ns += suspended.left_ns;
    } else if (reader?.read() === true) this.warm = undefined;
    else {
      this.extra_ns += this.walk.costs.blocking_ns;
      this.begin(0, () => this.trySleep());
    }
  }

  private trySleep(): void {
    if (this.reader?.sleeps() !== true) {
      this.runThread();
      return;
    }
    this.reader = undefined;
    this.pick();
  }
}
