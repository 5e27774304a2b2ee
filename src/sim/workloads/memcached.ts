import type { MemcachedTraffic } from '../../experiment';
import type { Random } from '../../core';
import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { RequestSource } from './requestSource';
import type { Workload } from './workload';

/** Client threads among which the connections are divided: each drives a tenth of them (section 6.2: up to 10). */
const MAX_CLIENTS = 10;
const HTTP_MSS_BYTES = 1398;
/** After a datagram was lost, the client gives up waiting and asks again. */
const UDP_TIMEOUT_NS = 5e6;

/**
 * A closed-loop key-value cache: each connection has one request out at a time and thinks between response and next
 * request; server threads read their connections' requests in the order of arrival. Latency is that of the client:
 * from sending a request to having its response.
 */
export class MemcachedWorkload implements Workload {
  private readonly sources: RequestSource[] = [];
  private readonly outlets: number[] = [];
  private readonly connectionOf = new Map<number, number>();
  private readonly answered: boolean[] = [];
  private readonly random: Random;
  /** When each client thread can send again. */
  private readonly clientReady_ns: number[] = [];
  private readonly send_ns: number;
  private readonly clients: number;

  constructor(
    private readonly machine: Machine,
    private readonly number: number,
    private readonly traffic: MemcachedTraffic,
  ) {
    const { experiment, constant } = machine.plan;
    this.random = machine.random(`memcached-${number}`);
    this.send_ns = constant('clientSend.packet_ns');
    this.clients = Math.min(traffic.clients, traffic.connections);
    const active = Math.min(traffic.connections, Math.ceil((traffic.connections * this.clients) / MAX_CLIENTS));
    const servers = Array.from({ length: traffic.serverThreads }, (_, t) => this.addServer(t));
    for (let c = 0; c < active; c++) {
      const protocol = c < Math.round(traffic.udpRatio * active) ? 'udp' : 'tcp';
      const flow = machine.flows.add({
        protocol,
        container: c % experiment.containers,
        socket: servers[c % servers.length].socketOf(protocol).id,
        workload: number,
        label: `memcached-${number}`,
        message_bytes: traffic.request_bytes,
      });
      const source = new RequestSource(machine, flow, protocol, HTTP_MSS_BYTES);
      this.connectionOf.set(flow, c);
      this.sources.push(source);
      this.answered.push(true);
      this.outlets.push(machine.outlet.add(source, 0));
    }
  }

  start(): void {
    this.sources.forEach((_, c) => this.think(c));
  }

  /** Timers: a connection's next request. */
  onTimer(code: number): void {
    const { machine, traffic } = this;
    const client = code % this.clients;
    const at = Math.max(machine.now, this.clientReady_ns[client] ?? 0);
    this.clientReady_ns[client] = at + this.send_ns * machine.variation.next();
    const isGet = this.random.uniform() < traffic.getRatio;
    this.answered[code] = false;
    this.sources[code].request(at, traffic.request_bytes + (isGet ? 0 : traffic.object_bytes));
    machine.outlet.update(this.outlets[code]);
    machine.nic?.watch();
  }

  onLost(flow: number): void {
    const connection = this.connectionOf.get(flow);
    if (connection === undefined || this.answered[connection]) return;
    // TCP retransmits after its least timeout; either way the client asks again.
    this.answered[connection] = true;
    this.machine.timer(this.machine.now + UDP_TIMEOUT_NS, this.number, connection);
  }

  /** The server has sent its response: the client has it after the wire, and thinks. */
  respond(flow: number): void {
    const connection = this.connectionOf.get(flow);
    if (connection === undefined) return;
    const { machine } = this;
    const arrival = machine.now + machine.outlet.oneWay_ns;
    machine.monitors.recordLatency(flow, arrival - this.sources[connection].requestedAt_ns);
    this.answered[connection] = true;
    this.think(connection, arrival);
  }

  private think(connection: number, from_ns = 0): void {
    this.machine.timer(from_ns + this.random.exponential(this.traffic.think_us * 1000), this.number, connection);
  }

  private addServer(index: number): MemcachedThread {
    const program = new MemcachedThread(this.machine, this);
    const thread = this.machine.scheduler.add(
      this.traffic.appCpus[index % this.traffic.appCpus.length],
      'memcached',
      program,
    );
    program.attach(this.machine.sockets.add('tcp', thread), this.machine.sockets.add('udp', thread));
    return program;
  }
}

/** A server thread: waits in epoll, reads a request, looks it up, sends the response. */
class MemcachedThread implements ThreadProgram {
  private tcp: Socket | null = null;
  private udp: Socket | null = null;
  private packet = NONE;
  private share = 1;

  constructor(
    private readonly machine: Machine,
    private readonly workload: MemcachedWorkload,
  ) {}

  attach(tcp: Socket, udp: Socket): void {
    this.tcp = tcp;
    this.udp = udp;
  }

  socketOf(protocol: 'udp' | 'tcp'): Socket {
    const socket = protocol === 'tcp' ? this.tcp : this.udp;
    if (socket === null) throw new Error('a server thread without sockets');
    return socket;
  }

  next(thread: Thread, step: Step): boolean {
    const { machine } = this;
    const { pool, plan } = machine;
    this.packet = machine.sockets.take(this.socketOf('tcp'));
    const isTcp = this.packet !== NONE;
    if (!isTcp) this.packet = machine.sockets.take(this.socketOf('udp'));
    if (this.packet === NONE) return false;
    const core = machine.cores[thread.core];
    const { constant } = plan;
    const send = constant(isTcp ? 'tcpSend.packet_ns' : 'udpSend.packet_ns');
    const tunnel = plan.experiment.topology.encapsulation_bytes > 0 ? constant('tunnelSend.packet_ns') : 0;
    const receive = constant('socketReceive.packet_ns') + constant('copyToUser.packet_ns');
    step.system_ns =
      receive + constant('copyToUser.byte_ns') * pool.bytes[this.packet] + machine.softirqs.touch(core, this.packet);
    step.user_ns = 0;
    if (pool.messages[this.packet] > 0) {
      step.system_ns += send + tunnel;
      step.user_ns = constant('memcached.request_ns');
    }
    this.share = step.system_ns / (step.system_ns + step.user_ns);
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const { pool, monitors } = machine;
    const flow = pool.flow[packet];
    const answered = pool.messages[packet] > 0;
    monitors.read(machine.cores[thread.core], packet);
    this.packet = NONE;
    pool.freePacket(packet);
    if (answered) this.workload.respond(flow);
  }

  frames(progress: number): readonly string[] {
    if (progress < 0)
      return ['epoll_wait', '@syscall', '__x64_sys_epoll_wait', 'do_epoll_wait', 'ep_poll', 'schedule', '__schedule'];
    if (progress >= this.share) return ['event_base_loop', 'event_handler', 'drive_machine', 'process_command'];
    const half = this.share / 2;
    return progress < half
      ? ['event_base_loop', 'drive_machine', '@recv', 'tcp_recvmsg']
      : [
          'event_base_loop',
          'drive_machine',
          '@send',
          'tcp_sendmsg',
          'tcp_write_xmit',
          '__tcp_transmit_skb',
          'ip_queue_xmit',
        ];
  }
}
