import type { TcpTraffic } from '../../experiment';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_TCP, PUSH, RETRANSMITTED } from '../packets';
import type { Emission, Source } from '../sources';
import type { Pacing } from './pacing';
import type { Segment } from './scoreboard';
import type { Acknowledgement } from './tcpReceiver';
import { TcpSender } from './tcpSender';

/** How far a sender may run ahead of the wire. */
const SEND_BUFFER_NS = 100_000;

/** Payload of segments: what the wire carries, and what is handed down at once, which is more if nobody cuts it. */
export interface SegmentSizes {
  readonly wire_bytes: number;
  readonly most_bytes: number;
  readonly headers_bytes: number;
}

/**
 * The sending application of one connection and its stack's transmit side. In bulk the messages are one stream of full
 * segments (Nagle), bound by the sender's cost for each message and byte and by what TCP lets it send; with `nodelay`, and
 * at a fixed rate, each message is cut by itself, its last segment with PSH. So it is where the sender is a thread of this
 * machine: its acknowledgements come back before its next call, so that Nagle finds nothing to wait for. What such a
 * sender writes into its buffer while TCP holds it up, to go out as larger segments, is left out.
 */
export class TcpSource implements Source {
  readonly isOpenLoop = false;
  readonly nextKind = PACKET_TCP;
  readonly sender: TcpSender;
  nextTime_ns: number;
  nextIp_bytes = 0;
  private readonly message_ns: number;
  private readonly byte_ns: number;
  /** Messages are cut by themselves. */
  private readonly cuts: boolean;
  /** Payload of the next segment. */
  private next_bytes = 0;
  /** When the sender's own cost allows the next segment. */
  private ready_ns: number;
  /** Bytes of the stream that have been sent. */
  private position = 0;
  private messageStart_ns: number;
  /** The segment that is being sent. */
  private readonly segment: Segment = { position: 0, bytes: 0, packets: 0, messages: 0, flags: 0, began_ns: 0 };
  /** When the timer that watches the sender's deadline goes off; Infinity for none. */
  private alarm_ns = Infinity;

  constructor(
    private readonly machine: Machine,
    readonly flow: number,
    private readonly traffic: TcpTraffic,
    private readonly sizes: SegmentSizes,
    private readonly pacing: Pacing | null,
    /** Has `onAlarm` called then. */
    private readonly setTimer: (at_ns: number) => void,
  ) {
    const { constant } = machine.plan;
    const pays = machine.outlet.sendersPay ? 1 : 0;
    this.message_ns = pays * constant('clientTcpSend.packet_ns');
    this.byte_ns = pays * constant('clientTcpSend.byte_ns');
    this.sender = new TcpSender(traffic.window_bytes, 2 * machine.outlet.oneWay_ns);
    this.cuts = traffic.nodelay || pacing !== null || !machine.outlet.sendersPay;
    this.ready_ns = pacing === null ? 0 : pacing.next();
    this.messageStart_ns = this.ready_ns;
    this.nextTime_ns = this.ready_ns;
    this.prepare(0);
  }

  emit(out: Emission, wireFree_ns: number): void {
    // A thread of this machine sends when its turn comes; the wire is looked at when the NIC needs to know.
    const now = this.machine.outlet.sendersPay ? this.nextTime_ns : this.machine.now;
    out.flow = this.flow;
    out.kind = PACKET_TCP;
    out.message = 0;
    let cost_ns = 0;
    if (this.sender.repeats) this.emitAgain(out, now);
    else {
      this.emitNew(out, now);
      cost_ns = this.message_ns * out.messages + this.byte_ns * out.bytes;
    }
    const free_ns = now + cost_ns * this.machine.senderVariation.next();
    this.ready_ns = Math.max(this.ready_ns, free_ns, wireFree_ns - SEND_BUFFER_NS);
    this.prepare(now);
    this.setAlarm();
  }

  onAcknowledgement(acknowledgement: Acknowledgement): void {
    this.sender.onAcknowledgement(acknowledgement, this.machine.now);
    this.resume();
  }

