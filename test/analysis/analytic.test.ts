import { describe, expect, it } from 'vitest';
import { analyticModel } from '../../src/analysis/analytic';
import type { ExperimentInput } from '../../src/experiment';
import { resolveExperiment } from '../../src/experiment';
import { simulate } from '../../src/sim';

const RPS = [{ device: 'eth0', cpus: [1] }];
const FALCON = { policy: 'falcon', cpus: [3, 4, 5, 6, 7], alwaysOn: true } as const;
const FIXED = { moderation: { mode: 'fixed', usecs: 16, frames: 32 } } as const;

/** Busy share of each core over the run, and packets dropped. */
function simulated(input: ExperimentInput) {
  const { tables } = simulate(resolveExperiment(input));
  const rows = [...(tables.cpuTime?.rows() ?? [])];
  const end_s = Math.max(...rows.map((row) => row.time_s));
  const busy = new Map<number, number>();
  for (const { time_s, context, cpu, busy_s } of rows) {
    if (time_s === end_s && context !== 'idle') busy.set(cpu, (busy.get(cpu) ?? 0) + busy_s / end_s);
  }
  const counter = (name: string) => [...(tables.counters?.rows() ?? [])].find((row) => row.name === name)?.value ?? NaN;
  return {
    busy,
    dropped: counter('dropped'),
    delivered: counter('delivered'),
    inFlight: counter('in flight at start'),
  };
}

function experiment(rate_pps: number, more: ExperimentInput = {}): ExperimentInput {
  return { duration_s: 0.25, warmup_s: 0.1, traffic: { kind: 'udp', rate_pps, clients: 2 }, ...more };
}

const UNDERLOADED: [name: string, input: ExperimentInput][] = [
  ['host', experiment(300_000, { topology: 'host', steering: { rps: RPS } })],
  ['overlay on one core', experiment(150_000)],
  ['overlay with RPS', experiment(300_000, { steering: { rps: RPS } })],
  // Of one sender: of two so far apart, their phases would decide whether DIM finds a gap.
  [
    'overlay with RPS, 50 kpps',
    experiment(50_000, { steering: { rps: RPS }, traffic: { kind: 'udp', rate_pps: 50_000, clients: 1 } }),
  ],
  [
    'overlay with RPS, EQE moderation',
    experiment(300_000, { costs: { 'nic.adaptiveScheme': 0 }, steering: { rps: RPS } }),
  ],
  ['overlay with RPS, fixed moderation', experiment(300_000, { nic: FIXED, steering: { rps: RPS } })],
  ['Falcon', experiment(300_000, { steering: { rps: RPS, stages: FALCON } })],
  ['Falcon, fixed moderation', experiment(300_000, { nic: FIXED, steering: { rps: RPS, stages: FALCON } })],
  ['Weave', experiment(200_000, { topology: 'weave', steering: { rps: [{ device: 'eth0', cpus: [1] }] } })],
  ['Calico', experiment(200_000, { topology: 'calico', steering: { rps: RPS } })],
  [
    'fragments',
    experiment(0, {
      steering: { rps: RPS },
      traffic: { kind: 'udp', message_bytes: 65507, rate_pps: 4000, clients: 3 },
    }),
  ],
];

describe('analyticModel', () => {
  it.each(UNDERLOADED)('is within 5 %% of the simulator: $0', (_name, input) => {
    const { busy, dropped } = simulated(input);
    expect(dropped).toBe(0);
    const { cores } = analyticModel(input);
    for (const { cpu, utilisation } of cores) {
      const seen = busy.get(cpu) ?? 0;
      // A tenth of a percent of the core's time is left out: ticks on idle cores and the like.
      expect(Math.abs(utilisation - seen), `CPU ${cpu}: ${utilisation} against ${seen}`).toBeLessThan(
        0.05 * seen + 0.001,
      );
    }
    for (const [cpu, share] of busy) {
      if (share > 0.01) expect(cores.map((core) => core.cpu)).toContain(cpu);
    }
  });

  it('finds the busiest of many cores, and its utilisation within 5 %', () => {
    const input = experiment(0, {
      containers: 8,
      steering: { rps: [{ device: 'eth0', cpus: [1, 2] }], stages: FALCON },
      nic: { queues: 2, irqCpus: [0, 9] },
      traffic: { kind: 'udp', flows: 8, rate_pps: 40_000, appCpus: [8] },
    });
    const { busy } = simulated(input);
    const { bottleneck } = analyticModel(input);
    expect(bottleneck.cpu).toBe(8);
    expect(bottleneck.stage).toBe('application');
    const seen = busy.get(8) ?? 0;
    expect(Math.abs(bottleneck.utilisation - seen)).toBeLessThan(0.05 * seen);
  });

  it('bounds what an overloaded run delivers, and names the core that sets the bound', () => {
    const input = experiment(1_000_000, {
      steering: { rps: RPS },
      traffic: { kind: 'udp', rate_pps: 1_000_000, clients: 4 },
    });
    const model = analyticModel(input);
    expect(model.bottleneck).toMatchObject({ cpu: 1 });
    expect(model.bottleneck.utilisation).toBeGreaterThan(1);
    const { delivered, inFlight } = simulated(input);
    expect(delivered / 0.25).toBeLessThan(model.bound_pps * 1.001 + inFlight / 0.25);
    // Not all of it: the backlog also drops packets on which work was done.
    expect(delivered / 0.25).toBeGreaterThan(0.5 * model.bound_pps);
  });

  it('refuses traffic that it does not know', () => {
    expect(() => analyticModel({ traffic: { kind: 'tcp' } })).toThrow(
      'the analytic model is for udp traffic, not for tcp',
    );
  });
});
