import type { Station } from '../sim';
import { simulateTandem } from '../sim';
import type { Check } from './check';
import { compareExactly } from './check';

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
export const littlesLawCheck: Check = {
  title: "Little's law",
  *run({ seed }) {
    const { stations } = simulateTandem(
      { meanInterarrival_ns: 1000, stations: STATIONS },
      { customers: 200_000, seed },
    );
    for (let i = 0; i < stations.length; i++) {
      const { present_ns, sojourn_ns } = stations[i];
      yield compareExactly(
        `Little's law, queue ${i + 1}`,
        '∫ present dt = Σ sojourn',
        `${sojourn_ns} ns`,
        `${present_ns} ns`,
      );
    }
  },
};
