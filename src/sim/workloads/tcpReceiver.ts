import type { Machine } from '../machine';
import { PACKET_TCP_QUIET } from '../packets';
import type { TcpArrival } from '../sockets';
import { AckPolicy } from './ackPolicy';
import { receivePath_ns } from './systemCalls';

/** What an acknowledgement says. */
export interface Acknowledgement {
  /** All before it has come. */
  position: number;
  /** The sender may send up to here. */
  edge: number;
  /** Data beyond a hole that have come (SACK), or that have come twice (DSACK); empty if both are 0. */
  from: number;
  to: number;
}

/** Codes of the timers of one connection. */
export interface ReceiverCodes {
  /** An acknowledgement arrives at the sender. */
  readonly arrives: number;
  /** A delayed acknowledgement may be due. */
  readonly delayed: number;
}

const FIELDS = 4;
const INITIAL = 16;

/** Acknowledgements on their way to the sender, oldest first: a ring that doubles when full. */
class AcknowledgementFifo {
  private items = new Float64Array(FIELDS * INITIAL);
  private head = 0;
  private length = 0;

  push(position: number, edge: number, from: number, to: number): void {
    if (FIELDS * this.length === this.items.length) this.grow();
    const at = (this.head + FIELDS * this.length++) & (this.items.length - 1);
    this.items[at] = position;
    this.items[at + 1] = edge;
    this.items[at + 2] = from;
    this.items[at + 3] = to;
  }

  shift(into: Acknowledgement): void {
    const at = this.head;
    into.position = this.items[at];
    into.edge = this.items[at + 1];
    into.from = this.items[at + 2];
    into.to = this.items[at + 3];
    this.head = (at + FIELDS) & (this.items.length - 1);
    this.length--;
  }

  private grow(): void {
    const { items, head } = this;
    this.items = new Float64Array(2 * items.length);
    this.items.set(items.subarray(head));
    this.items.set(items.subarray(0, head), items.length - head);
    this.head = 0;
  }
}

/**
 * The acknowledging side of one connection. What TCP input acknowledges at once pays the path's `tcpAck`; what the policy
 * delays goes out by a timer, or when the application reads, at its cost (tcp_cleanup_rbuf, net/ipv4/tcp.c). The window is
 * `window_bytes` less what the application has not read; a reader that opens it wide sends an update, too.
 * Over a veth cable the core that sends an acknowledgement also serves it: the softirq runs as soon as the transmit is
 * over, through a path that is like the receiver's.
 */
export class TcpReceiver {
  /** Acknowledgements sent so far. */
  sent = 0;
  private readonly policy: AckPolicy;
  private readonly onWay = new AcknowledgementFifo();
  private readonly oneWay_ns: number;
  private readonly ack_ns: number;
  private readonly timer_ns: number;
  /** What this machine pays for receiving an acknowledgement, if the sender is here. */
  private readonly return_ns: number;
  /** Bytes that the application has read. */
  private read_bytes = 0;
  private edge: number;
  /** End of what came in order, with the skbs that are in work. */
  private foreseen = 0;
  /** A timer is on its way, and the core that it goes off on. */
  private timerSet = false;
  private timerCpu = 0;

  constructor(
    private readonly machine: Machine,
    private readonly flow: number,
    private readonly window_bytes: number,
    private readonly mss_bytes: number,
    private readonly workload: number,
    private readonly codes: ReceiverCodes,
  ) {
    this.edge = window_bytes;
    this.policy = new AckPolicy(mss_bytes, window_bytes);
    this.oneWay_ns = machine.outlet.oneWay_ns;
    this.ack_ns = acknowledgement_ns(machine);
    this.timer_ns = machine.plan.constant('cpu.tick_ns') + this.ack_ns;
    this.return_ns = machine.outlet.sendersPay ? 0 : receivePath_ns(machine, PACKET_TCP_QUIET);
  }

  /** Whether TCP input, which begins with an skb, will acknowledge it at once. */
  acknowledges({ from, to, segment_bytes }: TcpArrival): boolean {
    const { policy } = this;
    const { tcp } = this.machine.sockets;
    const expected = Math.max(this.foreseen, tcp.nextOf(this.flow));
    if (from !== expected || tcp.hasHole(this.flow)) {
      policy.promise(expected);
      return true;
    }
    this.foreseen = to;
    return policy.decides(to, segment_bytes, this.machine.now);
  }

