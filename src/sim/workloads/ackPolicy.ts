/** TCP_MSS_DEFAULT (TCP_MIN_RCVMSS before 3.x), TCP_MIN_MSS and TCP_MAX_QUICKACKS, include/net/tcp.h. */
const DEFAULT_MSS_BYTES = 536;
const MIN_MSS_BYTES = 88;
const MAX_QUICK = 16;

/** TCP header without and with the timestamp option. */
const TCP_HEADER_BYTES = 20;
const TCP_LONG_HEADER_BYTES = 32;

/**
 * TCP_DELACK_MIN, include/net/tcp.h (HZ/25). The kernel's estimate of the gap between segments (ato) never makes it longer
 * where the round trip is shorter than this: tcp_send_delayed_ack, net/ipv4/tcp_output.c.
 */
export const DELAY_NS = 40e6;

/** A delayed acknowledgement that is due within a quarter of its delay goes out with the next data (tcp_send_delayed_ack). */
const SOON_NS = DELAY_NS / 4;

/** Data after such a pause are acknowledged quickly again: the receiver's retransmission time-out (TCP_RTO_MIN). */
const PAUSE_NS = 200e6;

/**
 * When a receiver owes its sender an acknowledgement (__tcp_ack_snd_check and tcp_measure_rcv_mss, net/ipv4/tcp_input.c;
 * tcp_cleanup_rbuf, net/ipv4/tcp.c; as of 5.4). Knows neither costs nor sequence: whoever asks says what came out of order.
 *
 * Simpler than the kernel, which has the application acknowledge what would offer a narrower window than the time before.
 * That depends on how much more the buffer holds than is offered (rcv_ssthresh, autotuning), of which a fixed window knows
 * nothing: here TCP input acknowledges it. Out-of-order data are acknowledged one by one (since 4.18 some wait), and a
 * full-size segment with PSH does not count as pushed (it does since 6.6).
 */
export class AckPolicy {
  /** The sender's segment size, guessed from what has come (rcv_mss). */
  mss_bytes: number;
  /** All before it has been acknowledged, or will be with an skb that is in work (rcv_wup). */
  acknowledged = 0;
  /** When a delayed acknowledgement is due at the latest; Infinity for none. */
  deadline_ns = Infinity;
  /** Acknowledgements that are still sent at once. */
  private quick = 0;
  /** A short segment has come since the last acknowledgement (ICSK_ACK_PUSHED). */
  private pushed = false;
  private lastShort_bytes = 0;
  private last_ns = -Infinity;

  /** @param advertised_bytes largest payload of a segment */
  constructor(
    private readonly advertised_bytes: number,
    private readonly window_bytes: number,
  ) {
    const guess_bytes = Math.min(advertised_bytes, Math.floor(window_bytes / 2), DEFAULT_MSS_BYTES);
    this.mss_bytes = Math.max(guess_bytes, MIN_MSS_BYTES);
  }

  /**
   * TCP input begins with an skb. @returns whether it acknowledges it; if so, that counts as done
   * @param to end of its data, which come in order
   * @param segment_bytes payload of its full segments
   */
  decides(to: number, segment_bytes: number, now_ns: number): boolean {
    const mss_bytes = Math.max(this.mss_bytes, Math.min(segment_bytes, this.advertised_bytes));
    if (now_ns - this.last_ns > PAUSE_NS) this.quicken(mss_bytes);
    this.last_ns = now_ns;
    const full = to - this.acknowledged > mss_bytes;
    if (!full && this.quick === 0 && this.deadline_ns - now_ns > SOON_NS) return false;
    this.promise(to);
    return true;
  }

  /** An acknowledgement of all before a position is on its way, or will be at the end of the work on an skb. */
  promise(position: number): void {
    this.acknowledged = Math.max(this.acknowledged, position);
    if (this.quick > 0) this.quick--;
  }

  /** TCP input has taken an skb. `pushes`: PSH is set. */
  measure(segment_bytes: number, pushes: boolean): void {
    const last_bytes = this.lastShort_bytes;
    this.lastShort_bytes = 0;
    if (segment_bytes >= this.mss_bytes) {
      this.mss_bytes = Math.min(segment_bytes, this.advertised_bytes);
      return;
    }
    const whole_bytes = segment_bytes + TCP_LONG_HEADER_BYTES;
    // A segment this small may be all that the sender had; without PSH only if it is tiny.
    const least_bytes = TCP_HEADER_BYTES + (pushes ? DEFAULT_MSS_BYTES : MIN_MSS_BYTES);
    if (whole_bytes >= least_bytes) {
      this.lastShort_bytes = segment_bytes;
      if (segment_bytes === last_bytes) {
        this.mss_bytes = segment_bytes;
        return;
      }
    }
    this.pushed = true;
  }

  /** Something came twice (tcp_enter_quickack_mode). */
  onDuplicate(): void {
    this.quicken(this.mss_bytes);
  }

  /** What came last is not acknowledged at once. */
  delay(now_ns: number): void {
    if (this.deadline_ns === Infinity) this.deadline_ns = now_ns + DELAY_NS;
  }

  /**
   * The application has read. @returns whether it acknowledges all before `position`
   * @param drained whether its receive buffer is empty
   */
  afterRead(position: number, drained: boolean): boolean {
    const owed_bytes = position - this.acknowledged;
    return owed_bytes > this.mss_bytes || (owed_bytes > 0 && drained && this.pushed);
  }

  /** An acknowledgement goes out: nothing is owed. */
  sent(): void {
    this.pushed = false;
    this.deadline_ns = Infinity;
  }

  private quicken(mss_bytes: number): void {
    const quick = Math.min(MAX_QUICK, Math.floor(this.window_bytes / (2 * mss_bytes)) || 2);
    this.quick = Math.max(this.quick, quick);
  }
}
