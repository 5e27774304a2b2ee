import { DIM_EVENTS, DIM_RX_EQE, DIM_START_PROFILE } from '../kernel';

const STAY = 0;
const LEFT = -1;
const RIGHT = 1;
/** Changes below this share do not count (IS_SIGNIFICANT_DIFF, include/linux/dim.h). */
const SIGNIFICANT = 0.1;
/** Steps without improvement before it parks and stops trying for a while. */
const TIRED_AFTER = 10;

/**
 * Dynamic interrupt moderation (net_dim, lib/dim/net_dim.c): every 64 interrupts it compares bytes, packets and
 * interrupts per time with those of the period before, and walks over the five profiles: on in the same
 * direction while it helps, back when it hurts, parked at rest until the traffic changes.
 */
export class Dim {
  profile = DIM_START_PROFILE;
  private direction = RIGHT;
  private parked = false;
  private steps = 0;
  private tired = 0;
  private startTime_ns = 0;
  private packets = 0;
  private bytes = 0;
  private events = 0;
  private previous: Rates | null = null;

  get time_us(): number {
    return DIM_RX_EQE[this.profile].time_us;
  }

  get frames(): number {
    return DIM_RX_EQE[this.profile].packets;
  }

  count(bytes: number): void {
    this.packets++;
    this.bytes += bytes;
  }

  /** One interrupt's polls are done. */
  event(now_ns: number): void {
    if (this.events++ === 0) this.startTime_ns = now_ns;
    if (this.events < DIM_EVENTS) return;
    const elapsed = now_ns - this.startTime_ns;
    if (elapsed > 0)
      this.decide({ packets: this.packets / elapsed, bytes: this.bytes / elapsed, events: this.events / elapsed });
    this.events = 0;
    this.packets = 0;
    this.bytes = 0;
  }

  private decide(now: Rates): void {
    const change = this.previous === null ? 0 : compare(now, this.previous);
    if (this.parked) {
      if (change !== 0) this.unpark();
    } else {
      this.walk(change);
    }
    if (!this.parked || this.previous === null) this.previous = now;
  }

  private unpark(): void {
    this.parked = false;
    this.tired = 0;
    this.steps = 0;
    this.direction = this.profile === 0 ? RIGHT : LEFT;
    this.step();
  }

  private walk(change: number): void {
    if (change < 0) this.turn();
    else if (change === 0 && this.steps > 1) {
      this.park();
      return;
    }
    if (this.tired >= TIRED_AFTER) this.park();
    else if (this.step() === STAY) this.park();
  }

  private turn(): void {
    this.direction = -this.direction;
    this.steps = 0;
    this.tired++;
  }

  private park(): void {
    this.parked = true;
    this.steps = 0;
  }

  private step(): number {
    const to = this.profile + this.direction;
    if (to < 0 || to >= DIM_RX_EQE.length) return STAY;
    this.profile = to;
    this.steps++;
    return this.direction;
  }
}

interface Rates {
  readonly packets: number;
  readonly bytes: number;
  readonly events: number;
}

/** 1 better, −1 worse, 0 the same: bytes first, then packets, then fewer interrupts (net_dim_stats_compare). */
function compare(now: Rates, before: Rates): number {
  if (differs(now.bytes, before.bytes)) return now.bytes > before.bytes ? 1 : -1;
  if (differs(now.packets, before.packets)) return now.packets > before.packets ? 1 : -1;
  if (differs(now.events, before.events)) return now.events < before.events ? 1 : -1;
  return 0;
}

function differs(now: number, before: number): boolean {
  return before > 0 ? Math.abs(now - before) / before > SIGNIFICANT : now > 0;
}
