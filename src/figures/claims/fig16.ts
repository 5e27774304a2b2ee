import * as stats from 'simple-statistics';
import type { CaseRuns, FigureRun } from '../cases';
import { hotspotCase, onsetCase } from '../experiments/hotspot';
import { RECEIVING_CPUS } from '../experiments/roles';
import { loadOverTime, receivedRate_pps } from '../measures';
import { variation } from './fig14';
import { meanRatios, ratioOfMeans, rule, sample } from './rule';
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

/** Shares of time in which each receiving core was overloaded. */
function overloaded(run: FigureRun): number[] {
  return intervals(run).map((core) => core.filter((load) => load >= OVERLOADED).length / core.length);
}

/**
 * Whether the hotspot is what section 6.1 tells of: under the fixed mapping, one core is overloaded all the time. A flow
 * that is raised at random may as well overload none, or two that are its neighbours in the pipeline.
 */
export function overloadsOneCore(fixed: FigureRun): boolean {
  const cores = overloaded(fixed);
  return cores.filter((share) => share === 1).length === 1 && cores.filter((share) => share > 0).length === 1;
}

/** Share of time in which some receiving core was overloaded. */
function overloadedShare(run: FigureRun): number {
  const cores = intervals(run);
  return cores[0].filter((_, t) => cores.some((core) => core[t] >= OVERLOADED)).length / cores[0].length;
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
const ONSETS = [onsetCase('two-choice'), onsetCase('static')] as const;

/** Rate with two choices by that with one, where one leaves a core overloaded. */
function adaptiveRatio(runs: CaseRuns, protocol: Protocol): number[] {
  return meanRatios(runs, ...pair(protocol), receivedRate_pps, (_, fixed) => overloadsOneCore(fixed));
}

/** Time in which a core is overloaded, from the onset on: two choices by one. */
function hotspotTime(runs: CaseRuns): number[] {
  return meanRatios(runs, ...ONSETS, overloadedShare, (_, fixed) => overloadedShare(fixed) > 0);
}

export const FIG16_RULES: readonly ClaimRule[] = [
  rule('fig16-udp-18', [...pair('udp')], (runs) => adaptiveRatio(runs, 'udp').map((ratio) => ratio - 1)),
  rule('fig16-tcp-15', [...pair('tcp')], (runs) => adaptiveRatio(runs, 'tcp').map((ratio) => ratio - 1)),
  rule('fig16-consistent', ALL, (runs) =>
    PROTOCOLS.map((p) => {
      const [dynamic, fixed] = pair(p).map((c) => variation(runs.values(c.key, receivedRate_pps)));
      return sample(p, [dynamic / fixed]);
    }),
  ),
  rule('fig16-static-cannot-adapt', [onsetCase('static')], (runs) => {
    const [fixed] = [onsetCase('static')];
    return runs
      .of(fixed.key)
      .filter((run) => overloadedShare(run) > 0)
      .map(fullestCoreLate);
  }),
  rule('fig16-dynamic-resolves', [...ONSETS], hotspotTime),
  rule('static-hash-hotspots', [...pair('udp')], (runs) => {
    const [dynamic, fixed] = pair('udp');
    const shares: [number, number][] = [];
    runs.paired([fixed.key, dynamic.key], (f, d) =>
      overloadsOneCore(f) ? shares.push([overloadedShare(f), overloadedShare(d)]) : 0,
    );
    return ratioOfMeans(shares);
  }),
  rule('least-loaded-fluctuates', [...FLUCTUATION], (runs) => meanRatios(runs, ...FLUCTUATION, fluctuation)),
];
