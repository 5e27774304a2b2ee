import type { Machine } from '../machine';
import { PACKET_TCP_QUIET } from '../packets';
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
 * The acknowledging side of one connection. TCP input acknowledges each (merged) skb at once; its cost is the path's `tcpAck`.
 * That a lone segment's acknowledgement may be delayed is left out. The window is `window_bytes` less what the
 * application has not read; a reader that opens it wide sends an update (tcp_cleanup_rbuf, net/ipv4/tcp.c), at its own cost.
 * Over a veth cable the core that sends an acknowledgement also serves it: the softirq runs as soon as the transmit is
 * over, through a path that is like the receiver's.
 */
export class TcpReceiver {
  private readonly onWay = new AcknowledgementFifo();
  private readonly oneWay_ns: number;
  private readonly ack_ns: number;
  /** What this machine pays for receiving an acknowledgement, if the sender is here. */
  private readonly return_ns: number;
  /** Bytes that the application has read. */
  private read_bytes = 0;
  private edge: number;

  /** @param code of the timer by which an acknowledgement arrives */
  constructor(
    private readonly machine: Machine,
    private readonly flow: number,
    private readonly window_bytes: number,
    private readonly mss_bytes: number,
    private readonly workload: number,
    private readonly code: number,
  ) {
    this.edge = window_bytes;
    this.oneWay_ns = machine.outlet.oneWay_ns;
    this.ack_ns = acknowledgement_ns(machine);
    this.return_ns = machine.outlet.sendersPay ? 0 : receivePath_ns(machine, PACKET_TCP_QUIET);
  }

  /** TCP input took an skb, whose data are `from` to `to`; `known`: some of them had come before. */
  onInput(from: number, to: number, known: boolean, cpu: number): void {
    const position = this.machine.sockets.tcp.nextOf(this.flow);
    const tells = known || to > position;
    this.send(position, tells ? from : 0, tells ? to : 0, cpu);
  }

  /** The application has read so much, on a core that pays for an update of the window. */
  onRead(bytes: number, cpu: number): void {
    this.read_bytes += bytes;
    const position = this.machine.sockets.tcp.nextOf(this.flow);
    const open_bytes = this.edge - position;
    const opens_bytes = this.selectedEdge(position) - position;
    if (2 * open_bytes > this.window_bytes || opens_bytes < 2 * open_bytes || opens_bytes === open_bytes) return;
    this.machine.cores[cpu].extra_ns += this.ack_ns;
    this.send(position, 0, 0, cpu);
  }

  /** Takes in what the next acknowledgement says that reaches the sender. */
  arrive(into: Acknowledgement): void {
    this.onWay.shift(into);
  }

  private send(position: number, from: number, to: number, cpu: number): void {
    this.machine.cores[cpu].extra_ns += this.return_ns;
    this.edge = this.selectedEdge(position);
    this.onWay.push(position, this.edge, from, to);
    this.machine.timer(this.machine.now + this.oneWay_ns, this.workload, this.code);
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
