import type { FigureRun } from '../cases';
import { memcachedCase } from '../experiments/applications';
import { fixedCase, SINGLE_RATE_PPS } from '../experiments/load';
import { stageLoads, sum } from '../measures';
import { mean } from './interval';
import { rule } from './rule';
import type { ClaimRule } from './scoreboard';

const SOCKPERF = fixedCase('overlay', SINGLE_RATE_PPS);
const MEMCACHED = memcachedCase('overlay', 10);

/** Which softirq a stage of the overlay runs in, once RPS has moved the packet off the interrupt's core. */
const SOFTIRQ: ReadonlyMap<string, string> = new Map([
  ['outer', 'pNIC'],
  ['tunnel', 'VXLAN'],
  ['container', 'veth'],
]);

/** Time in each overlay softirq for one packet, µs. */
function softirqWeights(run: FigureRun): number[] {
  const weights = new Map<string, number>();
  for (const stage of stageLoads(run)) {
    const softirq = SOFTIRQ.get(stage.stage.split('+')[0]);
    if (softirq !== undefined) {
      weights.set(softirq, (weights.get(softirq) ?? 0) + stage.packets * stage.service_us);
    }
  }
  return [...weights.values()];
}

/** Share of the dearest overlay softirq. */
function dearestShare(run: FigureRun): number {
  const weights = softirqWeights(run);
  return Math.max(...weights) / sum(weights);
}

export const FIG06_RULES: readonly ClaimRule[] = [
  rule('fig6-sockperf-even', [SOCKPERF], (runs) =>
    runs.values(SOCKPERF.key, (run) => {
      const weights = softirqWeights(run);
      return Math.max(...weights) / Math.min(...weights);
    }),
  ),
  rule('fig6-memcached-dominated', [SOCKPERF, MEMCACHED], (runs) => {
    const even = mean(runs.values(SOCKPERF.key, dearestShare));
    return runs.values(MEMCACHED.key, (run) => dearestShare(run) - even);
  }),
];
