import { resolveExperiment } from '../../src/experiment';
import type { ExperimentInput } from '../../src/experiment';
import { compilePlan } from '../../src/sim/plan';
import { Simulator } from '../../src/sim/simulator';
import { simulate } from '../../src/sim';
import type { SimulationResult } from '../../src/sim';

/** A short experiment; what a test does not state is the default. */
export function run(input: ExperimentInput): SimulationResult {
  return simulate(resolveExperiment({ duration_s: 0.02, warmup_s: 0.01, ...input }));
}

/** As `run`, for looking into the machine afterwards. */
export function runMachine(input: ExperimentInput): Simulator {
  const simulator = new Simulator(compilePlan(resolveExperiment({ duration_s: 0.02, warmup_s: 0.01, ...input })));
  simulator.run();
  return simulator;
}

export function counter(result: SimulationResult, name: string): number {
  for (const row of result.tables.counters?.rows() ?? []) if (row.name === name) return row.value;
  throw new Error(`no counter ${name}`);
}

export function drops(result: SimulationResult): Map<string, number> {
  const places = new Map<string, number>();
  for (const { place, packets } of result.tables.drops?.rows() ?? []) {
    places.set(place, (places.get(place) ?? 0) + packets);
  }
  return places;
}

/** Packets per second that arrived at applications. */
export function received(result: SimulationResult): number {
  let sum = 0;
  for (const row of result.tables.messageRates?.rows() ?? []) sum += row.received_pps ?? 0;
  return sum;
}

export const RPS = { rps: [{ device: 'eth0', cpus: [1] }] };
