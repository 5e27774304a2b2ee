import type { Core } from '../core';
import type { Machine } from '../machine';
import { isTcp, NONE } from '../packets';
import { localTransmit_ns } from './localMessage';

/** Most bytes that TCP hands down at once (TSO): 64 KiB less headers. */
const TSO_BYTES = 65483;

/** What the system calls of this machine's applications cost. */
export class SystemCalls {
  /** epoll_wait that finds something, and what each thing found adds. */
  readonly wait_ns: number;
  readonly event_ns: number;
  /** recv, without the copy. */
  readonly receive_ns: number;
  private readonly copy_ns: number;
  private readonly copyByte_ns: number;
  private readonly remoteByte_ns: number;
  private readonly tcpSend_ns: number;
  private readonly udpSend_ns: number;
  private readonly localSend_ns: number;

  constructor(private readonly machine: Machine) {
    const { constant, experiment } = machine.plan;
    const tunnel_ns = experiment.topology.encapsulation_bytes > 0 ? constant('tunnelSend.packet_ns') : 0;
    this.wait_ns = constant('epollWait.packet_ns');
    this.event_ns = constant('epollEvent.packet_ns');
    this.receive_ns = constant('socketReceive.packet_ns');
    this.copy_ns = constant('copyToUser.packet_ns');
    this.copyByte_ns = constant('copyToUser.byte_ns');
    this.remoteByte_ns = constant('locality.byte_ns');
    this.tcpSend_ns = constant('tcpSend.packet_ns') + tunnel_ns;
    this.udpSend_ns = constant('udpSend.packet_ns') + tunnel_ns;
    this.localSend_ns = constant('tcpSend.packet_ns') + localTransmit_ns(machine);
  }

  /** Reading a packet by so many calls, with the copy; from then on its data are this core's. */
  read_ns(core: Core, packet: number, calls = 1): number {
    const { pool, softirqs } = this.machine;
    const remote = pool.core[packet] !== core.id;
    return (
      calls * (this.receive_ns + this.copy_ns) +
      pool.bytes[packet] * (this.copyByte_ns + (remote ? this.remoteByte_ns : 0)) +
      softirqs.touch(core, packet)
    );
  }

  /** Sending a message: system call, copy and transmit path. */
  send_ns(kind: number, bytes: number): number {
    if (!isTcp(kind)) return this.udpSend_ns + bytes * this.copyByte_ns;
    return Math.ceil(bytes / TSO_BYTES) * this.tcpSend_ns + bytes * this.copyByte_ns;
  }

  /** Sending a TCP message to another container of this machine. */
  sendLocal_ns(bytes: number): number {
    return this.localSend_ns + bytes * this.copyByte_ns;
  }

  /** Reading from or writing to a Unix socket. */
  pipe_ns(bytes: number): number {
    return this.receive_ns + this.copy_ns + bytes * this.copyByte_ns;
  }
}

/** Messages that end in an skb, its merged segments included. */
export function messagesOf(machine: Machine, packet: number): number {
  const { pool } = machine;
  let messages = 0;
  for (let slot = packet; slot !== NONE; slot = pool.chain[slot]) messages += pool.messages[slot];
  return messages;
}

/**
 * Time until a message that leaves this machine now has been read by a client: the wire, and the receive path of a client
 * machine that is alike and unloaded.
 */
export function clientReceive_ns(machine: Machine, kind: number, bytes: number): number {
  const { plan, outlet } = machine;
  const { constant } = plan;
  const wire_ns = (bytes * 8) / constant('nic.link_gbps');
  const wake_ns = constant('cpu.wakeup_ns') + constant('cpu.contextSwitch_ns') + constant('socketReceive.packet_ns');
  const path_ns = wake_ns + receivePath_ns(machine, kind);
  return outlet.oneWay_ns + wire_ns + path_ns + bytes * constant('copyToUser.byte_ns');
}

/** What the receive path costs for a packet without payload, as far as the socket. */
export function receivePath_ns(machine: Machine, kind: number): number {
  const { legs, wholeLeg } = machine.plan;
  let path_ns = 0;
  for (const leg of legs) if (leg.index !== wholeLeg) path_ns += leg.before.of(kind, 1, 0) + leg.after.of(kind, 1, 0);
  return path_ns;
}
