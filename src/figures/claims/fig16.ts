import * as stats from 'simple-statistics';
import type { FigureRun } from '../cases';
import { hotspotCase } from '../experiments/hotspot';
import { RECEIVING_CPUS } from '../experiments/roles';
import { loadOverTime, receivedRate_pps } from '../measures';
import { variation } from './fig14';
import { gains, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const PROTOCOLS = ['udp', 'tcp'] as const;
type Protocol = (typeof PROTOCOLS)[number];
const pair = (protocol: Protocol) => [hotspotCase(protocol, 'two-choice'), hotspotCase(protocol, 'static')] as const;
const ALL = PROTOCOLS.flatMap((p) => [...pair(p)]);
const OVERLOADED = 0.95;

/** Busy share of each receiving core in each interval of the run. */
function intervals(run: FigureRun): number[][] {
  return RECEIVING_CPUS.map((cpu) => loadOverTime(run, cpu));
}

/** Seconds in which some receiving core was overloaded; at least one interval's worth counts as the shortest. */
function overloaded_intervals(run: FigureRun): number {
  const cores = intervals(run);
  return cores[0].filter((_, t) => cores.some((core) => core[t] >= OVERLOADED)).length;
}

/** Load of the fullest core in the second half of the run, when the hotspot has lasted for a while. */
function fullestCoreLate(run: FigureRun): number {
  const cores = intervals(run).map((core) => core.slice(Math.floor(core.length / 2)));
  return Math.max(...cores.map((core) => stats.mean(core)));
}

/** How much core loads move from interval to interval: standard deviation over time, mean over cores. */
function fluctuation(run: FigureRun): number {
  return stats.mean(intervals(run).map((core) => stats.standardDeviation(core)));
}

const FLUCTUATION = [hotspotCase('udp', 'least-loaded'), hotspotCase('udp', 'two-choice')] as const;

export const FIG16_RULES: readonly ClaimRule[] = [
  rule('fig16-udp-18', [...pair('udp')], (runs) => gains(runs, ...pair('udp'), receivedRate_pps)),
  rule('fig16-tcp-15', [...pair('tcp')], (runs) => gains(runs, ...pair('tcp'), receivedRate_pps)),
  rule('fig16-consistent', ALL, (runs) =>
    PROTOCOLS.map((p) => {
      const [dynamic, fixed] = pair(p).map((c) => variation(runs.values(c.key, receivedRate_pps)));
      return sample(p, [dynamic / fixed]);
    }),
  ),
  rule('fig16-static-cannot-adapt', [hotspotCase('udp', 'static')], (runs) =>
    runs.values(hotspotCase('udp', 'static').key, fullestCoreLate),
  ),
  rule('fig16-dynamic-resolves', [...pair('udp')], (runs) => {
    const [dynamic, fixed] = pair('udp').map((c) => runs.values(c.key, overloaded_intervals));
    return [stats.mean(dynamic) / Math.max(1e-9, stats.mean(fixed))];
  }),
  rule('static-hash-hotspots', [...pair('udp')], (runs) => {
    const [dynamic, fixed] = pair('udp').map((c) => runs.values(c.key, overloaded_intervals));
    return [stats.mean(fixed) / Math.max(1e-9, stats.mean(dynamic))];
  }),
  rule('least-loaded-fluctuates', [...FLUCTUATION], (runs) => ratios(runs, ...FLUCTUATION, fluctuation)),
];
