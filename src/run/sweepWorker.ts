import type { Experiment } from '../experiment';
import { packRun } from './packedRun';
import { simulateRun } from './simulated';

/** What a worker thread of a sweep does: one experiment in, one packed run out. */
export default function runExperiment(experiment: Experiment): Uint8Array {
  return packRun(simulateRun(experiment));
}
