import { profileOf } from '../experiment';
import type { Experiment } from '../experiment';
import { simulate } from '../sim';
import type { Run } from './run';

/** Runs an experiment in the simulator. */
export function simulateRun(experiment: Experiment): Run {
  const result = simulate(experiment);
  return {
    id: experiment.name,
    source: 'simulated',
    tables: result.tables,
    provenance: {
      summary: `simulated: ${experiment.topology.title}; ${profileOf(experiment).title}; ${experiment.duration_s} s, seed ${experiment.seed}`,
      details: { experiment, profile: profileOf(experiment) },
    },
    diagnostics: [],
  };
}
