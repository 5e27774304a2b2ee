import type { TcpTraffic } from '../../experiment';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_TCP, PUSH, RETRANSMITTED } from '../packets';
import type { Emission, Source } from '../sources';
import type { Pacing } from './pacing';

/** A lost segment that is to be sent again. */
interface Loss {
  readonly bytes: number;
  readonly messages: number;
  readonly sent_ns: number;
}

/** TCP_INIT_CWND, include/net/tcp.h. */
const INITIAL_WINDOW_SEGMENTS = 10;

/** Fewest segments in the window after losses. */
const LEAST_WINDOW_SEGMENTS = 2;

/** How far a sender may run ahead of the wire. */
const SEND_BUFFER_NS = 100_000;

/**
 * The sending side of one connection. In bulk the messages are one stream of full segments, bound by the sender's cost
 * for each message and byte and by the window; at a fixed rate each message is cut by itself, its last segment with
 * PSH. The window begins at ten segments, doubles each round trip until the first loss, and then grows by a
 * segment a round trip and shrinks by half on loss; up to the limit.
 */
export class TcpSource implements Source {
  readonly isOpenLoop = false;
  readonly nextKind = PACKET_TCP;
  nextTime_ns: number;
  nextIp_bytes = 0;
  private readonly message_ns: number;
  private readonly byte_ns: number;
  private window_bytes: number;
  private inFlight_bytes = 0;
  /** When the sender's own cost allows the next segment. */
  private ready_ns: number;
  /** Bytes of the stream that have been sent. */
  private position = 0;
  private messageStart_ns: number;
  private readonly lost: Loss[] = [];
  private readonly again: Loss[] = [];
  private shrunkAt_ns = -Infinity;
  /** Below it the window doubles each round trip (slow start). */
  private threshold_bytes = Infinity;

  constructor(
    private readonly machine: Machine,
    readonly flow: number,
    private readonly traffic: TcpTraffic,
    private readonly mss_bytes: number,
    private readonly headers_bytes: number,
    private readonly pacing: Pacing | null,
  ) {
    const { constant } = machine.plan;
    const pays = machine.outlet.sendersPay ? 1 : 0;
    this.message_ns = pays * constant('clientTcpSend.packet_ns');
    this.byte_ns = pays * constant('clientTcpSend.byte_ns');
    this.window_bytes = Math.min(INITIAL_WINDOW_SEGMENTS * mss_bytes, traffic.window_bytes);
    this.ready_ns = pacing === null ? 0 : pacing.next();
    this.messageStart_ns = this.ready_ns;
    this.nextTime_ns = this.ready_ns;
    this.prepare(0);
  }

  emit(out: Emission, wireFree_ns: number): void {
    const now = this.nextTime_ns;
    const again = this.again.shift();
    out.flow = this.flow;
    out.kind = PACKET_TCP;
    out.message = 0;
    if (again !== undefined) {
      out.bytes = again.bytes;
      out.messages = again.messages;
      out.sent_ns = again.sent_ns;
      out.flags = RETRANSMITTED | (again.messages > 0 ? LAST_OF_MESSAGE : 0);
    } else this.emitNew(out, now);
    this.inFlight_bytes += out.bytes;
    const cost = this.message_ns * out.messages + this.byte_ns * out.bytes;
    this.ready_ns = Math.max(
      this.ready_ns,
      now + cost * this.machine.senderVariation.next(),
      wireFree_ns - SEND_BUFFER_NS,
    );
    this.prepare(now);
  }

  /** The peer has read so much. */
  acknowledge(bytes: number): void {
    this.inFlight_bytes -= bytes;
    const slowStart = this.window_bytes < this.threshold_bytes;
    const growth = slowStart ? bytes : (this.mss_bytes * bytes) / this.window_bytes;
    this.window_bytes = Math.min(this.traffic.window_bytes, this.window_bytes + growth);
    this.resume();
  }

  /** A segment was dropped; the sender does not know yet. */
  lose(bytes: number, messages: number, sent_ns: number): void {
    this.lost.push({ bytes, messages, sent_ns });
  }

  /** Duplicate acknowledgements arrived for the oldest loss. */
  retransmit(): void {
    const loss = this.lost.shift();
    if (loss === undefined) return;
    this.inFlight_bytes -= loss.bytes;
    this.again.push(loss);
    // One reduction for all that was on its way when it was made.
    if (loss.sent_ns > this.shrunkAt_ns) {
      this.window_bytes = Math.max(LEAST_WINDOW_SEGMENTS * this.mss_bytes, this.window_bytes / 2);
      this.threshold_bytes = this.window_bytes;
      this.shrunkAt_ns = this.machine.now;
    }
    this.resume();
  }

  private emitNew(out: Emission, now: number): void {
    const { message_bytes } = this.traffic;
    const bytes = this.segmentBytes();
    const before = Math.floor(this.position / message_bytes);
    // In bulk a message begins with its first segment; paced messages begin when they are due.
    if (this.pacing === null && this.position % message_bytes === 0) this.messageStart_ns = now;
    this.position += bytes;
    const ended = Math.floor(this.position / message_bytes) - before;
    out.bytes = bytes;
    out.messages = ended;
    out.sent_ns = this.messageStart_ns;
    out.flags = ended > 0 ? LAST_OF_MESSAGE : 0;
    for (let i = 0; i < ended; i++) this.machine.monitors.messageSent(this.flow);
    if (ended > 0 && this.pacing !== null) {
      out.flags |= PUSH;
      this.messageStart_ns = this.pacing.next();
      this.ready_ns = Math.max(this.ready_ns, this.messageStart_ns);
    } else if (ended > 0) this.messageStart_ns = now;
  }

  private segmentBytes(): number {
    if (this.again.length > 0) return this.again[0].bytes;
    if (this.pacing === null) return this.mss_bytes;
    const left = this.traffic.message_bytes - (this.position % this.traffic.message_bytes);
    return Math.min(left, this.mss_bytes);
  }

  /** The window may have opened. A sender that was not blocked goes on when it would have anyway. */
  private resume(): void {
    this.prepare(this.nextTime_ns === Infinity ? this.machine.now : this.nextTime_ns);
  }

  /** Sets time and size of the next segment, not before `earliest_ns`; Infinity while the window is full. */
  private prepare(earliest_ns: number): void {
    const bytes = this.segmentBytes();
    this.nextIp_bytes = bytes + this.headers_bytes;
    const fits = this.inFlight_bytes === 0 || this.inFlight_bytes + bytes <= this.window_bytes;
    this.nextTime_ns = fits ? Math.max(this.ready_ns, earliest_ns) : Infinity;
  }
}
