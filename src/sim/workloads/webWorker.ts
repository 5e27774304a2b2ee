import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { sendLocal } from './localMessage';
import type { QueryServer } from './queryServer';
import { ASSET_NS, QUERY_BYTES } from './webOperations';
import type { WebOperation } from './webOperations';

/**
 * One worker of the web server: takes a request, and for a page alternates between PHP and waiting for the answer
 * of cache or database, until the response can be sent. It serves its users' requests one at a time.
 */
export class WebWorker implements ThreadProgram {
  readonly requestSocket: Socket;
  private readonly answerSocket: Socket;
  private readonly cacheFlow: number;
  private readonly databaseFlow: number;
  /** What a request on a flow asks for: an operation's page, or null for a static file. */
  private readonly requests = new Map<number, () => WebOperation | null>();
  private packet = NONE;
  // The request in work.
  private flow = -1;
  private phase_ns = 0;
  private cacheLeft = 0;
  private databaseLeft = 0;

  constructor(
    private readonly machine: Machine,
    cpu: number,
    cache: QueryServer,
    database: QueryServer,
    private readonly respond: (flow: number) => void,
  ) {
    const thread = machine.scheduler.add(cpu, 'php-fpm', this);
    this.requestSocket = machine.sockets.add('tcp', thread);
    this.answerSocket = machine.sockets.add('tcp', thread);
    this.cacheFlow = cache.connect(this.answerSocket);
    this.databaseFlow = database.connect(this.answerSocket);
  }

  serves(flow: number, request: () => WebOperation | null): void {
    this.requests.set(flow, request);
  }

  next(thread: Thread, step: Step): boolean {
    const { machine } = this;
    const { constant } = machine.plan;
    const waits = this.flow >= 0;
    this.packet = machine.sockets.take(waits ? this.answerSocket : this.requestSocket);
    if (this.packet === NONE) return false;
    if (!waits) this.accept(machine.pool.flow[this.packet]);
    const touch = machine.softirqs.touch(machine.cores[thread.core], this.packet);
    step.system_ns = constant('socketReceive.packet_ns') + constant('tcpSend.packet_ns') + touch;
    step.user_ns = this.phase_ns;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const core = machine.cores[thread.core];
    machine.monitors.read(core, packet);
    machine.pool.freePacket(packet);
    this.packet = NONE;
    if (this.databaseLeft > 0 && this.databaseLeft >= this.cacheLeft / 4) {
      this.databaseLeft--;
      sendLocal(machine, core, this.databaseFlow, QUERY_BYTES);
    } else if (this.cacheLeft > 0) {
      this.cacheLeft--;
      sendLocal(machine, core, this.cacheFlow, QUERY_BYTES);
    } else {
      const { flow } = this;
      this.flow = -1;
      this.respond(flow);
    }
  }

  frames(progress: number): readonly string[] {
    if (progress < 0) return ['epoll_wait', '@syscall', '__x64_sys_epoll_wait', 'ep_poll', 'schedule', '__schedule'];
    return progress < 0.05
      ? ['@recv', 'tcp_recvmsg']
      : ['main', 'php_execute_script', 'zend_execute_scripts', 'execute_ex'];
  }

  private accept(flow: number): void {
    const operation = this.requests.get(flow)?.() ?? null;
    this.flow = flow;
    this.cacheLeft = operation?.cacheQueries ?? 0;
    this.databaseLeft = operation?.databaseQueries ?? 0;
    const phases = 1 + this.cacheLeft + this.databaseLeft;
    this.phase_ns = operation === null ? ASSET_NS : (operation.php_ms * 1e6) / phases;
  }
}
