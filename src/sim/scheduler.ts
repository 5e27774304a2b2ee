import type { Core } from './core';
import {
  FROM_BH_ENABLE,
  FROM_KSOFTIRQD,
  HARDIRQ,
  IDLE,
  IRQ_RESCHEDULE,
  OP_BLOCK,
  OP_THREAD_STEP,
  SYSTEM,
  USER,
} from './core';
import { EV_RESCHEDULE, PRIORITY_IRQ } from './events';
import type { Machine } from './machine';

export const BLOCKED = 0;
export const RUNNABLE = 1;

/** What a thread does next, filled by its program. */
export interface Step {
  system_ns: number;
  user_ns: number;
}

/** The code of a thread. Steps run without blocking; between them the thread may sleep. */
export interface ThreadProgram {
  /** Takes up the next step; false if there is nothing to do, and the thread goes to sleep. */
  next(thread: Thread, step: Step): boolean;
  /** The step taken up last is done. */
  done(thread: Thread): void;
  /**
   * Function names for a stack sample, outermost first; `@names` are the profile's.
   * @param progress how far the step is, 0 to 1; -1 on the way to sleep
   */
  frames(progress: number): readonly string[];
}

export class Thread {
  state = BLOCKED;
  vruntime_ns = 0;
  /** Of a step that was interrupted. */
  remaining_ns = 0;
  suspended = false;
  op = OP_THREAD_STEP;
  user_ns = 0;

  constructor(
    readonly id: number,
    readonly core: number,
    readonly comm: string,
    readonly program: ThreadProgram | null,
  ) {}
}

/**
 * Threads on their cores under a fair scheduler (kernel/sched/fair.c): the least virtual runtime runs; a slice is the
 * scheduling latency shared by all, at least the minimum granularity; a sleeper that wakes preempts if it is behind
 * by more than the wake-up granularity. ksoftirqd is one of them. Threads are pinned.
 */
export class Scheduler {
  readonly threads: Thread[] = [];
  private readonly step: Step = { system_ns: 0, user_ns: 0 };
  private readonly latency_ns: number;
  private readonly granularity_ns: number;
  private readonly wakeupGranularity_ns: number;
  private readonly switch_ns: number;
  private readonly blocking_ns: number;
  private readonly ipiLatency_ns: number;
  private readonly ipiReceive_ns: number;
  private readonly ipiSend_ns: number;
  private readonly lastThread: number[] = [];

  constructor(private readonly machine: Machine) {
    const { constant } = machine.plan;
    this.latency_ns = constant('kernel.schedLatency_ms') * 1e6;
    this.granularity_ns = constant('kernel.schedMinGranularity_ms') * 1e6;
    this.wakeupGranularity_ns = constant('kernel.schedWakeupGranularity_ms') * 1e6;
    this.switch_ns = constant('cpu.contextSwitch_ns');
    this.blocking_ns = constant('cpu.blocking_ns');
    this.ipiLatency_ns = constant('cpu.ipiLatency_ns');
    this.ipiReceive_ns = constant('cpu.ipiReceive_ns');
    this.ipiSend_ns = constant('cpu.ipiSend_ns');
  }

  add(core: number, comm: string, program: ThreadProgram): Thread {
    return this.register(core, comm, program);
  }

  /** @returns the thread's number */
  addKsoftirqd(core: number): number {
    return this.register(core, `ksoftirqd/${core}`, null).id;
  }

  private register(core: number, comm: string, program: ThreadProgram | null): Thread {
    const thread = new Thread(this.threads.length, core, comm, program);
    this.threads.push(thread);
    return thread;
  }

  /** Name of what runs on a core, as perf prints it. */
  commOf(core: Core): string {
    return core.thread < 0 ? 'swapper' : this.threads[core.thread].comm;
  }

  ksoftirqdRuns(core: Core): boolean {
    return this.threads[core.ksoftirqd].state === RUNNABLE;
  }

  wakeKsoftirqd(core: Core): void {
    const thread = this.threads[core.ksoftirqd];
    if (thread.state === RUNNABLE) return;
    core.ksoftirqdRuns++;
    this.makeRunnable(thread, core);
    if (core.thread < 0 || this.shouldPreempt(core, thread)) core.needResched = true;
  }

