import { analyticModel } from '../analysis';
import type { ExperimentInput } from '../experiment';
import { resolveExperiment } from '../experiment';
import type { SimulationTables } from '../sim';
import { simulate } from '../sim';
import type { Check, VerifyLine } from './check';
import { FALCON, RPS } from './paths';

const TOLERANCE = 0.05;
/** Share of a core's time below which it counts for nothing: ticks of idle cores and the like. */
const IDLE_SHARE = 0.01;

/** Below the bottleneck's limit, but for TCP in bulk, which fills it. */
function experiments(seed: number): ExperimentInput[] {
  const paths: [string, ExperimentInput][] = [
    ['host', { topology: 'host', steering: { rps: RPS } }],
    ['overlay', { steering: { rps: RPS } }],
    ['Falcon', { steering: { rps: RPS, stages: FALCON } }],
    ['Falcon, GRO split', { steering: { rps: RPS, stages: FALCON, groSplit: { cpus: [8] } } }],
  ];
  const traffic: [string, ExperimentInput['traffic']][] = [
    ['UDP 50 kpps', { kind: 'udp', rate_pps: 50_000 }],
    ['8 UDP flows of 30 kpps', { kind: 'udp', flows: 8, rate_pps: 30_000, appCpus: [2, 9] }],
    ['TCP 50 kpps, 4096 B', { kind: 'tcp', rate_pps: 50_000 }],
    ['TCP in bulk', { kind: 'tcp' }],
  ];
  return paths.flatMap(([path, input]) =>
    traffic.map(([load, one]) => ({
      ...input,
      name: `${path}, ${load}`,
      seed,
      duration_s: 0.2,
      warmup_s: 0.1,
      containers: 8,
      nic: { moderation: { mode: 'fixed' as const, usecs: 16, frames: 32 } },
      traffic: one,
    })),
  );
}

function busyShares({ cpuTime }: SimulationTables): Map<number, number> {
  const rows = [...(cpuTime?.rows() ?? [])];
  const end_s = Math.max(...rows.map((row) => row.time_s));
  const shares = new Map<number, number>();
  for (const { time_s, cpu, context, busy_s } of rows) {
    if (time_s === end_s && context !== 'idle') shares.set(cpu, (shares.get(cpu) ?? 0) + busy_s / end_s);
  }
  return shares;
}

function* verifyModel(input: ExperimentInput): Generator<VerifyLine, void, undefined> {
  const { cores, throughput_pps, bottleneck } = analyticModel(input);
  const { tables, experiment } = simulate(resolveExperiment(input));
  const check = `analytic model: ${experiment.name}`;
  const method = `relative tolerance ${TOLERANCE}`;
  const shares = busyShares(tables);
  const expected = new Map(cores.map(({ cpu, utilisation }) => [cpu, utilisation]));
  const deviation = (cpu: number): number => Math.abs((expected.get(cpu) ?? 0) / (shares.get(cpu) ?? 0) - 1);
  // TCP in bulk comes in bursts of acknowledgements: what counts is the core that bounds it.
  const bulk = experiment.traffic.some((one) => one.kind === 'tcp' && one.rate_pps === 'bulk');
  const busy = [...shares.keys()].filter((cpu) =>
    bulk ? cpu === bottleneck.cpu : (shares.get(cpu) ?? 0) > IDLE_SHARE,
  );
  const worst = busy.reduce((most, cpu) => (deviation(cpu) > deviation(most) ? cpu : most));
  yield {
    check,
    quantity: `utilisation of the core that differs most of ${busy.length}, CPU ${worst}`,
    expected: (expected.get(worst) ?? 0).toPrecision(4),
    observed: (shares.get(worst) ?? 0).toPrecision(4),
    method,
    passed: deviation(worst) <= TOLERANCE,
  };
  const received_pps = [...(tables.messageRates?.rows() ?? [])].reduce((sum, row) => sum + (row.received_pps ?? 0), 0);
  yield {
    check,
    quantity: 'messages received, 1/s',
    expected: throughput_pps.toPrecision(5),
    observed: received_pps.toPrecision(5),
    method,
    passed: Math.abs(throughput_pps / received_pps - 1) <= TOLERANCE,
  };
}

/** Utilisation and throughput without a simulation against the simulator. */
export const analyticCheck: Check = {
  title: 'analytic model',
  *run({ seed }) {
    for (const input of experiments(seed)) yield* verifyModel(input);
  },
};
