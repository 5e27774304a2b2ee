import type { FigureRun } from '../cases';
import { stressCase } from '../experiments/stress';
import { coreLoad, coreLoads, hasStage, receivedRate_pps, stageLoads } from '../measures';
import { minus, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const [HOST, OVERLAY, FALCON] = (['host', 'overlay', 'falcon'] as const).map((m) => stressCase(m, '100G', '5.4', 16));
const [STACK_CORE, APP_CORE] = [1, 2];

/** A core counts as busy above a twentieth; timer ticks alone stay far below. */
export function busyCores(run: FigureRun): number {
  return [...coreLoads(run).values()].filter((load) => load > 0.05).length;
}

const appCost = (run: FigureRun): number => coreLoad(run, APP_CORE) / receivedRate_pps(run);

function busiest(loads: ReadonlyMap<number, number>): number {
  return [...loads].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

/** The core that serves most packets of the given stages. */
function coreOf(run: FigureRun, stages: readonly string[]): number {
  const packets = new Map<number, number>();
  for (const s of stageLoads(run)) {
    if (stages.some((stage) => hasStage(s, stage))) packets.set(s.cpu, (packets.get(s.cpu) ?? 0) + s.packets);
  }
  return busiest(packets);
}

export const FIG11_RULES: readonly ClaimRule[] = [
  rule('fig11-vanilla-three-cores', [HOST, OVERLAY], (runs) =>
    [HOST, OVERLAY].map((c) => sample(c.key, runs.values(c.key, busyCores))),
  ),
  rule('fig11-core-roles', [HOST, OVERLAY], (runs) => {
    const vanilla = [...runs.of(HOST.key), ...runs.of(OVERLAY.key)];
    return [
      sample(
        'core0: hardirq+first softirq',
        vanilla.map((run) => coreOf(run, ['nic'])),
      ),
      sample(
        'core1: other softirqs',
        vanilla.map((run) => coreOf(run, ['outer', 'stack'])),
      ),
      sample(
        'core2: user copy+app',
        vanilla.map((run) => busiest(coreLoads(run, ['user', 'system']))),
      ),
    ];
  }),
  rule('fig11-core1-overloaded', [OVERLAY], (runs) => runs.values(OVERLAY.key, (run) => coreLoad(run, STACK_CORE))),
  rule('fig11-falcon-two-extra', [OVERLAY, FALCON], (runs) =>
    minus(runs.values(FALCON.key, busyCores), runs.values(OVERLAY.key, busyCores)),
  ),
  rule('fig11-host-core2-bound', [HOST], (runs) => runs.values(HOST.key, (run) => coreLoad(run, APP_CORE))),
  rule('fig11-falcon-core2-bound', [FALCON], (runs) => runs.values(FALCON.key, (run) => coreLoad(run, APP_CORE))),
  rule('fig11-app-cost-higher', [HOST, FALCON], (runs) => ratios(runs, FALCON, HOST, appCost)),
];
