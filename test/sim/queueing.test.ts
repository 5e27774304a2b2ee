import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Station } from '../../src/sim/queueing';
import { simulateTandem } from '../../src/sim/queueing';

const station: fc.Arbitrary<Station> = fc.record({
  servers: fc.integer({ min: 1, max: 4 }),
  service: fc.constantFrom('exponential' as const, 'deterministic' as const),
  meanService_ns: fc.integer({ min: 0, max: 3000 }),
  capacity: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
});

describe('simulateTandem', () => {
  it('loses no customer, and obeys Little’s law to the nanosecond, whatever the stations', () => {
    fc.assert(
      fc.property(fc.array(station, { minLength: 1, maxLength: 4 }), fc.nat(), (stations, seed) => {
        const run = simulateTandem({ meanInterarrival_ns: 1000, stations }, { customers: 2000, seed });
        let arriving = 2000;
        for (const result of run.stations) {
          expect(result.arrivals).toBe(arriving);
          expect(result.departures + result.lost).toBe(arriving);
          expect(result.present_ns).toBe(result.sojourn_ns);
          arriving = result.departures;
        }
      }),
      { numRuns: 50 },
    );
  });

  it('serves one by one in order of arrival: constant service after constant service never waits', () => {
    const same: Station = { servers: 1, service: 'deterministic', meanService_ns: 100 };
    const { stations } = simulateTandem(
      { meanInterarrival_ns: 50, stations: [same, same] },
      { customers: 1000, seed: 1 },
    );
    expect(stations[0].sojourn_ns).toBeGreaterThan(1000 * 100);
    expect(stations[1].sojourn_ns).toBe(1000 * 100);
  });

  it('repeats with its seed, counts events, and measures only after the warm-up', () => {
    const tandem = {
      meanInterarrival_ns: 1000,
      stations: [{ servers: 1, service: 'exponential', meanService_ns: 800 }],
    };
    const run = (seed: number, warmup = 0) =>
      simulateTandem(tandem as Parameters<typeof simulateTandem>[0], { customers: 5000, seed, warmup });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1).events).toBe(10_000);
    expect(run(1, 1000).stations[0].arrivals).toBe(4000);
    expect(run(1, 1000).time_ns).toBeLessThan(run(1).time_ns);
  });

  it('of nobody is empty', () => {
    expect(simulateTandem({ meanInterarrival_ns: 1, stations: [] }, { customers: 0, seed: 1 })).toEqual({
      stations: [],
      time_ns: 0,
      events: 0,
    });
  });
});
