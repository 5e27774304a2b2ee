import { Cubic } from '../../kernel';
import { RoundTrips } from './retransmission';
import { Scoreboard } from './scoreboard';
import type { Segment } from './scoreboard';
import type { Acknowledgement } from './tcpReceiver';

/** TCP_INIT_CWND, include/net/tcp.h. */
const INITIAL_WINDOW_SEGMENTS = 10;

/** TCP_FASTRETRANS_THRESH: so many packets beyond a hole, and nobody waits for the reordering window any more. */
const DUPLICATES = 3;

/** The reordering window grows by quarters of the shortest round trip (tcp_rack_reo_wnd). */
const REORDERING_PART = 4;

// Where a sender is in the kernel's state machine (TCP_CA_*); Open and Disorder are one here.
const OPEN = 0;
const RECOVERY = 1;
const LOSS = 2;

/**
 * What a TCP sender may send, by what its acknowledgements have told it (tcp_ack, net/ipv4/tcp_input.c): congestion window by
 * CUBIC, losses by RACK, retransmission time-out, and the cut taken back if duplicates show that nothing was lost.
 * Knows nothing of applications and wires.
 *
 * Simpler than the kernel: the window falls to the threshold at once (no proportional rate reduction), and there is no
 * tail loss probe, F-RTO or pacing.
 */
export class TcpSender {
  readonly scoreboard = new Scoreboard();
  readonly cubic = new Cubic(INITIAL_WINDOW_SEGMENTS);
  readonly roundTrips: RoundTrips;
  /** When `onTimer` is to be called; Infinity for never. */
  deadline_ns = Infinity;
  timeouts = 0;
  retransmissions = 0;
  recoveries = 0;
  private state = OPEN;
  /** Up to where the stream was sent when the last loss was noticed. */
  private recoverUntil = 0;
  /** First byte not acknowledged. */
  private acknowledged = 0;
  /** Next new byte. */
  private next = 0;
  private edge: number;
  private timeout_ns = Infinity;
  private reordering_ns = Infinity;
  private reorderingSteps = 1;
  private stepsUntil = 0;
  /** The first retransmission of a recovery goes out whatever the window says. */
  private free = 0;
  /** Retransmissions that may yet turn out needless; -1: the cut stands. */
  private undoLeft = -1;
  // tcp_cwnd_validate: most packets outstanding in a round trip, and whether the window was what held back more.
  private mostOutstanding = 0;
  private mostUntil = 0;
  private windowLimited = false;

  /**
   * @param window_bytes receive window before the first acknowledgement
   * @param roundTrip_ns of the handshake
   */
  constructor(window_bytes: number, roundTrip_ns: number) {
    this.edge = window_bytes;
    this.roundTrips = new RoundTrips(roundTrip_ns);
  }

  /** Packets that the congestion window has room for. */
  get room(): number {
    const room = Math.floor(this.cubic.window_segments) - this.scoreboard.inFlight;
    return Math.max(room, this.free);
  }

  /** Bytes of new data that the receiver has room for. */
  get allowed_bytes(): number {
    return this.edge - this.next;
  }

  /** Whether something lost comes before new data. */
  get repeats(): boolean {
    return this.scoreboard.lostSegments > 0;
  }

  /** A new segment goes out. */
  sent(segment: Segment, now_ns: number): void {
    const { scoreboard } = this;
    this.next = segment.position + segment.bytes;
    scoreboard.add(segment, now_ns);
    if (scoreboard.outstanding === segment.packets) this.startTimer(now_ns);
    if (this.acknowledged >= this.mostUntil || scoreboard.outstanding > this.mostOutstanding) {
      this.mostOutstanding = scoreboard.outstanding;
      this.mostUntil = this.next;
      this.windowLimited = scoreboard.inFlight + 1 > this.cubic.window_segments;
    }
  }

  /** The first lost segment goes out again. */
  sentAgain(now_ns: number): void {
    this.scoreboard.repeat(now_ns);
    this.free = 0;
    this.retransmissions++;
    if (this.undoLeft >= 0) this.undoLeft++;
  }

