import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExperimentInput, TrafficInput } from '../../src/experiment';
import { counter, drops, received, RPS, run, runMachine } from './support';

const traffic: fc.Arbitrary<TrafficInput> = fc.oneof(
  fc.record({
    kind: fc.constant('udp' as const),
    flows: fc.integer({ min: 1, max: 6 }),
    message_bytes: fc.constantFrom(1, 16, 1472, 4096, 65507),
    rate_pps: fc.constantFrom<number | 'stress'>(1000, 200000, 'stress'),
    clients: fc.integer({ min: 1, max: 4 }),
    arrivals: fc.constantFrom<'constant' | 'poisson' | { burst: number }>('constant', 'poisson', { burst: 40 }),
    appCpus: fc.constantFrom([2], [0], [1, 2, 3]),
  }),
  fc.record({
    kind: fc.constant('tcp' as const),
    flows: fc.integer({ min: 1, max: 6 }),
    message_bytes: fc.constantFrom(16, 4096, 65536),
    rate_pps: fc.constantFrom<number | 'bulk'>(1000, 20000, 'bulk'),
    window_bytes: fc.constantFrom(65536, 3145728),
    appCpus: fc.constantFrom([2], [0], [1, 2, 3]),
  }),
);

const experiment = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  machine: fc.constant({ cpus: 6 }),
  profile: fc.constantFrom('linux-5.4-mlx5', 'linux-4.19-mlx5', 'linux-5.4-ixgbe', 'linux-4.19-ixgbe'),
  topology: fc.constantFrom('host', 'overlay', 'weave', 'calico', 'calico-ipip', 'asap2'),
  containers: fc.integer({ min: 1, max: 3 }),
  nic: fc.record({
    queues: fc.integer({ min: 1, max: 3 }),
    irqCpus: fc.constantFrom([0], [0, 1, 5]),
    ring: fc.constantFrom(16, 1024),
  }),
  costs: fc.constantFrom({}, { 'nic.flowControl': 0 }, { 'kernel.maxBacklog': 20 }),
  steering: fc.record({
    rps: fc.constantFrom([], [{ device: 'eth0', cpus: [1] }]),
    stages: fc.constantFrom(
      { policy: 'none' as const },
      { policy: 'falcon' as const, cpus: [3, 4, 5] },
      {
        policy: 'falcon' as const,
        cpus: [3, 4],
        variant: 'paper' as const,
        balancing: 'static' as const,
        alwaysOn: true,
      },
      { policy: 'least-loaded' as const, cpus: [3, 4, 5] },
      { policy: 'spray' as const, cpus: [3, 4, 5] },
    ),
    groSplit: fc.constantFrom(null, { cpus: [5] }, { cpus: [4, 5], protocols: ['tcp', 'udp'] as ('tcp' | 'udp')[] }),
  }),
  traffic: fc.array(traffic, { minLength: 1, maxLength: 2 }),
});

