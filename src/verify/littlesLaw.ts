import type { ExperimentInput } from '../experiment';
import { resolveExperiment } from '../experiment';
import type { SimulationTables, Station } from '../sim';
import { simulate, simulateTandem } from '../sim';
import type { Check, VerifyLine } from './check';
import { compareExactly } from './check';
import { RPS } from './paths';

const STATIONS: readonly Station[] = [
  { servers: 1, service: 'exponential', meanService_ns: 700 },
  { servers: 3, service: 'exponential', meanService_ns: 2500 },
  { servers: 1, service: 'deterministic', meanService_ns: 950, capacity: 12 },
  { servers: 1, service: 'exponential', meanService_ns: 1500 },
];

/**
 * Little's law L = λW on a run that starts and ends empty is an identity: the integral of the number
 * present equals the sum of the times spent. The two are counted apart, in whole nanoseconds, so they
 * must agree to the last one, in every queue: with several servers, with loss, and overloaded.
 */
function* verifyTandem(seed: number): Generator<VerifyLine, void, undefined> {
  const { stations } = simulateTandem({ meanInterarrival_ns: 1000, stations: STATIONS }, { customers: 200_000, seed });
  for (let i = 0; i < stations.length; i++) {
    const { present_ns, sojourn_ns } = stations[i];
    yield compareExactly(
      `Little's law, queue ${i + 1} of a tandem`,
      '∫ present dt = Σ sojourn',
      `${sojourn_ns} ns`,
      `${present_ns} ns`,
    );
  }
}

/** Between them every kind of queue of the receive path, at rest, filling up and overflowing. */
const EXPERIMENTS: readonly ExperimentInput[] = [
  {
    name: 'overlay, overloaded',
    steering: { rps: RPS },
    traffic: { kind: 'udp', rate_pps: 1_000_000, clients: 4 },
  },
  {
    name: 'overlay, veth steered by RPS',
    steering: {
      rps: [
        { device: 'eth0', cpus: [1] },
        { device: 'veth0', cpus: [3] },
      ],
    },
    traffic: { kind: 'udp', rate_pps: 300_000, arrivals: 'poisson' },
  },
  {
    name: 'Falcon, GRO split, bulk TCP',
    steering: {
      rps: RPS,
      stages: { policy: 'falcon', cpus: [3, 4, 5, 6, 7], alwaysOn: true },
      groSplit: { cpus: [8] },
    },
    traffic: { kind: 'tcp', flows: 2 },
  },
];

/** Rounding of a hundred thousand additions of doubles stays far below it. */
const ROUNDING = 1e-9;

interface QueueTotals {
  readonly queue: string;
  readonly cpu: number;
  readonly start: { readonly time_s: number; readonly length: number };
  /** Packets times seconds, from the lengths. */
  present_s: number;
  end: { readonly time_s: number; readonly joined: number; readonly waited_s: number };
}

function totalsOf({ queues }: SimulationTables): QueueTotals[] {
  const totals = new Map<string, QueueTotals>();
  for (const row of queues?.rows() ?? []) {
    const key = `${row.queue} ${row.device} ${row.cpu}`;
    const known = totals.get(key);
    if (known === undefined) totals.set(key, { ...row, start: row, present_s: 0, end: row });
    else {
      known.present_s += (row.mean_length ?? 0) * (row.time_s - known.end.time_s);
      known.end = row;
    }
  }
  return [...totals.values()];
}

/** What a CPU's backlog serves: the stages of the CPU, but for those with queues of their own. */
function purposeOf({ queue, cpu }: QueueTotals, { stages }: SimulationTables): string {
  if (queue !== 'backlog') return '';
  const served = [...(stages?.rows() ?? [])].filter((row) => row.cpu === cpu && row.stage !== 'application');
  return ` (${served.map((row) => row.stage).join(', ')})`;
}

/**
 * L = λW in every queue of the simulated machine. L is the time average of the length; λ counts the packets that
 * joined or were there at the start, W is their mean time in the queue within the run. The ends of the run are
 * thereby accounted for, and only rounding is left.
 */
function* verifyMachine(seed: number): Generator<VerifyLine, void, undefined> {
  for (const input of EXPERIMENTS) {
    const experiment = resolveExperiment({ ...input, seed, duration_s: 0.1, warmup_s: 0.05 });
    const { tables } = simulate(experiment);
    for (const totals of totalsOf(tables)) {
      const { queue, cpu, start, present_s, end } = totals;
      const time_s = end.time_s - start.time_s;
      const packets = start.length + end.joined;
      const rate_pps = packets / time_s;
      const wait_s = end.waited_s / packets;
      const mean = present_s / time_s;
      const throughput = `λ ${rate_pps.toPrecision(5)}/s, W ${(1e6 * wait_s).toPrecision(5)} µs`;
      yield {
        check: `Little's law, ${experiment.name}: ${queue} of CPU ${cpu}${purposeOf(totals, tables)}`,
        quantity: `mean length L = λW with ${throughput}`,
        expected: (rate_pps * wait_s).toPrecision(10),
        observed: mean.toPrecision(10),
        method: `relative tolerance ${ROUNDING}, rounding`,
        passed: packets > 0 && Math.abs(mean - rate_pps * wait_s) <= ROUNDING * mean,
      };
    }
  }
}

/** In the queues of the tandem, and in all those of the receive path. */
export const littlesLawCheck: Check = {
  title: "Little's law",
  *run({ seed }) {
    yield* verifyTandem(seed);
    yield* verifyMachine(seed);
  },
};
