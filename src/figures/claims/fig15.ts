import type { CaseRuns } from '../cases';
import { busyCase, thresholdCase, THRESHOLDS, THRESHOLD_CONTAINERS } from '../experiments/busySystem';
import { receivedRate_pps, sum } from '../measures';
import { mean } from './interval';
import { ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const HIGH_LOAD = [20] as const;
const LOW = THRESHOLDS.filter((t) => t <= 70);
const GOOD = THRESHOLDS.filter((t) => t >= 80);
const ALL = THRESHOLDS.flatMap((t) => THRESHOLD_CONTAINERS.map((n) => thresholdCase(t, n)));
const BASE = THRESHOLD_CONTAINERS.map((n) => busyCase('udp', 'overlay', n));

/** Throughput relative to the overlay, mean over the numbers of containers, seed by seed. */
function performance(runs: CaseRuns, threshold: number): number[] {
  const each = THRESHOLD_CONTAINERS.map((n, i) => ratios(runs, thresholdCase(threshold, n), BASE[i], receivedRate_pps));
  const seeds = Math.min(...each.map((values) => values.length));
  return Array.from({ length: seeds }, (_, seed) => sum(each.map((values) => values[seed])) / each.length);
}

function average(series: readonly (readonly number[])[]): number[] {
  const seeds = Math.min(...series.map((values) => values.length));
  return Array.from({ length: seeds }, (_, seed) => sum(series.map((values) => values[seed])) / series.length);
}

export const FIG15_RULES: readonly ClaimRule[] = [
  rule(
    'fig15-always-on-hurts',
    HIGH_LOAD.flatMap((n) => [thresholdCase('always-on', n), busyCase('udp', 'overlay', n)]),
    (runs) =>
      HIGH_LOAD.map((n) =>
        sample(
          `${n} containers`,
          ratios(runs, thresholdCase('always-on', n), busyCase('udp', 'overlay', n), receivedRate_pps),
        ),
      ),
  ),
  rule('fig15-low-threshold-misses', [...ALL, ...BASE], (runs) => {
    const [low, good] = [LOW, GOOD].map((thresholds) => average(thresholds.map((t) => performance(runs, t))));
    return low.map((value, seed) => value / good[seed] - 1);
  }),
  rule('fig15-best-80-90', [...ALL, ...BASE], (runs) => {
    const best = [...THRESHOLDS].sort((a, b) => mean(performance(runs, b)) - mean(performance(runs, a)))[0];
    return [best / 100];
  }),
];
