import { fiveFlowsCase, FIVE_FLOWS, fixedCase, SINGLE_RATE_PPS } from '../experiments/load';
import { coreLoads, hasStage, stageLoads, sum, totalLoad } from '../measures';
import type { FigureRun } from '../cases';
import { loadSpread } from './fig04';
import { minus, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const HOST = fixedCase('host', SINGLE_RATE_PPS);
const OVERLAY = fixedCase('overlay', SINGLE_RATE_PPS);
const HOST_5 = fiveFlowsCase('host');
const OVERLAY_5 = fiveFlowsCase('overlay');
const PAIRS = [
  ['one flow', HOST, OVERLAY],
  ['five flows', HOST_5, OVERLAY_5],
] as const;
const ALL = [HOST, OVERLAY, HOST_5, OVERLAY_5];

const softirqLoad = (run: FigureRun): number => totalLoad(run, ['softirq']);

/** Cores that spend more than a hundredth of their time in softirqs. */
export function softirqCores(run: FigureRun): number {
  return [...coreLoads(run, ['softirq']).values()].filter((load) => load > 0.01).length;
}

/** Cores that run stages behind the packet steering. */
export function processingCores(run: FigureRun): number {
  const cpus = stageLoads(run).filter((s) => STEERED.some((stage) => hasStage(s, stage)) && s.packets > 0);
  return new Set(cpus.map((s) => s.cpu)).size;
}

/** Softirq stages that follow RPS: host stack; outer headers, tunnel, bridge and container stack. */
const STEERED = ['stack', 'outer', 'tunnel', 'bridge', 'container'];

export const FIG05_RULES: readonly ClaimRule[] = [
  rule('fig5-cpu-higher', ALL, (runs) =>
    PAIRS.map(([label, host, overlay]) =>
      sample(
        label,
        minus(
          runs.values(overlay.key, (r) => totalLoad(r)),
          runs.values(host.key, (r) => totalLoad(r)),
        ),
      ),
    ),
  ),
  rule('fig5-extra-mostly-softirq', ALL, (runs) =>
    PAIRS.map(([label, host, overlay]) =>
      sample(
        label,
        runs.paired(
          [overlay.key, host.key],
          (o, h) => (softirqLoad(o) - softirqLoad(h)) / (totalLoad(o) - totalLoad(h)),
        ),
      ),
    ),
  ),
  rule('fig5-stacked-core1', [OVERLAY], (runs) =>
    runs.values(OVERLAY.key, (run) => {
      const loads = [...coreLoads(run, ['softirq']).values()];
      return Math.max(...loads) / sum(loads);
    }),
  ),
  rule('fig5-single-two-cores', [HOST, OVERLAY], (runs) =>
    [HOST, OVERLAY].map((c) => sample(c.key, runs.values(c.key, softirqCores))),
  ),
  rule('fig5-multi-five-cores', [HOST_5, OVERLAY_5], (runs) =>
    [HOST_5, OVERLAY_5].map((c) => sample(`${c.key}, ${FIVE_FLOWS} flows`, runs.values(c.key, processingCores))),
  ),
  rule('fig5-overlay-imbalance', [HOST_5, OVERLAY_5], (runs) =>
    runs.paired([OVERLAY_5.key, HOST_5.key], (overlay, host) => loadSpread(overlay) - loadSpread(host)),
  ),
];