  /** try_to_wake_up; the waker's cost is the caller's, an IPI to another core this one's. */
  wake(thread: Thread, from: Core): void {
    if (thread.state === RUNNABLE) return;
    const core = this.machine.cores[thread.core];
    this.makeRunnable(thread, core);
    const preempts = core.thread < 0 || this.shouldPreempt(core, thread);
    if (!preempts) return;
    core.needResched = true;
    if (core === from || core.reschedulePending) return;
    core.reschedulePending = true;
    from.extra_ns += this.ipiSend_ns;
    from.extraWake_ns += this.ipiSend_ns;
    const at = this.machine.now + Math.round(from.extra_ns + this.ipiLatency_ns);
    this.machine.queue.push(at, PRIORITY_IRQ, EV_RESCHEDULE, core.id);
  }

  /** Starts a thread from outside any core, at the beginning of a run or by a timer. */
  start(thread: Thread): void {
    if (thread.state === RUNNABLE) return;
    const core = this.machine.cores[thread.core];
    this.makeRunnable(thread, core);
    if (core.context === IDLE) this.pick(core);
    else if (core.thread < 0 || this.shouldPreempt(core, thread)) core.needResched = true;
  }

  onReschedule(coreId: number): void {
    const core = this.machine.cores[coreId];
    core.reschedulePending = false;
    core.resCount++;
    core.irq = IRQ_RESCHEDULE;
    this.machine.interrupt(core, this.ipiReceive_ns);
    this.preempt(core);
  }

  /** The timer tick of a busy core. */
  tick(core: Core, handler_ns: number): void {
    core.locCount++;
    core.timerCount++;
    if (core.runQueue.length > 0) core.schedCount++;
    this.machine.interrupt(core, handler_ns);
    if (core.thread < 0 || core.runQueue.length === 0) return;
    const inThread = core.context === SYSTEM || core.context === USER;
    const ran = core.ran_ns + (inThread || this.inKsoftirqd(core) ? this.machine.now - core.segmentStart : 0);
    const slice = Math.max(this.latency_ns / (core.runQueue.length + 1), this.granularity_ns);
    if (ran < slice) return;
    core.needResched = true;
    this.preempt(core);
  }

  /** Takes the core from a running thread if that is due. */
  private preempt(core: Core): void {
    if (!core.needResched || core.thread < 0) return;
    if (core.context !== SYSTEM && core.context !== USER) return;
    this.suspend(core);
    this.yieldCurrent(core);
    this.pick(core);
  }

  /** Stops the running step where it is. */
  suspend(core: Core): void {
    const thread = this.threads[core.thread];
    const { now } = this.machine;
    thread.remaining_ns = Math.max(0, core.segmentEnd + core.stolen_ns - now);
    thread.suspended = true;
    thread.op = core.op;
    core.generation = (core.generation + 1) | 0;
    core.stolen_ns = 0;
    this.charge(core, now - core.segmentStart);
  }

  /** After an interrupt or softirq: the suspended thread goes on, or another one's turn comes. */
  resume(core: Core): void {
    if (core.thread < 0) this.pick(core);
    else if (core.needResched) {
      this.yieldCurrent(core);
      this.pick(core);
    } else this.run(core);
  }

  /** A thread step or the way to sleep has ended. */
  onThreadEnd(core: Core, op: number): void {
    const thread = this.threads[core.thread];
    this.charge(core, this.machine.now - core.segmentStart);
    if (op === OP_BLOCK) {
      this.tryToSleep(core, thread);
      return;
    }
    core.account(this.machine.now);
    core.time_ns[SYSTEM] -= thread.user_ns;
    core.time_ns[USER] += thread.user_ns;
    thread.program?.done(thread);
    if (core.netRxPending && !this.ksoftirqdRuns(core)) this.machine.softirqs.start(core, FROM_BH_ENABLE);
    else this.continueThread(core);
  }

  continueThread(core: Core): void {
    this.resume(core);
  }

