import { IntFifo } from '../intFifo';
import type { Machine } from '../machine';
import { NONE, PACKET_TCP } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { EventLoop } from './eventLoop';
import { messagesOf } from './systemCalls';
import type { SystemCalls } from './systemCalls';

/** What an nginx thread serves. */
export interface Site {
  userOf(flow: number): number;
  /** Whether the request that a user has out is for a page, which PHP renders, and not for a file. */
  asksForPage(user: number): boolean;
  responseBytes(user: number): number;
  /** A request for a page was read on a core. */
  render(user: number, cpu: number): void;
  /** The response has been sent. */
  responded(user: number): void;
}

const NOTHING = 0;
const READ_PART = 1;
const PASS_ON = 2;
const RESPOND = 3;

/**
 * An nginx process: one event loop for its users' connections, which sends files itself and passes requests for pages
 * to PHP over Unix sockets and the rendered pages back.
 */
export class NginxThread implements ThreadProgram {
  readonly thread: Thread;
  readonly socket: Socket;
  /** Users whose pages PHP has rendered. */
  private readonly rendered = new IntFifo();
  private readonly loop: EventLoop;
  private packet = NONE;
  private user = -1;
  private action = NOTHING;
  private sendFrom = 1;
  private receiveTo = 0;
  private readonly static_ns: number;
  private readonly page_ns: number;

  constructor(
    private readonly machine: Machine,
    private readonly calls: SystemCalls,
    private readonly site: Site,
    readonly cpu: number,
  ) {
    this.loop = new EventLoop(calls);
    this.thread = machine.scheduler.add(cpu, 'nginx', this);
    this.socket = machine.sockets.add('tcp', this.thread);
    this.static_ns = machine.plan.constant('nginxStatic.packet_ns');
    this.page_ns = machine.plan.constant('nginxPage.packet_ns');
  }

  /** A page is ready, written by a worker on a core. */
  take(user: number, cpu: number): void {
    this.rendered.push(user);
    this.machine.sockets.wake(this.machine.cores[cpu], this.thread);
  }

  next(thread: Thread, step: Step): boolean {
    const { calls, site } = this;
    const ready = this.rendered.length + this.socket.queue.length;
    let receive_ns: number;
    let send_ns = 0;
    if (this.rendered.length > 0) {
      this.user = this.rendered.shift();
      this.action = RESPOND;
      const bytes = site.responseBytes(this.user);
      receive_ns = this.loop.next_ns(ready) + calls.pipe_ns(bytes);
      send_ns = calls.send_ns(PACKET_TCP, bytes);
      step.user_ns = this.page_ns;
    } else {
      this.packet = this.machine.sockets.take(this.socket);
      if (this.packet === NONE) return false;
      receive_ns = this.loop.next_ns(ready) + calls.read_ns(this.machine.cores[thread.core], this.packet);
      send_ns = this.takeRequest(step);
    }
    step.system_ns = receive_ns + send_ns;
    const total_ns = step.system_ns + step.user_ns;
    this.receiveTo = receive_ns / total_ns;
    this.sendFrom = 1 - send_ns / total_ns;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet, site, user } = this;
    if (packet !== NONE) {
      machine.monitors.read(machine.cores[thread.core], packet);
      machine.pool.freePacket(packet);
      this.packet = NONE;
    }
    if (this.action === PASS_ON) site.render(user, thread.core);
    else if (this.action === RESPOND) site.responded(user);
  }

  frames(progress: number): readonly string[] {
    if (progress < 0) return ['@syscall', 'do_epoll_wait', 'ep_poll', 'schedule', '__schedule'];
    if (progress < this.receiveTo) return [...LOOP, '@recv', 'tcp_recvmsg'];
    if (progress < this.sendFrom) return [...LOOP, 'ngx_http_process_request'];
    return [...LOOP, '@send', 'tcp_sendmsg', 'tcp_write_xmit', '__tcp_transmit_skb', 'ip_queue_xmit'];
  }

  /** Decides what is to be done about a packet, and its user code; returns what sending costs. */
  private takeRequest(step: Step): number {
    const { machine, site, calls } = this;
    step.user_ns = 0;
    this.action = READ_PART;
    if (messagesOf(machine, this.packet) === 0) return 0;
    this.user = site.userOf(machine.pool.flow[this.packet]);
    if (site.asksForPage(this.user)) {
      this.action = PASS_ON;
      step.user_ns = this.page_ns;
      return calls.pipe_ns(0);
    }
    this.action = RESPOND;
    step.user_ns = this.static_ns;
    return calls.send_ns(PACKET_TCP, site.responseBytes(this.user));
  }
}

const LOOP = ['main', 'ngx_worker_process_cycle', 'ngx_process_events_and_timers'];