  onAlarm(): void {
    // One that an earlier deadline has overtaken.
    if (this.machine.now !== this.alarm_ns) return;
    this.alarm_ns = Infinity;
    if (this.sender.deadline_ns <= this.machine.now) this.sender.onTimer(this.machine.now);
    this.resume();
  }

  /** Acknowledgements push the deadline back all the time: an alarm that comes too early only sets the next one. */
  private setAlarm(): void {
    if (this.sender.deadline_ns >= this.alarm_ns) return;
    this.alarm_ns = Math.max(this.machine.now, Math.ceil(this.sender.deadline_ns));
    this.setTimer(this.alarm_ns);
  }

  private emitAgain(out: Emission, now: number): void {
    const segment = this.sender.scoreboard.firstLost();
    this.describe(out, segment);
    out.flags |= RETRANSMITTED;
    this.sender.sentAgain(now);
  }

  private emitNew(out: Emission, now: number): void {
    const { message_bytes } = this.traffic;
    const { position } = this;
    const bytes = this.next_bytes;
    // In bulk a message begins with its first segment; paced messages begin when they are due.
    if (this.pacing === null && position % message_bytes === 0) this.messageStart_ns = now;
    this.position += bytes;
    const messages = Math.floor(this.position / message_bytes) - Math.floor(position / message_bytes);
    const flags = messages > 0 ? LAST_OF_MESSAGE | (this.cuts ? PUSH : 0) : 0;
    const { segment } = this;
    segment.position = position;
    segment.bytes = bytes;
    segment.packets = Math.ceil(bytes / this.sizes.wire_bytes);
    segment.messages = messages;
    segment.flags = flags;
    segment.began_ns = this.messageStart_ns;
    this.describe(out, segment);
    this.sender.sent(segment, now);
    for (let i = 0; i < messages; i++) this.machine.monitors.messageSent(this.flow);
    if (messages === 0) return;
    if (this.pacing === null) this.messageStart_ns = now;
    else {
      this.messageStart_ns = this.pacing.next();
      this.ready_ns = Math.max(this.ready_ns, this.messageStart_ns);
    }
  }

  private describe(out: Emission, segment: Segment): void {
    out.bytes = segment.bytes;
    out.messages = segment.messages;
    out.position = segment.position;
    out.flags = segment.flags;
    out.sent_ns = segment.began_ns;
  }

  /** The sender may send more. One that was not held up goes on when it would have anyway. */
  private resume(): void {
    this.setAlarm();
    this.prepare(this.nextTime_ns === Infinity ? this.machine.now : this.nextTime_ns);
  }

  /** Sets time and size of the next segment, not before `earliest_ns`; Infinity while nothing may be sent. */
  private prepare(earliest_ns: number): void {
    this.next_bytes = this.sendable();
    this.nextIp_bytes = this.next_bytes + this.sizes.headers_bytes;
    this.nextTime_ns = this.next_bytes > 0 ? Math.max(this.ready_ns, earliest_ns) : Infinity;
  }

  /** Payload that may go out as one segment now, 0 for none. */
  private sendable(): number {
    const { sender, sizes, traffic } = this;
    const { room } = sender;
    if (room <= 0) return 0;
    if (sender.repeats) return sender.scoreboard.firstLost().bytes;
    const left_bytes = this.cuts ? traffic.message_bytes - (this.position % traffic.message_bytes) : Infinity;
    // tcp_bound_to_half_wnd: no more than half the receive window at once.
    const half_bytes = Math.ceil(traffic.window_bytes / 2);
    const bytes = Math.min(left_bytes, sizes.most_bytes, half_bytes);
    const allowed_bytes = Math.min(room * sizes.wire_bytes, sender.allowed_bytes);
    // tcp_mss_split_point: what does not fit as a whole is cut to whole packets.
    return bytes <= allowed_bytes ? bytes : Math.floor(allowed_bytes / sizes.wire_bytes) * sizes.wire_bytes;
  }
}