describe('simulate', () => {
  it('conserves packets exactly, and time on every core, in any experiment', () => {
    fc.assert(
      fc.property(experiment, (drawn) => {
        const input = drawn as unknown as ExperimentInput;
        const result = run({ ...input, duration_s: 0.004, warmup_s: 0.002 });
        const inflow = counter(result, 'offered') + counter(result, 'in flight at start');
        const outflow = counter(result, 'delivered') + counter(result, 'dropped') + counter(result, 'in flight at end');
        expect(outflow).toBe(inflow);
        expect([...drops(result).values()].reduce((sum, n) => sum + n, 0)).toBe(counter(result, 'dropped'));
        const byCpu = new Map<number, number>();
        for (const row of result.tables.cpuTime?.rows() ?? []) {
          if (row.time_s > 0.0039) byCpu.set(row.cpu, (byCpu.get(row.cpu) ?? 0) + row.busy_s);
        }
        // A handler that runs across a reading is counted when it begins, hence the microseconds.
        for (const [, busy_s] of byCpu) expect(Math.abs(busy_s - 0.004)).toBeLessThan(2e-5);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    const input: ExperimentInput = {
      steering: RPS,
      traffic: { kind: 'udp', clients: 3 },
      emit: { samples_hz: 5000, events: 500, journeys: 50 },
    };
    const print = (seed: number): string =>
      JSON.stringify(Object.values(run({ ...input, seed }).tables).map((table) => [...table.rows()]));
    expect(print(3)).toBe(print(3));
    expect(print(4)).not.toBe(print(3));
  });

  it('keeps the order of a flow under RPS and static Falcon, and loses it under spraying', () => {
    const input = { duration_s: 0.05, traffic: { kind: 'udp' as const, rate_pps: 300000 } };
    const falcon = { policy: 'falcon' as const, cpus: [3, 4, 5, 6], balancing: 'static' as const };
    expect(counter(run({ ...input, steering: RPS }), 'out of order')).toBe(0);
    expect(counter(run({ ...input, steering: { ...RPS, stages: falcon } }), 'out of order')).toBe(0);
    const sprayed = run({ ...input, steering: { ...RPS, stages: { policy: 'spray', cpus: [3, 4, 5] } } });
    expect(counter(sprayed, 'out of order')).toBeGreaterThan(100);
  });

  it('gives figure 11 its core roles: the overlay bound by core 1, the application busiest in host and Falcon', () => {
    const roles = (topology: string, stages?: NonNullable<ExperimentInput['steering']>['stages']) => {
      const { readings, plan, machine } = runMachine({
        traffic: { kind: 'udp', clients: 3 },
        topology,
        steering: { ...RPS, stages },
      });
      const [first, last] = [readings.all[0], readings.all[readings.all.length - 1]];
      const duration_ns = plan.experiment.duration_s * 1e9;
      const busy = last.contexts.map(([idle_ns], cpu) => 1 - (idle_ns - first.contexts[cpu][0]) / duration_ns);
      const lost = machine.monitors.drops.get('backlog')?.reduce((sum, packets) => sum + packets, 0) ?? 0;
      return { busy, lostAtBacklog: lost / machine.monitors.ledger.offered };
    };
    const overlay = roles('overlay');
    expect(overlay.busy[1]).toBeGreaterThan(0.99);
    expect(overlay.busy[2]).toBeLessThan(0.9);
    expect(overlay.lostAtBacklog).toBeGreaterThan(0.2);
    const host = roles('host');
    const falcon = roles('overlay', { policy: 'falcon', cpus: [3, 4, 5, 6] });
    for (const { busy, lostAtBacklog } of [host, falcon]) {
      expect(Math.max(...busy)).toBe(busy[2]);
      expect(lostAtBacklog).toBeLessThan(overlay.lostAtBacklog / 4);
    }
    expect(falcon.busy.slice(3, 7).filter((share) => share > 0.05)).toHaveLength(2);
  });

  it('loses throughput in the overlay and regains most of it with Falcon', () => {
    const input = { traffic: { kind: 'udp' as const, clients: 3 } };
    const host = received(run({ ...input, topology: 'host', steering: RPS }));
    const overlay = received(run({ ...input, steering: RPS }));
    const falcon = received(run({ ...input, steering: { ...RPS, stages: { policy: 'falcon', cpus: [3, 4, 5, 6] } } }));
    expect(overlay).toBeLessThan(0.6 * host);
    expect(falcon).toBeGreaterThan(1.5 * overlay);
    expect(falcon).toBeLessThan(host);
  });

  it('never beats the wire', () => {
    const duration_s = 0.02;
    const host = run({
      profile: 'linux-5.4-ixgbe',
      topology: 'host',
      steering: RPS,
      traffic: { kind: 'udp', message_bytes: 1472, clients: 8 },
      duration_s,
    });
    // 1472 B of payload take 1538 B of the wire at 10 Gbit/s. The rate received may exceed it by what waited at first.
    const frames = (duration_s * 10e9) / (8 * 1538);
    expect(counter(host, 'offered')).toBeLessThanOrEqual(Math.floor(frames) + 1);
    expect(counter(host, 'offered')).toBeGreaterThan(0.85 * frames);
    expect(received(host) * duration_s).toBeLessThanOrEqual(frames + 1 + counter(host, 'in flight at start'));
  });

  it('stays near the captured rates of the test bed', () => {
    const testbed = (topology: string, device?: string): number =>
      received(
        run({
          profile: 'linux-6.18-testbed',
          machine: { cpus: 2 },
          topology,
          steering: device === undefined ? {} : { rps: [{ device, cpus: [1] }] },
          traffic: { kind: 'udp', appCpus: [1] },
          duration_s: 0.05,
        }),
      );
    const within = (value: number, captured: number): void => {
      expect(Math.abs(value / captured - 1)).toBeLessThan(0.1);
    };
    within(testbed('testbed-host'), 214_000);
    within(testbed('testbed-overlay'), 95_000);
    within(testbed('testbed-overlay', 'eth0'), 133_000);
    within(testbed('testbed-overlay', 'vxlan0'), 110_000);
  });

  it('runs extra in-path functions that the user lists', () => {
    const stage = {
      id: 'ipsec',
      device: 'eth0',
      entry: 'call' as const,
      work: [{ cost: { packet_ns: 3000 }, frames: ['xfrm_input'] }],
    };
    const input: ExperimentInput = { steering: RPS, traffic: { kind: 'udp', rate_pps: 500000 } };
    const plain = received(run({ ...input, topology: 'host' }));
    const slow = received(run({ ...input, topology: { base: 'host', extra: [{ after: 'stack', stage }] } }));
    expect(slow).toBeLessThan(0.8 * plain);
  });
});
