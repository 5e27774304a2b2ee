import {
  paperExperiment,
  udpAt,
  udpStress,
  type PaperExperiment,
  type PaperKernel,
  type PaperLink,
  type PaperMode,
} from '../../experiment';
import type { Case, CaseRuns } from '../cases';
import { receivedRate_pps } from '../measures';
import { highestRates_pps, ramp, ratesAroundKnee, type Ramp } from './ramp';

/**
 * Highest rates of a single UDP flow: figures 2a, 2b, 10 and 11 and the claims about packet rates. Messages of
 * one frame: three clients overload the flow (section 6.1). Larger ones travel in fragments, of which a single
 * lost one loses the message; so their rate is raised to the knee, as section 2.2 tells.
 */

/** Largest UDP payload of one datagram: the paper's 64 KB. */
export const UDP_64K = 65507;

/** Message sizes, from 16 B to 64 KB. The paper's own list is not stated. */
export const STRESS_SIZES = [16, 256, 1400, 4096, UDP_64K] as const;
export type StressSize = (typeof STRESS_SIZES)[number];

/** Sizes of one Ethernet frame, host and overlay alike. */
export const BELOW_MTU = STRESS_SIZES.filter((size) => size < 1450);
export const ABOVE_MTU = STRESS_SIZES.filter((size) => size >= 1450);

export const SEEDS = 5;
const SHORT = { duration_s: 0.04, warmup_s: 0.02, emit: { interval_s: 0.02 } } as const;

export interface StressSetup {
  readonly mode: PaperMode;
  readonly link: PaperLink;
  readonly kernel: PaperKernel;
  readonly size: StressSize;
}

function key({ mode, link, kernel, size }: StressSetup): string {
  return `udp-stress/${mode}-${link}-${kernel}-${size}`;
}

/** Three clients against one socket, for messages of one frame. */
export function stressCase(mode: PaperMode, link: PaperLink, kernel: PaperKernel, size: number): Case {
  const setup = { mode, link, kernel, size: size as StressSize };
  return {
    key: key(setup),
    experiment: paperExperiment({ ...setup, traffic: udpStress(size), also: SHORT }),
    seeds: SEEDS,
  };
}

/** Messages a second that 10G can carry, a little less in the tunnel. */
const LINK_LIMIT: Readonly<Record<number, number>> = { 4096: 290_000, [UDP_64K]: 18_600 };
const STEP = 1.025;
/** One rate more, this share of the lowest near the knee: bursts of fragments overflow a queue now and then even there. */
const CALM = 0.7;

export function stressRamp(setup: StressSetup): Ramp {
  const { link, size } = setup;
  const experimentAt = (rate: number): PaperExperiment =>
    paperExperiment({ ...setup, traffic: udpAt(rate, size), also: SHORT });
  const rates = ratesAroundKnee(experimentAt, STEP, { most_pps: link === '10G' ? LINK_LIMIT[size] : Infinity });
  return ramp(key(setup), [Math.round(CALM * rates[0]), ...rates], SEEDS, experimentAt);
}

/** The experiments behind one highest rate. */
export function stressCases(setup: StressSetup): readonly Case[] {
  return setup.size < 1450 ? [stressCase(setup.mode, setup.link, setup.kernel, setup.size)] : stressRamp(setup).cases;
}

/** Highest received rate of each seed, messages a second. */
export function stressRates_pps(setup: StressSetup, runs: CaseRuns): number[] {
  return setup.size < 1450 ? runs.values(key(setup), receivedRate_pps) : highestRates_pps(stressRamp(setup), runs);
}

/** Highest rate of `a` as a multiple of that of `b`, seed by seed. */
export function stressRatios(a: StressSetup, b: StressSetup, runs: CaseRuns): number[] {
  const base = stressRates_pps(b, runs);
  return stressRates_pps(a, runs).map((rate, seed) => rate / base[seed]);
}
