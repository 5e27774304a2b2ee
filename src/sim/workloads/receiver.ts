import type { TcpTraffic, UdpTraffic } from '../../experiment';
import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Socket } from '../sockets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import { messagesOf, SystemCalls } from './systemCalls';

/** Called when the application has read a packet on a CPU, before the packet is freed. */
export type OnRead = (packet: number, cpu: number) => void;

/** A thread that reads one socket for ever, as a sockperf server does: recv, copy, a little user code. */
export class Receiver implements ThreadProgram {
  private socket: Socket | null = null;
  private packet = NONE;
  // Of the running step: up to where it is the system call, and the kernel at all.
  private receiveShare = 1;
  private kernelShare = 1;
  private readonly calls: SystemCalls;
  private readonly application_ns: number;

  constructor(
    private readonly machine: Machine,
    private readonly onRead: OnRead | null,
  ) {
    this.calls = new SystemCalls(machine);
    this.application_ns = machine.plan.constant('application.packet_ns');
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
    // A merged skb is read by as many calls as messages end in it.
    const calls = Math.max(1, messagesOf(machine, this.packet));
    step.system_ns = this.calls.read_ns(machine.cores[thread.core], this.packet, calls);
    step.user_ns = calls * this.application_ns;
    const total = step.system_ns + step.user_ns;
    this.kernelShare = total > 0 ? step.system_ns / total : 1;
    this.receiveShare = total > 0 ? (calls * this.calls.receive_ns) / total : 1;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const core = machine.cores[thread.core];
    machine.monitors.delivered(core, packet, machine.now - thread.user_ns);
    this.onRead?.(packet, thread.core);
    this.packet = NONE;
    machine.pool.freePacket(packet);
  }

  frames(progress: number): readonly string[] {
    const protocol = this.socket?.protocol === 'tcp' ? ['tcp_recvmsg'] : ['udp_recvmsg'];
    if (progress < 0) return ['@recv', ...protocol, 'schedule_timeout', 'schedule', '__schedule'];
    if (progress < this.receiveShare) return ['@recv', ...protocol];
    return progress < this.kernelShare ? ['@recv', ...protocol, '@copy'] : ['main'];
  }
}

/**
 * Gives a flow a socket and a thread that reads it, as sockperf has for each.
 * @param workload number of the traffic that the flow belongs to
 * @param index number of the flow in it
 */
export function openFlow(
  machine: Machine,
  receiver: Receiver,
  { kind, appCpus, message_bytes }: UdpTraffic | TcpTraffic,
  workload: number,
  index: number,
): { readonly flow: number; readonly socket: Socket } {
  const socket = machine.sockets.add(
    kind,
    machine.scheduler.add(appCpus[index % appCpus.length], 'sockperf', receiver),
  );
  receiver.attach(socket);
  const flow = machine.flows.add({
    protocol: kind,
    container: index % machine.plan.experiment.containers,
    socket: socket.id,
    workload,
    label: `${kind}-${workload}-${index}`,
    message_bytes,
  });
  return { flow, socket };
}
