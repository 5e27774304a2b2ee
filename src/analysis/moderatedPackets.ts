import type { Moderation, Profile } from '../experiment';
import { constantOf } from '../experiment';
import { IxgbeItr, NetDim } from '../kernel';
import type { InterruptModeration, PeriodMode } from '../kernel';

/** Decisions after which adaptive moderation has settled: it parks within some ten, or goes round for good. */
const DECISIONS = 100;
/** Of small packets; it matters only where there are fewer than four in an interrupt. */
const FRAME_BYTES = 60;

/**
 * Packets that interrupt moderation lets gather for one interrupt of a queue at a steady rate, by itself: the polls,
 * during which more arrive, take no time here.
 * @param senders that pace themselves apart from each other; infinitely many are a Poisson process
 */
export function moderatedPackets(moderation: Moderation, profile: Profile, rate_pps: number, senders: number): number {
  if (moderation.mode === 'none') return 1;
  if (moderation.mode === 'fixed') {
    return fromEvent({ time_us: moderation.usecs, packets: Math.max(1, moderation.frames) }, rate_pps);
  }
  const scheme = constantOf(profile, 'nic.adaptiveScheme');
  if (scheme === 2) return throttledPackets(rate_pps);
  return dimPackets(scheme === 1 ? 'completion' : 'event', rate_pps, senders);
}

/** Where DIM settles, by its own decisions on what its profiles give. */
function dimPackets(mode: PeriodMode, rate_pps: number, senders: number): number {
  const dim = new NetDim(mode);
  const gathered = (): number =>
    mode === 'event'
      ? Math.max(1, fromEvent(dim.moderation, rate_pps))
      : fromCompletion(dim.moderation, rate_pps, senders);
  const perMs = Math.ceil(rate_pps / 1000);
  for (let i = 0; i < DECISIONS; i++) {
    dim.decide({ bytes: FRAME_BYTES * perMs, packets: perMs, events: Math.ceil(perMs / gathered()) });
  }
  return gathered();
}

/** The time counts from the last interrupt. */
function fromEvent({ time_us, packets }: InterruptModeration, rate_pps: number): number {
  return Math.min((rate_pps * time_us) / 1e6, packets);
}

/**
 * The time counts from the last packet: the interrupt comes at the first gap that is longer, or at the number. Of a few
 * senders the phases decide whether there is such a gap; this is the mean over all phases.
 */
function fromCompletion({ time_us, packets }: InterruptModeration, rate_pps: number, senders: number): number {
  const inTime = 1 - gapShare((rate_pps * time_us) / 1e6, senders);
  // Each further packet comes in time with this probability; a geometric distribution cut off at the number.
  return inTime === 1 ? packets : (1 - inTime ** packets) / (1 - inTime);
}

/** Share of gaps between packets that are longer than `gaps` mean ones: spacings of random points on a circle. */
function gapShare(gaps: number, senders: number): number {
  if (gaps >= senders) return 0;
  return senders === Infinity ? Math.exp(-gaps) : (1 - gaps / senders) ** (senders - 1);
}

/**
 * What ixgbe settles at after its first interrupt, which comes with the first packet. A rough value: between a few
 * packets (latency) and 48 (bulk) chance decides, and the simulator may be a fifth away.
 */
function throttledPackets(rate_pps: number): number {
  const itr = new IxgbeItr();
  itr.update(0, 1, FRAME_BYTES);
  const gathered = (): number => Math.max(1, (rate_pps * itr.delay_us) / 1e6);
  for (let i = 0; i < DECISIONS; i++) itr.update(0, gathered(), FRAME_BYTES * gathered());
  return gathered();
}
