import type { Nanoseconds, Random } from '../../core';
import type { Arrivals, Hotspot } from '../../experiment';

/** When the messages of a flow with a given rate begin. */
export class Pacing {
  private base_ns: Nanoseconds;
  private left = 0;

  /**
   * @param mean_ns mean time between messages
   * @param jitter_ns mean of the delay that a paced sender adds to each
   */
  constructor(
    private readonly random: Random,
    private readonly arrivals: Arrivals,
    private readonly mean_ns: number,
    private readonly jitter_ns: number,
    private readonly hotspots: readonly Hotspot[],
    private readonly measuringFrom_ns: number,
    phase: number,
  ) {
    this.base_ns = mean_ns * phase;
  }

  /** Time of the next message. */
  next(): Nanoseconds {
    if (typeof this.arrivals === 'object') {
      if (this.left === 0) {
        this.left = this.arrivals.burst;
        this.base_ns += this.interval() * this.arrivals.burst;
      }
      this.left--;
      return this.base_ns;
    }
    if (this.arrivals === 'poisson') {
      this.base_ns += this.random.exponential(this.interval());
      return this.base_ns;
    }
    this.base_ns += this.interval();
    return this.base_ns + this.random.exponential(this.jitter_ns);
  }

  private interval(): number {
    const t = (this.base_ns - this.measuringFrom_ns) / 1e9;
    let factor = 1;
    for (const hotspot of this.hotspots) if (t >= hotspot.from_s && t < hotspot.to_s) factor *= hotspot.factor;
    return this.mean_ns / factor;
  }
}
