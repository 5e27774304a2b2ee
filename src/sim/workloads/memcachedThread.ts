import type { Machine } from '../machine';
import { isTcp, NONE } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { EventLoop } from './eventLoop';
import type { MemcachedWorkload } from './memcached';
import { messagesOf } from './systemCalls';
import type { SystemCalls } from './systemCalls';

/**
 * A server thread: waits in epoll, reads a request, looks the key up, sends the response. Its connections' sockets are
 * one queue here, in the order in which epoll would report them.
 */
export class MemcachedThread implements ThreadProgram {
  private readonly tcp: Socket;
  private readonly udp: Socket;
  private readonly loop: EventLoop;
  private packet = NONE;
  // Of the running step: up to where it receives, and up to where it computes.
  private receiveShare = 1;
  private computeShare = 1;
  private readonly get_ns: number;
  private readonly set_ns: number;

  constructor(
    private readonly machine: Machine,
    private readonly calls: SystemCalls,
    private readonly service: MemcachedWorkload,
    cpu: number,
  ) {
    const thread = machine.scheduler.add(cpu, 'memcached', this);
    this.loop = new EventLoop(calls);
    this.tcp = machine.sockets.add('tcp', thread);
    this.udp = machine.sockets.add('udp', thread);
    this.get_ns = machine.plan.constant('memcachedGet.packet_ns');
    this.set_ns = machine.plan.constant('memcachedSet.packet_ns');
  }

  socketOf(protocol: 'udp' | 'tcp'): Socket {
    return protocol === 'tcp' ? this.tcp : this.udp;
  }

  next(thread: Thread, step: Step): boolean {
    const { machine, calls, service } = this;
    const { pool, sockets, cores } = machine;
    const ready = this.tcp.queue.length + this.udp.queue.length;
    this.packet = sockets.take(this.tcp);
    if (this.packet === NONE) this.packet = sockets.take(this.udp);
    if (this.packet === NONE) return false;
    const flow = pool.flow[this.packet];
    const receive_ns = this.loop.next_ns(ready) + calls.read_ns(cores[thread.core], this.packet);
    step.system_ns = receive_ns;
    step.user_ns = 0;
    // The first parts of a long request are only read.
    if (messagesOf(machine, this.packet) > 0) {
      step.system_ns += calls.send_ns(pool.kind[this.packet], service.responseBytesOf(flow));
      step.user_ns = service.isGet(flow) ? this.get_ns : this.set_ns;
    }
    const total_ns = step.system_ns + step.user_ns;
    this.receiveShare = total_ns > 0 ? receive_ns / total_ns : 1;
    this.computeShare = total_ns > 0 ? (receive_ns + step.user_ns) / total_ns : 1;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const flow = machine.pool.flow[packet];
    const answers = messagesOf(machine, packet) > 0;
    machine.monitors.read(machine.cores[thread.core], packet);
    this.packet = NONE;
    machine.pool.freePacket(packet);
    if (answers) this.service.respond(flow);
  }

  frames(progress: number): readonly string[] {
    if (progress < 0) return WAITING;
    const tcp = this.packet === NONE || isTcp(this.machine.pool.kind[this.packet]);
    if (progress < this.receiveShare) return tcp ? TCP_RECEIVING : UDP_RECEIVING;
    if (progress < this.computeShare) return COMPUTING;
    return tcp ? TCP_SENDING : UDP_SENDING;
  }
}

const LOOP = ['event_base_loop', 'event_handler', 'drive_machine'];
const COMPUTING = [...LOOP, 'process_command_ascii'];
const TCP_RECEIVING = [...LOOP, '@recv', 'tcp_recvmsg'];
const UDP_RECEIVING = [...LOOP, '@recv', 'udp_recvmsg'];
const TCP_SENDING = [...LOOP, '@send', 'tcp_sendmsg', 'tcp_write_xmit', '__tcp_transmit_skb', 'ip_queue_xmit'];
const UDP_SENDING = [...LOOP, '@send', 'udp_sendmsg', 'udp_send_skb', 'ip_send_skb'];
const WAITING = ['event_base_loop', '@syscall', 'do_epoll_wait', 'ep_poll', 'schedule', '__schedule'];
