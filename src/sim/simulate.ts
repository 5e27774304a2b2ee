import type { Experiment } from '../experiment';
import type { RunTableName, Table, runSchemas } from '../table';
import { counterTables } from './emit/counterTables';
import { measurementTables } from './emit/measurementTables';
import { queuesTable } from './emit/queuesTable';
import { compilePlan } from './plan';
import { Simulator } from './simulator';

/** Tables that a simulation may fill, by the names of a run's tables. */
export type SimulationTables = { [K in RunTableName]?: Table<(typeof runSchemas)[K]> };

export interface SimulationResult {
  readonly experiment: Experiment;
  readonly tables: SimulationTables;
  /** Events of the simulation, a measure of its work. */
  readonly events: number;
}

/**
 * Simulates an experiment from rest through its warm-up to the end of measuring. Same experiment, same result,
 * byte for byte. Counters in the tables start at 0 when measuring begins; times count from there.
 */
export function simulate(experiment: Experiment): SimulationResult {
  const simulator = new Simulator(compilePlan(experiment));
  simulator.run();
  const { machine, readings, sampler } = simulator;
  const { events, journeys } = machine.monitors;
  return {
    experiment,
    tables: {
      ...counterTables(machine, readings),
      ...measurementTables(machine),
      queues: queuesTable(machine, readings),
      ...(sampler === null ? {} : sampler.finish()),
      ...(events === null ? {} : { events: events.finish() }),
      ...(journeys === null ? {} : { journeys: journeys.finish() }),
    },
    events: machine.queue.popped,
  };
}
