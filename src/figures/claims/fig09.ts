import type { FigureRun } from '../cases';
import { firstStageCase, type FirstStageLoad } from '../experiments/load';
import { coreLoad, coreLoads, sum } from '../measures';
import { rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const WHOLE = firstStageCase('tcp-4096', false);
const SPLIT = firstStageCase('tcp-4096', true);
const OTHERS: readonly FirstStageLoad[] = ['tcp-1024', 'udp-16', 'udp-1024'];
const FIRST_CORE = 0;
const SPLIT_CORE = 7;

/** Functions of the kernel that stand for skb allocation, by kernel and driver. */
export const ALLOCATION = /skb_from_cqe|construct_skb|alloc_skb|build_skb/;
export const GRO = /gro_receive/;

/** Share of one core's samples (busy or idle) whose stack has a function that matches. */
export function sampleShare(run: FigureRun, cpu: number, functions: RegExp): number {
  const table = run.tables.samples;
  if (table === undefined) throw new Error(`run ${run.id} has no stack samples`);
  const [cpus, stacks] = [table.column('cpu'), table.column('stack')];
  let [all, matching] = [0, 0];
  for (let i = 0; i < table.numRows; i++) {
    if (cpus.at(i) !== cpu) continue;
    all++;
    if (functions.test(stacks.at(i) as string)) matching++;
  }
  if (all === 0) throw new Error(`run ${run.id} has no samples of CPU ${cpu}`);
  return matching / all;
}

const groShare = (run: FigureRun): number => sampleShare(run, FIRST_CORE, GRO);

export const FIG09_RULES: readonly ClaimRule[] = [
  rule('fig9a-first-stage-saturates', [WHOLE], (runs) => runs.values(WHOLE.key, (run) => coreLoad(run, FIRST_CORE))),
  rule('fig9a-skb-alloc-45', [WHOLE], (runs) =>
    runs.values(WHOLE.key, (run) => sampleShare(run, FIRST_CORE, ALLOCATION)),
  ),
  rule('fig9a-gro-45', [WHOLE], (runs) => runs.values(WHOLE.key, groShare)),
  rule(
    'fig9a-not-saturated-small',
    OTHERS.map((load) => firstStageCase(load, false)),
    (runs) =>
      OTHERS.map((load) =>
        sample(
          load,
          runs.values(firstStageCase(load, false).key, (run) => coreLoad(run, FIRST_CORE)),
        ),
      ),
  ),
  rule('gro-heavy-only-large-tcp', [WHOLE, ...OTHERS.map((load) => firstStageCase(load, false))], (runs) => {
    const others = OTHERS.map((load) => runs.values(firstStageCase(load, false).key, groShare));
    return [
      sample(
        'UDP, small TCP',
        others[0].map((_, seed) => Math.max(...others.map((o) => o[seed]))),
      ),
      sample('large TCP', runs.values(WHOLE.key, groShare)),
    ];
  }),
  rule('fig9b-splitting-halves', [SPLIT], (runs) =>
    runs.values(SPLIT.key, (run) => {
      const softirq = coreLoads(run, ['softirq']);
      const halves = [FIRST_CORE, SPLIT_CORE].map((cpu) => softirq.get(cpu) ?? 0);
      return Math.max(...halves) / sum(halves);
    }),
  ),
];