  /** TCP input has taken an skb. `paid`: it was to be acknowledged. */
  onInput({ from, to, segment_bytes, pushes, known }: TcpArrival, paid: boolean, cpu: number): void {
    const { policy, machine } = this;
    const position = machine.sockets.tcp.nextOf(this.flow);
    policy.measure(segment_bytes, pushes);
    if (known) policy.onDuplicate();
    const tells = known || to > position;
    if (!paid) {
      if (!tells && to === position) {
        this.delay(cpu);
        return;
      }
      // Another core overtook this one since it was decided: beyond a hole, or one is filled.
      machine.cores[cpu].extra_ns += this.ack_ns;
    }
    this.send(position, tells ? from : 0, tells ? to : 0, cpu);
  }

  /** The application has read so much, on a core that pays for what it sends. `drained`: there is no more. */
  onRead(bytes: number, drained: boolean, cpu: number): void {
    this.read_bytes += bytes;
    const position = this.machine.sockets.tcp.nextOf(this.flow);
    if (!this.policy.afterRead(position, drained) && !this.opensWide(position)) return;
    this.machine.cores[cpu].extra_ns += this.ack_ns;
    this.policy.promise(position);
    this.send(position, 0, 0, cpu);
  }

  /** tcp_delack_timer, net/ipv4/tcp_timer.c. */
  onTimer(): void {
    const { machine, policy } = this;
    this.timerSet = false;
    if (policy.deadline_ns === Infinity) return;
    if (policy.deadline_ns > machine.now) {
      this.setTimer();
      return;
    }
    const position = machine.sockets.tcp.nextOf(this.flow);
    machine.interrupt(machine.cores[this.timerCpu], this.timer_ns);
    policy.promise(position);
    this.send(position, 0, 0, this.timerCpu);
  }

  /** Takes in what the next acknowledgement says that reaches the sender. */
  arrive(into: Acknowledgement): void {
    this.onWay.shift(into);
  }

  /** Whether the window has at least doubled, and was no wider than half of what it may be. */
  private opensWide(position: number): boolean {
    const open_bytes = this.edge - position;
    const opens_bytes = this.selectedEdge(position) - position;
    return 2 * open_bytes <= this.window_bytes && opens_bytes >= 2 * open_bytes && opens_bytes !== open_bytes;
  }

  private delay(cpu: number): void {
    this.policy.delay(this.machine.now);
    if (this.timerSet) return;
    this.timerCpu = cpu;
    this.setTimer();
  }

  private setTimer(): void {
    this.timerSet = true;
    this.machine.timer(this.policy.deadline_ns, this.workload, this.codes.delayed);
  }

  private send(position: number, from: number, to: number, cpu: number): void {
    this.machine.cores[cpu].extra_ns += this.return_ns;
    this.edge = this.selectedEdge(position);
    this.policy.sent();
    this.sent++;
    this.onWay.push(position, this.edge, from, to);
    this.machine.timer(this.machine.now + this.oneWay_ns, this.workload, this.codes.arrives);
  }

  /** __tcp_select_window: never back, and not by crumbs (below a segment or a sixteenth of the window). */
  private selectedEdge(position: number): number {
    const free_bytes = this.read_bytes + this.window_bytes - position;
    const least = Math.max(Math.min(this.mss_bytes, this.window_bytes), this.window_bytes / 16);
    return free_bytes < least ? this.edge : Math.max(this.edge, position + free_bytes);
  }
}

/** What the path's stages charge for an acknowledgement. */
function acknowledgement_ns(machine: Machine): number {
  const { plan } = machine;
  let sum_ns = 0;
  for (const stage of plan.experiment.topology.stages) {
    for (const { acknowledges, cost } of stage.work) {
      if (acknowledges !== true) continue;
      sum_ns += typeof cost === 'string' ? plan.constant(`${cost}.packet_ns`) : cost.packet_ns;
    }
  }
  return sum_ns;
}
