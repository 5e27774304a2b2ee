import type { FigureRun } from '../cases';
import { fixedCase, INTERRUPT_RATE_PPS } from '../experiments/load';
import { fiveFlowsCase } from '../experiments/load';
import { pollsCase } from '../experiments/mechanisms';
import { coreLoads, netRxCount, rescheduleCount } from '../measures';
import { polledPerPacket } from './journeys';
import { ratios, rule } from './rule';
import type { ClaimRule } from './scoreboard';
import * as stats from 'simple-statistics';

const HOST = fixedCase('host', INTERRUPT_RATE_PPS);
const OVERLAY = fixedCase('overlay', INTERRUPT_RATE_PPS);
const MANY = [fiveFlowsCase('host'), fiveFlowsCase('overlay')];

/** Spread of load over the cores that do anything. */
export function loadSpread(run: FigureRun): number {
  const loads = [...coreLoads(run).values()].filter((load) => load > 0.01);
  return loads.length === 0 ? 0 : stats.standardDeviation(loads);
}

export const FIG04_RULES: readonly ClaimRule[] = [
  rule('fig4-net-rx-ratio', [HOST, OVERLAY], (runs) => ratios(runs, OVERLAY, HOST, netRxCount)),
  rule('fig4-three-times-callgraph', [pollsCase('host'), pollsCase('overlay')], (runs) =>
    ratios(runs, pollsCase('overlay'), pollsCase('host'), polledPerPacket),
  ),
  rule('fig4-res-higher', [HOST, OVERLAY], (runs) => ratios(runs, OVERLAY, HOST, rescheduleCount)),
  rule('fig4-res-from-imbalance', MANY, (runs) => {
    const points = MANY.flatMap((c) => runs.of(c.key));
    return [stats.sampleCorrelation(points.map(loadSpread), points.map(rescheduleCount))];
  }),
];
