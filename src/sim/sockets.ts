import type { Core } from './core';
import type { Machine } from './machine';
import { NONE, PACKET_TCP, PACKET_TCP_DELAYED, PacketQueue, PUSH, RETRANSMITTED } from './packets';
import type { QueueGauge } from './queueGauge';
import type { Thread } from './scheduler';
import { BLOCKED } from './scheduler';
import { TcpInput } from './tcpInput';

/** Headers in front of the payload in a receive buffer: headroom, Ethernet, IP, transport. */
const BUFFER_HEADROOM_BYTES = 128;

/** One socket: its receive queue, the memory charged to it, and who reads it. */
export class Socket {
  readonly queue: PacketQueue;
  /** Of all that waits for the reader: what it can read, and what came after a hole. */
  readonly gauge: QueueGauge;
  rmem_bytes = 0;

  constructor(
    machine: Machine,
    readonly id: number,
    readonly protocol: 'udp' | 'tcp',
    readonly limit_bytes: number,
    readonly reader: Thread,
  ) {
    this.gauge = machine.monitors.gauge('socket', '', reader.core);
    this.queue = new PacketQueue(machine.pool, this.gauge);
  }
}

/** An skb as TCP input sees it. */
export interface TcpArrival {
  /** Place of its data in the stream. */
  from: number;
  to: number;
  /** Payload of its segments, of which the last may be shorter (gso_size). */
  segment_bytes: number;
  /** PSH is set. */
  pushes: boolean;
  /** Some of its data had come before; only known afterwards. */
  known: boolean;
}

/** Socket receive queues with truesize accounting (__udp_enqueue_schedule_skb, net/ipv4/udp.c). */
export class Sockets {
  readonly all: Socket[] = [];
  readonly tcp: TcpInput;
  /** The skb that is looked at. */
  private readonly arrival: TcpArrival = { from: 0, to: 0, segment_bytes: 0, pushes: false, known: false };
  private readonly overhead_bytes: number;
  private readonly chunk_bytes: number;
  private readonly wakeup_ns: number;

  constructor(private readonly machine: Machine) {
    const { constant } = machine.plan;
    this.tcp = new TcpInput(machine);
    this.overhead_bytes = constant('skb.overhead_bytes');
    this.chunk_bytes = constant('skb.chunk_bytes');
    this.wakeup_ns = constant('cpu.wakeup_ns');
  }

  add(protocol: 'udp' | 'tcp', reader: Thread): Socket {
    const limit = this.machine.plan.constant(protocol === 'udp' ? 'kernel.rmem_bytes' : 'kernel.tcpRmem_bytes');
    const socket = new Socket(this.machine, this.all.length, protocol, limit, reader);
    this.all.push(socket);
    return socket;
  }

  /** Memory that a packet is charged with. */
  truesize(packet: number): number {
    const { bytes, segments } = this.machine.pool;
    const each = bytes[packet] / segments[packet] + BUFFER_HEADROOM_BYTES;
    return segments[packet] * (this.overhead_bytes + this.chunk_bytes * Math.ceil(each / this.chunk_bytes - 0.5));
  }

  /** Queues a packet and wakes the reader if it sleeps; drops a datagram if the buffer is already overcommitted. */
  deliver(core: Core, packet: number): void {
    const { machine } = this;
    const { pool, flows } = machine;
    const flow = pool.flow[packet];
    const socket = this.all[flows.socket[flow]];
    if (pool.bytes[packet] === 0) {
      // A pure acknowledgement ends in the protocol; nobody reads it.
      machine.monitors.absorbed();
      pool.freePacket(packet);
      return;
    }
    if (socket.protocol === 'udp' && socket.rmem_bytes > socket.limit_bytes) {
      machine.drop(packet, 'socket', core.id);
      return;
    }
    if (socket.protocol === 'tcp') {
      this.deliverTcp(core, packet, flow, socket);
      return;
    }
    // Fragments of several datagrams may interleave: a datagram comes in order if its last fragment does.
    let last = -1;
    for (let slot = packet; slot !== NONE; slot = pool.chain[slot]) last = Math.max(last, pool.sequence[slot]);
    this.checkOrder(flow, packet, last);
    socket.rmem_bytes += this.truesize(packet);
    socket.queue.push(packet, machine.now);
    this.wake(core, socket.reader);
  }

  /**
   * Whether TCP input will acknowledge an skb is known before it begins: from then on the skb's class says so.
   * @returns the class, of any packet that is about to go to its socket
   */
  classify(packet: number): number {
    const { pool, flows, workloads } = this.machine;
    if (pool.kind[packet] !== PACKET_TCP) return pool.kind[packet];
    const flow = pool.flow[packet];
    const workload = workloads[flows.workload[flow]];
    if (workload.acknowledges?.(flow, this.describe(packet)) === false) pool.kind[packet] = PACKET_TCP_DELAYED;
    return pool.kind[packet];
  }

  private deliverTcp(core: Core, packet: number, flow: number, socket: Socket): void {
    const { pool, flows, workloads } = this.machine;
    for (let slot = packet; slot !== NONE; slot = pool.chain[slot]) this.checkOrder(flow, slot, pool.sequence[slot]);
    const paid = pool.kind[packet] === PACKET_TCP;
    const arrival = this.describe(packet);
    arrival.known = this.tcp.receive(flow, packet, socket);
    if (socket.queue.length > 0) this.wake(core, socket.reader);
    workloads[flows.workload[flow]].onTcpInput?.(flow, arrival, paid, core.id);
  }

  private describe(packet: number): TcpArrival {
    const { pool } = this.machine;
    const { arrival } = this;
    const second = pool.chain[packet];
    arrival.from = pool.position[packet];
    arrival.to = arrival.from + pool.bytes[packet];
    arrival.segment_bytes = second === NONE ? pool.bytes[packet] : pool.position[second] - arrival.from;
    arrival.pushes = (pool.flags[pool.chainTail[packet]] & PUSH) !== 0;
    arrival.known = false;
    return arrival;
  }

  /** Wakes a thread that sleeps, at the cost of the core that does it. */
  wake(core: Core, thread: Thread): void {
    if (thread.state !== BLOCKED) return;
    core.extra_ns += this.wakeup_ns;
    core.extraWake_ns += this.wakeup_ns;
    this.machine.scheduler.wake(thread, core);
  }

  private checkOrder(flow: number, slot: number, sequence: number): void {
    const { flows, pool, monitors } = this.machine;
    if (sequence > flows.highest[flow]) flows.highest[flow] = sequence;
    else if ((pool.flags[slot] & RETRANSMITTED) === 0) monitors.outOfOrder++;
  }

  /** The reader takes a packet; NONE if the queue is empty. */
  take(socket: Socket): number {
    const packet = socket.queue.shift(this.machine.now);
    if (packet !== NONE) socket.rmem_bytes -= this.truesize(packet);
    return packet;
  }
}
