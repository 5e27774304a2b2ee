import type { CaseRuns } from '../cases';
import { busyCase, thresholdCase, THRESHOLDS, THRESHOLD_CONTAINERS, THRESHOLD_SEEDS } from '../experiments/busySystem';
import { receivedRate_pps, sum } from '../measures';
import { mean } from './interval';
import { meanRatios, ratioOfMeans, rule } from './rule';
import type { ClaimRule } from './scoreboard';

/** With idle cycles, which a threshold can leave unused, and with none. */
const IDLE_LEFT = THRESHOLD_CONTAINERS.filter((n) => n <= 10);
const FULL = Math.max(...THRESHOLD_CONTAINERS);
const LOW = THRESHOLDS.filter((t) => t <= 70);
const GOOD = THRESHOLDS.filter((t) => t >= 80);
const ALL = THRESHOLDS.flatMap((t) => THRESHOLD_CONTAINERS.map((n) => thresholdCase(t, n)));
const BASE = THRESHOLD_CONTAINERS.map((n) => busyCase('udp', 'overlay', n));

/** Rate relative to the overlay's, mean over the numbers of containers, from as many seeds for every threshold. */
function performance(all: CaseRuns, threshold: number): number {
  const runs = all.first(THRESHOLD_SEEDS);
  const each = THRESHOLD_CONTAINERS.map((n, i) =>
    mean(meanRatios(runs, thresholdCase(threshold, n), BASE[i], receivedRate_pps)),
  );
  return mean(each);
}

/** Mean rate over some thresholds where there are idle cycles, seed by seed. */
function rates(runs: CaseRuns, thresholds: readonly number[]): number[] {
  const keys = thresholds.flatMap((t) => IDLE_LEFT.map((n) => thresholdCase(t, n).key));
  return runs.paired(keys, (...of) => sum(of.map(receivedRate_pps)) / of.length);
}

export const FIG15_RULES: readonly ClaimRule[] = [
  rule('fig15-always-on-hurts', [thresholdCase('always-on', FULL), busyCase('udp', 'overlay', FULL)], (runs) =>
    meanRatios(runs, thresholdCase('always-on', FULL), busyCase('udp', 'overlay', FULL), receivedRate_pps),
  ),
  rule(
    'fig15-low-threshold-misses',
    THRESHOLDS.flatMap((t) => IDLE_LEFT.map((n) => thresholdCase(t, n))),
    (runs) => {
      const [low, good] = [rates(runs, LOW), rates(runs, GOOD)];
      return ratioOfMeans(low.map((rate, seed) => [rate, good[seed]] as const)).map((ratio) => ratio - 1);
    },
  ),
  rule('fig15-best-80-90', [...ALL, ...BASE], (runs) => {
    const best = [...THRESHOLDS].sort((a, b) => performance(runs, b) - performance(runs, a))[0];
    return [best / 100];
  }),
];
