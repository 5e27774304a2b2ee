import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Socket } from '../sockets';
import type { Step, Thread, ThreadProgram } from '../scheduler';

/** Called when the application has read a packet, before it is freed. */
export type OnRead = (packet: number) => void;

/** A thread that reads one socket for ever, as a sockperf server does: recv, copy, a little user code. */
export class Receiver implements ThreadProgram {
  private socket: Socket | null = null;
  private packet = NONE;
  // Of the running step: up to where it is the system call, and the kernel at all.
  private receiveShare = 1;
  private kernelShare = 1;
  private readonly receive_ns: number;
  private readonly copy_ns: number;
  private readonly copyByte_ns: number;
  private readonly application_ns: number;
  private readonly remoteByte_ns: number;

  constructor(
    private readonly machine: Machine,
    private readonly onRead: OnRead | null,
  ) {
    const { constant } = machine.plan;
    this.receive_ns = constant('socketReceive.packet_ns');
    this.copy_ns = constant('copyToUser.packet_ns');
    this.copyByte_ns = constant('copyToUser.byte_ns');
    this.application_ns = constant('application.packet_ns');
    this.remoteByte_ns = constant('locality.byte_ns');
  }

  /** The socket that it reads; before the first packet. */
  attach(socket: Socket): void {
    this.socket = socket;
  }

  next(thread: Thread, step: Step): boolean {
    const { machine } = this;
    if (this.socket === null) return false;
    this.packet = machine.sockets.take(this.socket);
    if (this.packet === NONE) return false;
    const { pool } = machine;
    const bytes = pool.bytes[this.packet];
    const core = machine.cores[thread.core];
    const remote = pool.core[this.packet] !== core.id;
    // A merged skb is read by as many calls as messages end in it.
    const calls = Math.max(1, this.messagesOf(this.packet));
    step.system_ns =
      calls * (this.receive_ns + this.copy_ns) +
      bytes * (this.copyByte_ns + (remote ? this.remoteByte_ns : 0)) +
      machine.softirqs.touch(core, this.packet);
    step.user_ns = calls * this.application_ns;
    const total = step.system_ns + step.user_ns;
    this.kernelShare = total > 0 ? step.system_ns / total : 1;
    this.receiveShare = total > 0 ? (calls * this.receive_ns) / total : 1;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const core = machine.cores[thread.core];
    machine.monitors.delivered(core, packet, machine.now - thread.user_ns);
    this.onRead?.(packet);
    this.packet = NONE;
    machine.pool.freePacket(packet);
  }

  frames(progress: number): readonly string[] {
    const protocol = this.socket?.protocol === 'tcp' ? ['tcp_recvmsg'] : ['udp_recvmsg'];
    if (progress < 0) return ['@recv', ...protocol, 'schedule_timeout', 'schedule', '__schedule'];
    if (progress < this.receiveShare) return ['@recv', ...protocol];
    return progress < this.kernelShare ? ['@recv', ...protocol, '@copy'] : ['main'];
  }

  private messagesOf(packet: number): number {
    const { pool } = this.machine;
    let messages = 0;
    for (let slot = packet; slot !== NONE; slot = pool.chain[slot]) messages += pool.messages[slot];
    return messages;
  }
}
