import type { CaseRuns, FigureRun } from '../cases';
import { overloadRamp, overloadTcpCase, SYSTEMS_3, underCase, type Underload } from '../experiments/latency';
import { lastWithoutDrops } from '../experiments/ramp';
import { latencyQuantile_us, meanLatency_us, stageLoads, sum } from '../measures';
import { mean } from './interval';
import { minus, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';
import type { Sample } from './verdict';

/** The four panels. */
const PANELS = ['a', 'b', 'c', 'd'] as const;
export type LatencyPanel = (typeof PANELS)[number];
const UNDER: Readonly<Record<'a' | 'b', Underload>> = { a: 'udp-16', b: 'tcp-4096' };

export const STATISTICS = {
  mean: (run: FigureRun) => meanLatency_us(run),
  p90: (run: FigureRun) => latencyQuantile_us(run, 0.9),
  p99: (run: FigureRun) => latencyQuantile_us(run, 0.99),
  'p99.9': (run: FigureRun) => latencyQuantile_us(run, 0.999),
} as const;
export type LatencyMode = (typeof SYSTEMS_3)[number];
type Statistic = keyof typeof STATISTICS;
const ALL_STATISTICS = Object.keys(STATISTICS) as Statistic[];
const TAIL = ['p99', 'p99.9'] as const;

function casesOf(panels: readonly LatencyPanel[]) {
  return panels.flatMap((panel) =>
    SYSTEMS_3.flatMap((mode) => {
      if (panel === 'c') return overloadRamp(mode).cases;
      return [panel === 'd' ? overloadTcpCase(mode) : underCase(UNDER[panel], mode)];
    }),
  );
}

/** The runs that a panel shows of a mode: fixed rate, or its own highest rate without drops. */
export function panelRuns(runs: CaseRuns, panel: LatencyPanel, mode: LatencyMode): readonly FigureRun[] {
  if (panel === 'c') return lastWithoutDrops(overloadRamp(mode), runs);
  return runs.of((panel === 'd' ? overloadTcpCase(mode) : underCase(UNDER[panel], mode)).key);
}

function latencyRatios(
  runs: CaseRuns,
  panel: LatencyPanel,
  a: LatencyMode,
  b: LatencyMode,
  statistic: Statistic,
): number[] {
  const [x, y] = [panelRuns(runs, panel, a), panelRuns(runs, panel, b)];
  return x.map((run, seed) => STATISTICS[statistic](run) / STATISTICS[statistic](y[seed]));
}

function eachRatio(
  runs: CaseRuns,
  panels: readonly LatencyPanel[],
  a: LatencyMode,
  b: LatencyMode,
  statistics: readonly Statistic[] = ALL_STATISTICS,
): Sample[] {
  return panels.flatMap((panel) =>
    statistics.map((s) => sample(`panel ${panel}, ${s}`, latencyRatios(runs, panel, a, b, s))),
  );
}

/** Time that a packet waits in queues on its way, µs. */
export function queueing_us(run: FigureRun): number {
  const stages = stageLoads(run);
  const delivered = Math.max(...stages.map((s) => s.packets));
  return sum(stages.map((s) => s.packets * s.queue_us)) / delivered;
}

const falconGain = (runs: CaseRuns, panel: LatencyPanel, s: Statistic): number[] =>
  latencyRatios(runs, panel, 'falcon', 'overlay', s).map((r) => 1 - r);

const SMALL_TCP = [underCase('tcp-1024', 'overlay'), underCase('tcp-1024', 'falcon')];
const SPLIT_UDP = underCase('udp-16', 'falcon');
const WHOLE_UDP = underCase('udp-16', 'falcon', false);

export const FIG12_RULES: readonly ClaimRule[] = [
  rule('headline-latency-both', casesOf(PANELS), (runs) => eachRatio(runs, PANELS, 'falcon', 'overlay', ['mean'])),
  rule('fig12a-udp-under-modest', casesOf(['a']), (runs) =>
    eachRatio(runs, ['a'], 'falcon', 'overlay', ['mean', 'p90']),
  ),
  rule('fig12a-tail-gain-larger', casesOf(['a']), (runs) =>
    TAIL.map((s) => sample(s, minus(falconGain(runs, 'a', s), falconGain(runs, 'a', 'mean')))),
  ),
  rule('fig12-udp-no-gro-split', [SPLIT_UDP, WHOLE_UDP], (runs) =>
    runs.paired([SPLIT_UDP.key, WHOLE_UDP.key], (split, whole) => meanLatency_us(split) / meanLatency_us(whole) - 1),
  ),
  rule('fig12c-udp-over-large-gain', casesOf(['c']), (runs) => eachRatio(runs, ['c'], 'falcon', 'overlay')),
  rule('fig12c-less-queueing', casesOf(['c']), (runs) => {
    const [falcon, overlay] = [panelRuns(runs, 'c', 'falcon'), panelRuns(runs, 'c', 'overlay')];
    return falcon.map((run, seed) => queueing_us(run) / queueing_us(overlay[seed]));
  }),
  rule('fig12-over-gain-exceeds-under', casesOf(['a', 'c']), (runs) => {
    const [over, under] = [falconGain(runs, 'c', 'mean'), falconGain(runs, 'a', 'mean')];
    // The highest rate of a seed has nothing to do with the fixed rate's seeds.
    const underloaded = mean(under);
    return over.map((gain) => gain - underloaded);
  }),
  rule('fig12b-tcp-under-avg-p90-native', casesOf(['b']), (runs) =>
    eachRatio(runs, ['b'], 'falcon', 'host', ['mean', 'p90']),
  ),
  rule('fig12b-tcp-under-tail-gap', casesOf(['b']), (runs) => eachRatio(runs, ['b'], 'falcon', 'host', TAIL)),
  rule('fig12d-tcp-over-near-native', casesOf(['d']), (runs) => eachRatio(runs, ['d'], 'falcon', 'host')),
  rule('fig12d-queueing-dominates', casesOf(['d']), (runs) =>
    panelRuns(runs, 'd', 'overlay').map((run) => queueing_us(run) / meanLatency_us(run)),
  ),
  rule('fig12-tcp-small-under-no-effect', SMALL_TCP, (runs) =>
    (['mean', 'p90', 'p99'] as const).map((s) =>
      sample(
        s,
        runs.paired([SMALL_TCP[1].key, SMALL_TCP[0].key], (f, o) => STATISTICS[s](f) / STATISTICS[s](o)),
      ),
    ),
  ),
  rule('fig12-falcon-never-worse', casesOf(PANELS), (runs) => eachRatio(runs, PANELS, 'falcon', 'overlay')),
  rule('fig12-latency-order', casesOf(PANELS), (runs) =>
    // Relative to the host, over panels, seed by seed.
    SYSTEMS_3.map((mode) => {
      const means = PANELS.map((panel) => latencyRatios(runs, panel, mode, 'host', 'mean'));
      const seeds = Math.min(...means.map((m) => m.length));
      const values = Array.from({ length: seeds }, (_, i) => sum(means.map((m) => m[i])) / means.length);
      return sample(mode === 'overlay' ? 'con' : mode, values);
    }),
  ),
];
