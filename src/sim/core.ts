import type { FlowLimit } from '../kernel/steering';
import { IntFifo } from './intFifo';

/** Contexts in which a core's time is counted. */
export const IDLE = 0;
export const HARDIRQ = 1;
export const SOFTIRQ = 2;
export const SYSTEM = 3;
export const USER = 4;
export const CONTEXTS = 5;

/** What a core does when its running segment ends. */
export const OP_NONE = 0;
export const OP_IRQ_EXIT = 1;
export const OP_PACKET = 2;
export const OP_NIC_CHUNK = 3;
export const OP_PASS_UP = 4;
export const OP_SOFTIRQ_EXIT = 5;
export const OP_THREAD_STEP = 6;
export const OP_BLOCK = 7;

/** From where softirqs were entered, which decides where they return to. */
export const FROM_IRQ = 0;
export const FROM_BH_ENABLE = 1;
export const FROM_KSOFTIRQD = 2;

/** Which interrupt a core took last. */
export const IRQ_NIC = 0;
export const IRQ_CALL = 1;
export const IRQ_RESCHEDULE = 2;

/** One CPU: what it runs now, what waits on it, where its time went. State only; the rules are elsewhere. */
export class Core {
  /** Time by context, up to `since`. */
  readonly time_ns = new Float64Array(CONTEXTS);
  context = IDLE;
  since = 0;
  /** Handler time already counted as hardirq, to be taken off the interrupted context. */
  debt_ns = 0;

  // The running segment.
  op = OP_NONE;
  opPacket = -1;
  segmentStart = 0;
  segmentEnd = 0;
  /** Overhead at the beginning of the segment; of it, what sending IPIs and waking threads took. */
  overhead_ns = 0;
  overheadIpi_ns = 0;
  overheadWake_ns = 0;
  irq = IRQ_NIC;
  /** Tells the events of earlier segments from that of the running one. */
  generation = 0;
  /** Time that handlers took out of the running segment: it ends so much later. */
  stolen_ns = 0;
  /** Overhead to be spent with the next segment. */
  extra_ns = 0;
  /** Parts of `extra_ns`. */
  extraIpi_ns = 0;
  extraWake_ns = 0;
  /** Part of the running thread step that is user code. */
  userPart_ns = 0;

  // Softirqs.
  netRxPending = false;
  inSoftirq = false;
  softirqFrom = FROM_IRQ;
  softirqStart = 0;
  passesLeft = 0;
  /** Jiffy at which __do_softirq stops restarting. */
  softirqDeadline_jiffy = 0;
  inNetRx = false;
  budgetLeft = 0;
  netRxDeadline_jiffy = 0;
  napi = -1;
  napiWork = 0;
  readonly pollList = new IntFifo();
  readonly local = new IntFifo();
  readonly repeat = new IntFifo();
  /** CPUs whose backlog was filled from here and that wait for an IPI. */
  readonly ipis = new IntFifo();
  /** Packets that GRO passed on and that wait to go up the stack. */
  readonly passing = new IntFifo();
  /** NAPI whose code and data its caches hold: the one polled last; -1 after a thread. */
  warmNapi = -1;

  // Threads.
  thread = -1;
  threadRemaining_ns = 0;
  threadSuspended = false;
  needResched = false;
  /** How long the current thread ran since it was picked. */
  ran_ns = 0;
  reschedulePending = false;
  /** cfs_rq->min_vruntime. */
  minVruntime_ns = 0;
  readonly runQueue: number[] = [];
  readonly ksoftirqd: number;

  // Counters, as the kernel keeps them.
  netRxCount = 0;
  timerCount = 0;
  schedCount = 0;
  resCount = 0;
  calCount = 0;
  locCount = 0;
  nicIrqCount = 0;
  processed = 0;
  backlogDropped = 0;
  /** Set on CPUs in flow_limit_cpu_bitmap. */
  flowLimit: FlowLimit | null = null;
  timeSqueeze = 0;
  receivedRps = 0;
  ksoftirqdRuns = 0;

  constructor(
    readonly id: number,
    ksoftirqdThread: number,
  ) {
    this.ksoftirqd = ksoftirqdThread;
  }

  /** Counts the time since the last call to the present context. */
  account(now: number): void {
    let spent = now - this.since;
    this.since = now;
    if (this.debt_ns > 0) {
      const paid = Math.min(this.debt_ns, spent);
      this.debt_ns -= paid;
      spent -= paid;
    }
    this.time_ns[this.context] += spent;
  }

  enter(context: number, now: number): void {
    this.account(now);
    this.context = context;
  }

  /** Whether it could take up a thread at once. */
  get isIdle(): boolean {
    return this.context === IDLE;
  }
}
