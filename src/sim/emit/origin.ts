import { NS_PER_S } from '../../core/units';
import type { Nanoseconds, Seconds } from '../../core';
import type { Experiment } from '../../experiment';
import type { Machine } from '../machine';

/** The columns that every table of a simulation starts with. */
export const Origin = {
  of: (experiment: Experiment) => ({ source: 'simulated' as const, run: experiment.name }),
};

/** Time in tables: seconds since measuring began. */
export function seconds(machine: Machine, time_ns: Nanoseconds): Seconds {
  return (time_ns - machine.start_ns) / NS_PER_S;
}
