import type { Seconds } from '../core';

/** What a loss leaves of the window: `beta` 717/1024 (net/ipv4/tcp_cubic.c); RFC 9438 has 0.7. */
export const CUBIC_BETA = 717 / 1024;

/** Scale of the cubic, segments per s³: `bic_scale` 41 times 10 over 1024 (tcp_cubic.c); RFC 9438 has 0.4. */
export const CUBIC_C = 410 / 1024;

/** Segments that Reno adds per round trip to lose no share against one that shrinks by half (RFC 9438, section 4.3). */
export const CUBIC_ALPHA = (3 * (1 - CUBIC_BETA)) / (1 + CUBIC_BETA);

/** Fewest segments left by a loss (bictcp_recalc_ssthresh). */
const LEAST_SEGMENTS = 2;

/** Acknowledged segments that one more in the window takes at least (the bound of `cnt` in bictcp_update). */
const FASTEST_GROWTH = 2;

/** As long as no loss has set a goal, one more for so many at most. */
const SEARCHING_GROWTH = 20;

/** Stands for no growth to speak of, where the window is at or above the cubic. */
const STANDSTILL = 100;

/**
 * CUBIC, Linux's default congestion control (net/ipv4/tcp_cubic.c; RFC 9438). After a loss at `Wmax` segments the window
 * follows W(t) = C (t - K)³ + Wmax, K being where that meets the window it was cut to; or what Reno would have by then, if
 * that is more. Below the threshold the window doubles in a round trip (slow start).
 *
 * The kernel's arithmetic is of integers, in ticks of 1/1024 s; here it is of doubles. HyStart, which ends slow start before
 * the first loss, is left out, and so is that an idle sender's epoch stands still (bictcp_cwnd_event).
 */
export class Cubic {
  /** Congestion window. */
  window_segments: number;
  /** Below it, slow start. */
  threshold_segments = Infinity;
  private lastMax_segments = 0;
  /** When this stretch of growth began; NaN before its first acknowledgement. */
  private epoch_s: Seconds = NaN;
  private k_s: Seconds = 0;
  private origin_segments = 0;
  /** What Reno's window would be. */
  private reno_segments = 0;
  private leastRoundTrip_s: Seconds = Infinity;
  /** Window and threshold before the last cut. */
  private prior_segments = 0;
  private priorThreshold_segments = Infinity;

  constructor(initial_segments: number) {
    this.window_segments = initial_segments;
  }

  get inSlowStart(): boolean {
    return this.window_segments < this.threshold_segments;
  }

  /** A round trip was measured; the curve is followed one shortest round trip ahead. */
  measured(roundTrip_s: Seconds): void {
    if (roundTrip_s < this.leastRoundTrip_s) this.leastRoundTrip_s = roundTrip_s;
  }

  /** So many segments were acknowledged while the window was what held the sender back. */
  acknowledged(segments: number, now_s: Seconds): void {
    let left = segments;
    if (this.inSlowStart) {
      const grown = Math.min(this.window_segments + left, this.threshold_segments);
      left -= grown - this.window_segments;
      this.window_segments = grown;
    }
    if (left > 0) this.avoid(left, now_s);
  }

  /** Segments were lost: one cut for all of a round trip. */
  lost(): void {
    const window = this.window_segments;
    this.remember();
    // Fast convergence: a flow that gives up before its last peak leaves room to others.
    this.lastMax_segments = window < this.lastMax_segments ? (window * (1 + CUBIC_BETA)) / 2 : window;
    this.threshold_segments = Math.max(LEAST_SEGMENTS, window * CUBIC_BETA);
    this.window_segments = this.threshold_segments;
    this.epoch_s = NaN;
  }

  /** The retransmission timer went off (tcp_enter_loss): slow start from one segment, and the peak is forgotten. */
  timedOut(): void {
    this.remember();
    this.threshold_segments = Math.max(LEAST_SEGMENTS, this.window_segments * CUBIC_BETA);
    this.window_segments = 1;
    this.lastMax_segments = 0;
    this.epoch_s = NaN;
    this.leastRoundTrip_s = Infinity;
  }

  /** Nothing was lost after all (tcp_undo_cwnd_reduction): the last cut is taken back. */
  undo(): void {
    this.window_segments = Math.max(this.window_segments, this.prior_segments);
    this.threshold_segments = Math.max(this.threshold_segments, this.priorThreshold_segments);
  }

  /** The cubic at a time since the epoch began, in segments. */
  curve(t_s: Seconds): number {
    const from_s = t_s - this.k_s;
    return CUBIC_C * from_s * from_s * from_s + this.origin_segments;
  }

  private avoid(segments: number, now_s: Seconds): void {
    if (Number.isNaN(this.epoch_s)) this.begin(now_s);
    const window = this.window_segments;
    const ahead_s = this.leastRoundTrip_s === Infinity ? 0 : this.leastRoundTrip_s;
    const target = this.curve(now_s - this.epoch_s + ahead_s);
    let perSegment = target > window ? window / (target - window) : STANDSTILL * window;
    if (this.lastMax_segments === 0) perSegment = Math.min(perSegment, SEARCHING_GROWTH);
    this.reno_segments += (CUBIC_ALPHA * segments) / window;
    if (this.reno_segments > window) perSegment = Math.min(perSegment, window / (this.reno_segments - window));
    this.window_segments += segments / Math.max(perSegment, FASTEST_GROWTH);
  }

  private remember(): void {
    this.prior_segments = this.window_segments;
    this.priorThreshold_segments = this.threshold_segments;
  }

  private begin(now_s: Seconds): void {
    const window = this.window_segments;
    this.epoch_s = now_s;
    this.reno_segments = window;
    this.origin_segments = Math.max(window, this.lastMax_segments);
    this.k_s = Math.cbrt((this.origin_segments - window) / CUBIC_C);
  }
}
