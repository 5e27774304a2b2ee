import { analyticModel } from '../analysis';
import type { ExperimentInput } from '../experiment';
import { resolveExperiment } from '../experiment';
import { simulate } from '../sim';
import type { Check, VerifyLine } from './check';
import { counterOf } from './counters';
import { FALCON, RPS } from './paths';

const DURATION_S = 0.2;

/** From far below the bound to far above it. Without variation of service times the bound holds exactly. */
function experiments(seed: number): ExperimentInput[] {
  const paths: [string, ExperimentInput][] = [
    ['host', { topology: 'host', steering: { rps: RPS } }],
    ['overlay on one core', {}],
    ['overlay with RPS', { steering: { rps: RPS } }],
    ['overlay with Falcon', { steering: { rps: RPS, stages: FALCON } }],
  ];
  return paths.flatMap(([name, path]) =>
    [300_000, 1_500_000].map((rate_pps) => ({
      ...path,
      name: `${name}, ${rate_pps / 1e6} Mpps offered`,
      seed,
      duration_s: DURATION_S,
      warmup_s: 0.05,
      costs: { 'cpu.variation': 0 },
      traffic: { kind: 'udp' as const, rate_pps, clients: 6 },
    })),
  );
}

function verifyBound(input: ExperimentInput): VerifyLine {
  const experiment = resolveExperiment(input);
  const { bound_pps } = analyticModel(input);
  const { tables } = simulate(experiment);
  // What was already beyond the bottleneck when measuring began is delivered on top.
  const most = Math.floor(bound_pps * DURATION_S) + counterOf(tables, 'in flight at start');
  const delivered = counterOf(tables, 'delivered');
  return {
    check: `bottleneck bound: ${experiment.name}`,
    quantity: 'packets delivered',
    expected: `at most ${most}`,
    observed: `${delivered}`,
    method: 'bound by the packets’ own work on the busiest core',
    passed: delivered <= most,
  };
}

/** No run delivers more than the work for its packets leaves room for on the busiest core. */
export const bottleneckCheck: Check = {
  title: 'bottleneck bound',
  *run({ seed }) {
    for (const input of experiments(seed)) yield verifyBound(input);
  },
};
