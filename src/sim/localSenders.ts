import type { Machine } from './machine';
import type { Step, Thread, ThreadProgram } from './scheduler';
import type { Emission, Outlet, Source } from './sources';
import { isTcp, RETRANSMITTED } from './packets';

/** Largest payload of a segment that nobody cut: 64 KiB less headers. */
const UNCUT_BYTES = 65483;

/**
 * Senders behind a veth cable: threads of the receiving machine. Transmit ends in the backlog of the receiving
 * side's device, and the softirq that serves it runs when the sender's system call enables softirqs again.
 */
export class LocalSenders implements Outlet {
  readonly sendersPay = false;
  readonly oneWay_ns = 0;
  private readonly senders: SenderProgram[] = [];

  constructor(private readonly machine: Machine) {}

  add(source: Source, cpu: number): number {
    const program = new SenderProgram(this.machine, source);
    program.thread = this.machine.scheduler.add(cpu, 'sockperf', program);
    this.senders.push(program);
    return this.senders.length - 1;
  }

  update(source: number): void {
    this.senders[source].alarm();
  }

  segmentBytes(): number {
    return UNCUT_BYTES;
  }

  /** Lets the threads begin. */
  start(): void {
    for (const sender of this.senders) sender.alarm();
  }
}

/** Sends what its source has to send, one system call a packet. */
class SenderProgram implements ThreadProgram {
  thread: Thread | null = null;
  private readonly out: Emission = {
    flow: 0,
    kind: 0,
    flags: 0,
    bytes: 0,
    messages: 0,
    message: 0,
    position: 0,
    sent_ns: 0,
  };
  private readonly udp_ns: number;
  private readonly tcp_ns: number;
  private readonly byte_ns: number;

  constructor(
    private readonly machine: Machine,
    private readonly source: Source,
  ) {
    const { constant, experiment } = machine.plan;
    const tunnel = experiment.topology.encapsulation_bytes > 0 ? constant('tunnelSend.packet_ns') : 0;
    this.udp_ns = constant('udpSend.packet_ns') + tunnel;
    this.tcp_ns = constant('tcpSend.packet_ns') + tunnel;
    this.byte_ns = constant('copyToUser.byte_ns');
  }

  next(_thread: Thread, step: Step): boolean {
    const { source, machine } = this;
    if (source.nextTime_ns > machine.now) {
      this.alarm();
      return false;
    }
    step.system_ns = isTcp(source.nextKind) ? this.tcp_ns : this.udp_ns;
    step.system_ns += this.byte_ns * source.nextIp_bytes;
    step.user_ns = 0;
    return true;
  }

  done(thread: Thread): void {
    const { machine, source, out } = this;
    source.emit(out, 0);
    const core = machine.cores[thread.core];
    // As sockperf does: the message begins when its system call does.
    if ((out.flags & RETRANSMITTED) === 0) out.sent_ns = core.segmentStart;
    machine.monitors.offered(1);
    const packet = machine.newPacket(out);
    machine.pool.core[packet] = core.id;
    machine.path.inject(core, packet);
  }

  frames(progress: number): readonly string[] {
    const send = ['@send', isTcp(this.source.nextKind) ? 'tcp_sendmsg' : 'udp_sendmsg'];
    return progress < 0 ? ['@syscall', 'hrtimer_nanosleep', 'schedule', '__schedule'] : send;
  }

  /** Wakes the thread when its source has something, or at once. */
  alarm(): void {
    const { machine, source, thread } = this;
    if (thread === null || source.nextTime_ns === Infinity) return;
    machine.wakeAt(thread, source.nextTime_ns);
  }
}
