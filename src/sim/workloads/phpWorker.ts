import type { WebOperation } from '../../experiment';
import { IntFifo } from '../intFifo';
import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { messagesOf } from './systemCalls';
import type { SystemCalls } from './systemCalls';
import type { LossyFlow, Tier, TierConnection } from './tier';

/** Who has pages rendered. */
export interface PageClient {
  /** What a user asked for. */
  operationOf(user: number): WebOperation;
  /** A worker on a core has written the page to its Unix socket. */
  rendered(user: number, cpu: number): void;
}

/**
 * The PHP processes (php-fpm): whoever is free takes the page that has waited longest. Processes stay on their cores
 * here; what a scheduler does by moving the woken one (select_idle_sibling and the balancing after it,
 * kernel/sched/fair.c), the pool does by waking a process on the core with the least to do.
 */
export class PhpPool {
  readonly waiting = new IntFifo();
  private readonly idle: PhpWorker[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly client: PageClient,
  ) {}

  /** Asks for a page, from a thread on a core. */
  submit(user: number, cpu: number): void {
    this.waiting.push(user);
    if (this.idle.length === 0) return;
    const [worker] = this.idle.splice(this.leastBusy(), 1);
    worker.isIdle = false;
    this.machine.sockets.wake(this.machine.cores[cpu], worker.thread);
  }

  /** A worker without work registers itself. */
  rest(worker: PhpWorker): void {
    if (worker.isIdle) return;
    worker.isIdle = true;
    this.idle.push(worker);
  }

  get pages(): PageClient {
    return this.client;
  }

  /** Place of the idle worker whose core has the fewest threads and no softirq; of several, who rested last. */
  private leastBusy(): number {
    const { cores } = this.machine;
    let [best, least] = [-1, Infinity];
    for (let i = this.idle.length - 1; i >= 0 && least > 0; i--) {
      const core = cores[this.idle[i].thread.core];
      const busy = core.runQueue.length + (core.thread >= 0 ? 1 : 0) + (core.inSoftirq ? 1 : 0);
      if (busy < least) [best, least] = [i, busy];
    }
    return best;
  }
}

/**
 * One PHP process: renders a page in pieces of equal length, with a query of the cache or the database and the wait for
 * its answer between them.
 */
export class PhpWorker implements ThreadProgram {
  isIdle = false;
  readonly thread: Thread;
  /** All directions of its connections, for what gets lost. */
  readonly flows: readonly LossyFlow[];
  private readonly answers: Socket;
  private readonly cache: TierConnection;
  private readonly database: TierConnection;
  // The page in work.
  private user = -1;
  private piece_ns = 0;
  private queries = 0;
  private databaseQueries = 0;
  private asked = 0;
  private waits = false;
  /** Whether the running step only reads a part of an answer. */
  private readsPart = false;
  private packet = NONE;
  private computeFrom = 0;
  private computeTo = 1;

  constructor(
    private readonly machine: Machine,
    private readonly calls: SystemCalls,
    private readonly pool: PhpPool,
    cpu: number,
    cache: Tier,
    database: Tier,
  ) {
    this.thread = machine.scheduler.add(cpu, 'php-fpm', this);
    this.answers = machine.sockets.add('tcp', this.thread);
    this.cache = cache.connect(this.answers, cpu);
    this.database = database.connect(this.answers, cpu);
    this.flows = [...this.cache.flows, ...this.database.flows];
    pool.rest(this);
  }

  next(thread: Thread, step: Step): boolean {
    const { machine, calls, pool } = this;
    let receive_ns: number;
    this.readsPart = false;
    if (this.waits) {
      this.packet = machine.sockets.take(this.answers);
      if (this.packet === NONE) return false;
      receive_ns = calls.read_ns(machine.cores[thread.core], this.packet);
      this.readsPart = messagesOf(machine, this.packet) === 0;
    } else {
      if (pool.waiting.length === 0) {
        pool.rest(this);
        return false;
      }
      this.begin(pool.waiting.shift());
      receive_ns = calls.receive_ns;
    }
    const send_ns = this.readsPart ? 0 : this.send_ns();
    step.system_ns = receive_ns + send_ns;
    step.user_ns = this.readsPart ? 0 : this.piece_ns;
    const total_ns = step.system_ns + step.user_ns;
    this.computeFrom = receive_ns / total_ns;
    this.computeTo = 1 - send_ns / total_ns;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    if (packet !== NONE) {
      machine.monitors.read(machine.cores[thread.core], packet);
      machine.pool.freePacket(packet);
      this.packet = NONE;
    }
    if (this.readsPart) return;
    this.waits = this.asked < this.queries;
    if (this.waits) {
      this.ask();
      return;
    }
    const { user } = this;
    this.user = -1;
    this.pool.pages.rendered(user, thread.core);
  }

  frames(progress: number): readonly string[] {
    if (progress < 0) return ['@recv', 'tcp_recvmsg', 'schedule_timeout', 'schedule', '__schedule'];
    if (progress < this.computeFrom) return ['main', '@recv', 'tcp_recvmsg'];
    if (progress < this.computeTo) return ['main', 'php_execute_script', 'zend_execute_scripts', 'execute_ex'];
    return ['main', '@send', 'tcp_sendmsg'];
  }

  private begin(user: number): void {
    const { php_ms, cacheQueries, databaseQueries } = this.pool.pages.operationOf(user);
    this.user = user;
    this.queries = cacheQueries + databaseQueries;
    this.databaseQueries = databaseQueries;
    this.asked = 0;
    this.piece_ns = (php_ms * 1e6) / (1 + this.queries);
  }

  /** What ends the piece: sending the next query, or the page. */
  private send_ns(): number {
    if (this.asked < this.queries) return this.nextTier().send_ns;
    return this.calls.pipe_ns(this.pool.pages.operationOf(this.user).page_bytes);
  }

  private ask(): void {
    const tier = this.nextTier();
    this.asked++;
    tier.ask();
  }

  /** Whom the next query goes to: those of the database are spread evenly among those of the cache. */
  private nextTier(): TierConnection {
    const share = this.databaseQueries / this.queries;
    const isDatabase = Math.floor((this.asked + 1) * share) > Math.floor(this.asked * share);
    return isDatabase ? this.database : this.cache;
  }
}
