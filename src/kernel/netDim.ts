import { DIM_EVENTS, DIM_RX_CQE, DIM_RX_EQE, DIM_START_PROFILE } from './constants';
import type { InterruptModeration } from './constants';

/** From what a completion queue's moderation time counts: its last event (interrupt), or its last completion (packet). */
export type PeriodMode = 'event' | 'completion';

type Tune = 'on-top' | 'tired' | 'right' | 'left';

interface Sample {
  readonly time_ns: number;
  readonly packets: number;
  readonly bytes: number;
  readonly events: number;
}

/** What one measurement gave, in whole numbers for each millisecond, rounded up as the kernel does. */
export interface DimRates {
  readonly bytes: number;
  readonly packets: number;
  readonly events: number;
}

/** A change counts if it is more than this percentage, which is rounded down to whole percent before: 11% and more. */
const SIGNIFICANT_PERCENT = 10;

/**
 * Dynamic interrupt moderation of the receive side, for one queue. Every 64 interrupts it compares the rates of bytes,
 * packets and interrupts with those before and walks over the five profiles of its mode: on while it gets better,
 * back if not; it parks where it came from both sides, at an end of the table, or when tired of walking.
 *
 * Read against net_dim() and its parts in lib/dim/net_dim.c, lib/dim/dim.c and include/linux/dim.h as of 5.3 to 5.4,
 * and include/linux/net_dim.h, the 4.19 form, which decides alike. In 4.19 before 0211dda68a4f the baseline of a
 * measurement was never renewed; this is the corrected algorithm, which the stable 4.19 kernels have too.
 *
 * As in mlx5e, `profile` starts at 0 while the queue is set up with profile 1 (the driver fills in the moderation but
 * not the state, mlx5e_set_rx_cq_mode_params and mlx5e_alloc_rq of en_main.c), and an interrupt is counted by the
 * completion event (mlx5e_completion_event of en_txrx.c). Not modelled: that a new profile is set by a work item and
 * a firmware command; here it holds at once, and measuring starts with the next interrupt's polls as it does there.
 */
export class NetDim {
  /** The profile that the state machine stands on. */
  profile = 0;
  /** What the queue is set to. */
  moderation: InterruptModeration;
  private readonly table: readonly InterruptModeration[];
  private measuring = false;
  private tune: Tune = 'on-top';
  private stepsRight = 0;
  private stepsLeft = 0;
  private tired = 0;
  private start: Sample = { time_ns: 0, packets: 0, bytes: 0, events: 0 };
  private previous: DimRates = { bytes: 0, packets: 0, events: 0 };

  constructor(mode: PeriodMode) {
    this.table = mode === 'completion' ? DIM_RX_CQE : DIM_RX_EQE;
    this.moderation = this.table[DIM_START_PROFILE];
  }

  /**
   * The polls after an interrupt have emptied the ring (net_dim). All counts are totals.
   * @param events interrupts
   */
  sample(time_ns: number, events: number, packets: number, bytes: number): void {
    if (this.measuring) {
      if (events - this.start.events < DIM_EVENTS) return;
      const rates = dimRates(this.start, { time_ns, packets, bytes, events });
      if (rates !== null && this.decide(rates)) {
        this.measuring = false;
        return;
      }
    }
    this.start = { time_ns, packets, bytes, events };
    this.measuring = true;
  }

  /** net_dim_decision on one measurement: whether the profile changed. */
  decide(rates: DimRates): boolean {
    const before = this.profile;
    const parked = this.tune === 'on-top';
    switch (this.tune) {
      case 'on-top':
        if (compareDimRates(rates, this.previous) !== 0) this.leaveParking();
        break;
      case 'tired':
        this.tired--;
        if (this.tired === 0) this.leaveParking();
        break;
      case 'right':
      case 'left':
        this.walk(compareDimRates(rates, this.previous));
        break;
    }
    // While it stays parked, it goes on comparing with what it parked at.
    if (!parked || !this.parkedOnTop) this.previous = rates;
    if (this.profile === before) return false;
    this.moderation = this.table[this.profile];
    return true;
  }

  private get parkedOnTop(): boolean {
    return this.tune === 'on-top';
  }

  private walk(change: number): void {
    if (change <= 0) this.turn();
    if (this.isOnTop) {
      this.park('on-top');
      return;
    }
    const step = this.step();
    if (step === 'edge') this.park('on-top');
    else if (step === 'too-tired') this.park('tired');
  }

  /** It came here by one step back after several on: the best was found. */
  private get isOnTop(): boolean {
    return this.tune === 'right'
      ? this.stepsLeft > 1 && this.stepsRight === 1
      : this.stepsRight > 1 && this.stepsLeft === 1;
  }

  private turn(): void {
    if (this.tune === 'right') {
      this.tune = 'left';
      this.stepsLeft = 0;
    } else {
      this.tune = 'right';
      this.stepsRight = 0;
    }
  }

  private step(): 'stepped' | 'too-tired' | 'edge' {
    if (this.tired === 2 * this.table.length) return 'too-tired';
    if (this.tune === 'right') {
      if (this.profile === this.table.length - 1) return 'edge';
      this.profile++;
      this.stepsRight++;
    } else {
      if (this.profile === 0) return 'edge';
      this.profile--;
      this.stepsLeft++;
    }
    this.tired++;
    return 'stepped';
  }

  private park(how: 'on-top' | 'tired'): void {
    this.stepsRight = 0;
    this.stepsLeft = 0;
    if (how === 'on-top') this.tired = 0;
    this.tune = how;
  }

  private leaveParking(): void {
    this.tune = this.profile > 0 ? 'left' : 'right';
    this.step();
  }
}

/** dim_calc_stats: null for a measurement of less than 1 us, of which the kernel's result is undefined. */
export function dimRates(from: Sample, to: Sample): DimRates | null {
  const elapsed_us = Math.floor((to.time_ns - from.time_ns) / 1000);
  if (elapsed_us <= 0) return null;
  const perMs = (count: number): number => Math.ceil((count * 1000) / elapsed_us);
  return {
    bytes: perMs(to.bytes - from.bytes),
    packets: perMs(to.packets - from.packets),
    // Not of the interrupts that there were, which may be more.
    events: perMs(DIM_EVENTS),
  };
}

/** net_dim_stats_compare: 1 better, −1 worse, 0 the same. More bytes, then more packets, then fewer interrupts. */
export function compareDimRates(now: DimRates, before: DimRates): number {
  if (before.bytes === 0) return now.bytes > 0 ? 1 : 0;
  if (differs(now.bytes, before.bytes)) return now.bytes > before.bytes ? 1 : -1;
  if (before.packets === 0) return now.packets > 0 ? 1 : 0;
  if (differs(now.packets, before.packets)) return now.packets > before.packets ? 1 : -1;
  if (before.events === 0) return 0;
  if (differs(now.events, before.events)) return now.events < before.events ? 1 : -1;
  return 0;
}

function differs(now: number, before: number): boolean {
  return Math.floor((100 * Math.abs(now - before)) / before) > SIGNIFICANT_PERCENT;
}
