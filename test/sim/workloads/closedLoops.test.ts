import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExperimentInput, TrafficInput } from '../../../src/experiment';
import { counter, received, run } from '../support';

const cpus = fc.constantFrom([2], [0], [1, 2, 3]);

const traffic: fc.Arbitrary<TrafficInput> = fc.oneof(
  fc.record({
    kind: fc.constant('memcached' as const),
    clients: fc.integer({ min: 1, max: 8 }),
    connections: fc.integer({ min: 8, max: 60 }),
    pipeline: fc.constantFrom(1, 3),
    serverThreads: fc.integer({ min: 1, max: 5 }),
    object_bytes: fc.constantFrom(1, 550, 1300),
    getRatio: fc.constantFrom(0, 0.5, 1),
    think_us: fc.constantFrom(0, 50),
    udpRatio: fc.constantFrom(0, 0.4, 1),
    appCpus: cpus,
  }),
  fc.record({
    kind: fc.constant('web' as const),
    users: fc.integer({ min: 1, max: 30 }),
    workers: fc.integer({ min: 1, max: 12 }),
    think_s: fc.constantFrom(0, 0.002),
    request_bytes: fc.constantFrom(300, 4000),
    answer_bytes: fc.constantFrom(10, 90_000),
    appCpus: cpus,
    tiers: fc.constantFrom('local' as const, 'remote' as const),
    cacheCpu: fc.constantFrom(4, 0),
    databaseCpu: fc.constantFrom(5, 0),
  }),
);

const experiment: fc.Arbitrary<ExperimentInput> = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  machine: fc.constant({ cpus: 6 }),
  topology: fc.constantFrom('host', 'overlay', 'weave', 'calico', 'calico-ipip', 'asap2'),
  costs: fc.constantFrom<Record<string, number>[]>({}, { 'kernel.maxBacklog': 2 }),
  steering: fc.record({
    rps: fc.constantFrom([], [{ device: 'eth0', cpus: [1] }]),
    stages: fc.constantFrom(
      { policy: 'none' as const },
      { policy: 'falcon' as const, cpus: [3, 4, 5] },
      { policy: 'spray' as const, cpus: [3, 4, 5] },
    ),
    groSplit: fc.constantFrom(null, { cpus: [5] }, { cpus: [4, 5], protocols: ['tcp', 'udp'] as ('tcp' | 'udp')[] }),
  }),
  traffic: fc.array(traffic, { minLength: 1, maxLength: 2 }),
});

describe('closed loops', () => {
  it('conserve packets exactly and keep going, alone and together, in any experiment', () => {
    fc.assert(
      fc.property(experiment, (input) => {
        const result = run({ ...input, duration_s: 0.02, warmup_s: 0.005 });
        const inflow = counter(result, 'offered') + counter(result, 'in flight at start');
        const outflow = counter(result, 'delivered') + counter(result, 'dropped') + counter(result, 'in flight at end');
        expect(outflow).toBe(inflow);
        // A lost request holds up those behind it on its connection for longer than this run.
        if (Object.keys(input.costs ?? {}).length === 0) expect(received(result)).toBeGreaterThan(0);
      }),
      { numRuns: 25, seed: 11 },
    );
  });
});