  /** An acknowledgement has arrived. */
  onAcknowledgement({ position, edge, from, to }: Acknowledgement, now_ns: number): void {
    const { scoreboard, roundTrips, cubic } = this;
    const advances = position > this.acknowledged;
    const isDuplicate = to > 0 && from < position;
    this.acknowledged = Math.max(this.acknowledged, position);
    this.edge = Math.max(this.edge, edge);
    scoreboard.acknowledge(position, isDuplicate ? 0 : from, isDuplicate ? 0 : to, now_ns, roundTrips.least_ns);
    if (!Number.isNaN(scoreboard.roundTrip_ns)) {
      roundTrips.measured(scoreboard.roundTrip_ns);
      cubic.measured(roundTrips.least_ns / 1e9);
    }
    if (isDuplicate) this.onDuplicate();
    if (this.state !== OPEN && position >= this.recoverUntil) this.state = OPEN;
    if (scoreboard.delivered > 0) this.detect(now_ns);
    if (advances) {
      if (this.state !== RECOVERY && this.isLimited) cubic.acknowledged(scoreboard.delivered, now_ns / 1e9);
      this.startTimer(now_ns);
    }
    this.setDeadline();
  }

  /** To be called at the deadline. */
  onTimer(now_ns: number): void {
    if (now_ns >= this.reordering_ns) this.detect(now_ns);
    if (now_ns >= this.timeout_ns) this.timeOut(now_ns);
    this.setDeadline();
  }

  private detect(now_ns: number): void {
    const before = this.scoreboard.lostSegments;
    this.reordering_ns = this.scoreboard.detectLosses(now_ns, this.reorderingWindow_ns);
    if (this.scoreboard.lostSegments <= before || this.state !== OPEN) return;
    this.state = RECOVERY;
    this.recoverUntil = this.next;
    this.recoveries++;
    this.undoLeft = 0;
    this.free = 1;
    this.cubic.lost();
  }

  /** How much later than its round trip a segment may arrive and not count as lost (tcp_rack_reo_wnd). */
  private get reorderingWindow_ns(): number {
    const { scoreboard, roundTrips } = this;
    if (!scoreboard.reordered && (this.state !== OPEN || scoreboard.sacked >= DUPLICATES)) return 0;
    return Math.min((roundTrips.least_ns / REORDERING_PART) * this.reorderingSteps, roundTrips.smoothed_ns);
  }

  /** Something was sent twice for nothing: more patience, once a round trip, and no cut if that was all. */
  private onDuplicate(): void {
    if (this.acknowledged >= this.stepsUntil) {
      this.reorderingSteps = Math.min(255, this.reorderingSteps + 1);
      this.stepsUntil = this.next;
    }
    if (this.undoLeft <= 0 || --this.undoLeft > 0) return;
    this.undoLeft = -1;
    this.state = OPEN;
    this.cubic.undo();
  }

  /** tcp_enter_loss: all that is on its way is lost, and goes out again in slow start. */
  private timeOut(now_ns: number): void {
    const again = this.state === LOSS;
    this.timeouts++;
    this.scoreboard.loseAll();
    this.roundTrips.timedOut();
    this.state = LOSS;
    this.recoverUntil = this.next;
    this.undoLeft = -1;
    this.reordering_ns = Infinity;
    // One cut for all that was sent before it, but a window of one segment each time.
    if (again) this.cubic.window_segments = 1;
    else this.cubic.timedOut();
    this.startTimer(now_ns);
  }

  /** tcp_is_cwnd_limited: a window that is not used does not grow. */
  private get isLimited(): boolean {
    if (this.windowLimited) return true;
    return this.cubic.inSlowStart && this.cubic.window_segments < 2 * this.mostOutstanding;
  }

  private startTimer(now_ns: number): void {
    this.timeout_ns = now_ns + this.roundTrips.timeout_ns;
    this.setDeadline();
  }

  private setDeadline(): void {
    if (this.scoreboard.outstanding === 0) this.timeout_ns = Infinity;
    this.deadline_ns = Math.min(this.timeout_ns, this.reordering_ns);
  }
}
