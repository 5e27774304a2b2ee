import { packetWorkOf } from '../../analysis';
import type { ExperimentInput, PaperExperiment } from '../../experiment';
import type { Case, CaseRuns, FigureRun } from '../cases';
import { counter, dropped, offeredRate_pps, receivedRate_pps } from '../measures';

/**
 * The highest rate is found as the paper finds it (section 2.2): the offered rate is raised step by step
 * until the received rate no longer follows.
 */
export interface Ramp {
  readonly key: string;
  /** Offered rates, rising. */
  readonly rates_pps: readonly number[];
  readonly cases: readonly Case[];
}

/** Rates from `from` to `to`, each `factor` times the one before. */
export function geometricRates(from: number, to: number, factor: number): number[] {
  const rates: number[] = [];
  for (let rate = from; rate <= to * 1.0001; rate *= factor) rates.push(Math.round(rate));
  return rates;
}

/** Where a ramp looks for the knee, as shares of what the work for packets alone would allow. */
const AROUND = [0.9, 1.07] as const;

/**
 * Rates around the knee that the analytic model expects of open UDP traffic: its bound leaves out what batches cost, so
 * the knee lies somewhat below it. `most_pps` is what else limits the rate (the link).
 */
export function ratesAroundKnee(
  experimentAt: (rate_pps: number) => PaperExperiment,
  step: number,
  { most_pps = Infinity, around = AROUND }: { most_pps?: number; around?: readonly [number, number] } = {},
): number[] {
  const expected = Math.min(boundOf_pps(experimentAt), most_pps);
  return geometricRates(around[0] * expected, around[1] * expected, step);
}

/** The bound does not depend on the offered rate; low enough for any sender. */
const ANY_RATE_PPS = 1000;

/** Messages a second at which the work for packets alone fills the busiest core (analytic model). */
export function boundOf_pps(experimentAt: (rate_pps: number) => PaperExperiment): number {
  return packetWorkOf({ ...experimentAt(ANY_RATE_PPS), name: 'bound', seed: 1 } as ExperimentInput).bound_pps;
}

export function ramp(
  key: string,
  rates_pps: readonly number[],
  seeds: number,
  experimentAt: (rate_pps: number) => PaperExperiment,
): Ramp {
  const cases = rates_pps.map((rate) => ({ key: rampKey(key, rate), experiment: experimentAt(rate), seeds }));
  return { key, rates_pps, cases };
}

function rampKey(key: string, rate_pps: number): string {
  return `${key}@${rate_pps}`;
}

/** For each seed, the runs of the ramp in the order of the offered rate. */
export function rampRuns(ramp: Ramp, runs: CaseRuns): FigureRun[][] {
  const bySeed: FigureRun[][] = [];
  for (const rate of ramp.rates_pps) {
    runs.of(rampKey(ramp.key, rate)).forEach((run, seed) => (bySeed[seed] ??= []).push(run));
  }
  return bySeed;
}

/** Highest received rate of each seed. */
export function highestRates_pps(ramp: Ramp, runs: CaseRuns): number[] {
  return rampRuns(ramp, runs).map((steps) => Math.max(...steps.map(receivedRate_pps)));
}

/**
 * Of each seed, the run at the highest offered rate before packets were dropped (fewer than 1 in 10,000).
 * Where nothing is dropped at any rate, the sender is the limit: then the last one.
 */
export function lastWithoutDrops(ramp: Ramp, runs: CaseRuns): FigureRun[] {
  return rampRuns(ramp, runs).map((steps) => {
    const overloaded = steps.findIndex((run) => !keepsUp(run));
    if (overloaded === 0) throw new Error(`ramp ${ramp.key}: drops already at its lowest rate`);
    return overloaded < 0 ? steps[steps.length - 1] : steps[overloaded - 1];
  });
}

function keepsUp(run: FigureRun): boolean {
  const sent = counter(run, 'offered');
  return dropped(run) <= 1e-4 * sent && receivedRate_pps(run) >= 0.97 * offeredRate_pps(run);
}