  private tryToSleep(core: Core, thread: Thread): void {
    if (!this.takeStep(core, thread)) this.sleep(core, thread);
  }

  /** ksoftirqd has been through __do_softirq once. */
  ksoftirqdPassed(core: Core): void {
    this.charge(core, this.machine.now - core.softirqStart);
    const thread = this.threads[core.ksoftirqd];
    if (!core.netRxPending) this.sleep(core, thread);
    else if (core.needResched) {
      this.yieldCurrent(core);
      this.pick(core);
    } else this.machine.softirqs.start(core, FROM_KSOFTIRQD);
  }

  /** Gives the core to the runnable thread with the least virtual runtime, or lets it idle. */
  private pick(core: Core): void {
    core.needResched = false;
    const { runQueue } = core;
    if (runQueue.length === 0) {
      core.thread = -1;
      core.extra_ns = 0;
      core.extraIpi_ns = 0;
      core.extraWake_ns = 0;
      core.enter(IDLE, this.machine.now);
      return;
    }
    let best = 0;
    for (let i = 1; i < runQueue.length; i++) {
      if (this.threads[runQueue[i]].vruntime_ns < this.threads[runQueue[best]].vruntime_ns) best = i;
    }
    this.advanceMinimum(core);
    const [id] = runQueue.splice(best, 1);
    core.thread = id;
    core.ran_ns = 0;
    if (this.lastThread[core.id] !== id) core.extra_ns += this.switch_ns;
    this.lastThread[core.id] = id;
    this.run(core);
  }

  /** Continues the current thread: the suspended step, or a new one. */
  private run(core: Core): void {
    const thread = this.threads[core.thread];
    if (thread.program === null) {
      if (core.netRxPending) this.machine.softirqs.start(core, FROM_KSOFTIRQD);
      else this.sleep(core, thread);
      return;
    }
    if (thread.suspended) {
      thread.suspended = false;
      this.machine.begin(core, SYSTEM, thread.remaining_ns, thread.op);
    } else if (!this.takeStep(core, thread)) {
      this.machine.begin(core, SYSTEM, this.blocking_ns, OP_BLOCK);
    }
  }

  private sleep(core: Core, thread: Thread): void {
    thread.state = BLOCKED;
    core.thread = -1;
    this.pick(core);
  }

  private takeStep(core: Core, thread: Thread): boolean {
    const { step, machine } = this;
    if (thread.program === null || !thread.program.next(thread, step)) return false;
    core.warmNapi = -1;
    const factor = machine.variation.next();
    thread.user_ns = Math.round(step.user_ns * factor);
    machine.begin(core, SYSTEM, step.system_ns * factor + thread.user_ns, OP_THREAD_STEP);
    return true;
  }

  private makeRunnable(thread: Thread, core: Core): void {
    thread.state = RUNNABLE;
    // place_entity: sleepers get half a latency of credit, no more.
    this.advanceMinimum(core);
    thread.vruntime_ns = Math.max(thread.vruntime_ns, core.minVruntime_ns - this.latency_ns / 2);
    core.runQueue.push(thread.id);
  }

  private yieldCurrent(core: Core): void {
    core.runQueue.push(core.thread);
    core.thread = -1;
  }

  /** update_min_vruntime: it never goes back, so that a core that slept gives no credit for it. */
  private advanceMinimum(core: Core): void {
    let least = core.thread < 0 ? Infinity : this.threads[core.thread].vruntime_ns;
    for (const id of core.runQueue) least = Math.min(least, this.threads[id].vruntime_ns);
    if (least !== Infinity && least > core.minVruntime_ns) core.minVruntime_ns = least;
  }

  private shouldPreempt(core: Core, woken: Thread): boolean {
    return this.threads[core.thread].vruntime_ns - woken.vruntime_ns > this.wakeupGranularity_ns;
  }

  private charge(core: Core, ns: number): void {
    this.threads[core.thread].vruntime_ns += ns;
    core.ran_ns += ns;
  }

  private inKsoftirqd(core: Core): boolean {
    return core.thread === core.ksoftirqd && core.context !== HARDIRQ;
  }
}
