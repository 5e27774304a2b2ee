import { describe, expect, it } from 'vitest';
import { analyticModel } from '../../src/analysis/analytic';
import type { ExperimentInput, TrafficInput } from '../../src/experiment';
import { resolveExperiment } from '../../src/experiment';
import { simulate } from '../../src/sim';

const RPS = [{ device: 'eth0', cpus: [1] }];
const FALCON = { policy: 'falcon', cpus: [3, 4, 5, 6, 7], alwaysOn: true, balancing: 'static' } as const;
const FIXED = { moderation: { mode: 'fixed', usecs: 16, frames: 32 } } as const;
const NONE = { moderation: { mode: 'none' } } as const;

const MODES = {
  host: { topology: 'host', steering: { rps: RPS } },
  'overlay on one core': {},
  overlay: { steering: { rps: RPS } },
  Falcon: { steering: { rps: RPS, stages: FALCON } },
  'Falcon with split GRO': { steering: { rps: RPS, stages: FALCON, groSplit: { cpus: [8] } } },
} satisfies Record<string, ExperimentInput>;
type Mode = keyof typeof MODES;

const DURATION_S = 0.12;

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
    received_pps: [...(tables.messageRates?.rows() ?? [])].reduce((sum, row) => sum + (row.received_pps ?? 0), 0),
    dropped: counter('dropped'),
    delivered: counter('delivered'),
    inFlight: counter('in flight at start'),
  };
}

function experiment(mode: Mode, traffic: TrafficInput, more: ExperimentInput = {}): ExperimentInput {
  return { duration_s: DURATION_S, warmup_s: 0.05, ...MODES[mode], traffic, ...more };
}

function udp(rate_pps: number, more: Partial<TrafficInput & { kind: 'udp' }> = {}): TrafficInput {
  return { kind: 'udp', rate_pps, clients: 2, ...more };
}

function tcp(rate_pps: number | 'bulk', message_bytes: number, more: Partial<TrafficInput & { kind: 'tcp' }> = {}) {
  return { kind: 'tcp', rate_pps, message_bytes, ...more } satisfies TrafficInput;
}

type Case = [name: string, input: ExperimentInput];

/** Rates, flows, modes and protocols; in none of them a queue overflows. */
function grid(): Case[] {
  const cases: Case[] = [];
  const add = (mode: Mode, name: string, traffic: TrafficInput, more?: ExperimentInput): void => {
    cases.push([`${mode}, ${name}`, experiment(mode, traffic, more)]);
  };
  for (const mode of ['host', 'overlay', 'Falcon'] as const) {
    add(mode, 'UDP 20 kpps, no moderation', udp(20_000), { nic: NONE });
    for (const kpps of [50, 150, 300]) add(mode, `UDP ${kpps} kpps`, udp(1000 * kpps), { nic: FIXED });
    for (const kpps of [20, 300]) add(mode, `UDP ${kpps} kpps, adaptive`, udp(1000 * kpps), { warmup_s: 0.25 });
    for (const flows of [4, 8]) {
      for (const kpps of [10, 30]) {
        // At random: evenly paced flows would keep their phases, and chance decides once whose packets meet.
        const traffic = udp(1000 * kpps, { flows, arrivals: 'poisson', appCpus: [2, 8, 9] });
        const longer = { duration_s: 12 / (kpps * flows), nic: FIXED, containers: flows };
        add(mode, `${flows} UDP flows of ${kpps} kpps`, traffic, longer);
      }
    }
    const poisson = udp(25_000, { flows: 6, appCpus: [2, 8], arrivals: 'poisson' });
    add(mode, 'two NIC queues', poisson, { nic: { ...FIXED, queues: 2, irqCpus: [0, 9] }, duration_s: 0.3 });
  }
  for (const kpps of [50, 150]) {
    add('overlay on one core', `UDP ${kpps} kpps`, udp(1000 * kpps), { nic: FIXED });
  }
  for (const mode of ['host', 'overlay', 'Falcon', 'Falcon with split GRO'] as const) {
    add(mode, 'TCP 20 kpps, 16 B', tcp(20_000, 16), { nic: FIXED });
    add(mode, 'TCP 50 kpps, 4096 B, adaptive', tcp(50_000, 4096), { warmup_s: 0.25 });
    add(mode, 'TCP 100 kpps, 1000 B', tcp(100_000, 1000), { nic: FIXED });
    add(mode, 'TCP 50 kpps, 4096 B', tcp(50_000, 4096), { nic: FIXED });
    add(mode, 'TCP 5 kpps, 64 kB', tcp(5000, 65536), { nic: FIXED });
    add(mode, '4 TCP flows', tcp(10_000, 4096, { flows: 4, appCpus: [2, 9], arrivals: 'poisson' }), {
      duration_s: 0.3,
      nic: FIXED,
      containers: 4,
    });
  }
  const fromEvent = { costs: { 'nic.adaptiveScheme': 0 }, warmup_s: 0.25 };
  add('overlay', 'UDP 300 kpps, adaptive from the interrupt', udp(300_000), fromEvent);
  add('overlay', 'UDP 150 kpps, ixgbe', udp(150_000), { profile: 'linux-5.4-ixgbe', warmup_s: 0.25 });
  add('overlay', 'fragments', udp(4000, { message_bytes: 65507, clients: 3 }));
  cases.push(['Weave', { ...experiment('overlay', udp(200_000)), topology: 'weave' }]);
  cases.push(['Calico', { ...experiment('overlay', udp(200_000)), topology: 'calico' }]);
  return cases;
}

const BULK: Case[] = (['host', 'overlay', 'Falcon', 'Falcon with split GRO'] as const).flatMap((mode) =>
  [16, 4096].map((size): Case => [`${mode}, ${size} B`, experiment(mode, tcp('bulk', size))]),
);

describe('analyticModel', () => {
  it.each(grid())('is within 5 %% of the simulator on every core: %s', (_name, input) => {
    const { busy, dropped } = simulated(input);
    expect(dropped).toBe(0);
    const { cores, offered_pps, throughput_pps } = analyticModel(input);
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
    expect(throughput_pps).toBe(offered_pps);
  });

  it.each(BULK)('is within 5 %% of the rate of TCP in bulk, and names its bottleneck: %s', (_name, input) => {
    const { busy, received_pps } = simulated({ ...input, duration_s: 0.25, warmup_s: 0.25 });
    const { throughput_pps, bound_pps, bottleneck, cores } = analyticModel(input);
    expect(Math.abs(throughput_pps / received_pps - 1)).toBeLessThan(0.05);
    expect(received_pps).toBeLessThan(bound_pps * 1.01);
    expect(busy.get(bottleneck.cpu)).toBeGreaterThan(0.97);
    expect(bottleneck.utilisation).toBeCloseTo(1, 1);
    // The others bear what comes in bursts; within a tenth.
    for (const { cpu, utilisation } of cores) {
      const seen = busy.get(cpu) ?? 0;
      expect(Math.abs(utilisation - seen), `CPU ${cpu}`).toBeLessThan(0.1 * seen + 0.003);
    }
  });

  it('gives the same twice, and takes no longer than a notebook notices', () => {
    const input = experiment('Falcon', udp(300_000, { flows: 8 }), { containers: 8 });
    const begun = Date.now();
    expect(analyticModel(input)).toEqual(analyticModel(input));
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  it('bounds what an overloaded run delivers, and names the core that sets the bound', () => {
    const input = experiment('overlay', udp(1_000_000, { clients: 4 }));
    const model = analyticModel(input);
    expect(model.bottleneck).toMatchObject({ cpu: 1 });
    expect(model.bottleneck.utilisation).toBeGreaterThan(1);
    expect(model.throughput_pps).toBeLessThan(model.bound_pps);
    const { delivered, inFlight } = simulated(input);
    expect(delivered / DURATION_S).toBeLessThan(model.bound_pps * 1.001 + inFlight / DURATION_S);
    // Not all of it: the backlog also drops packets on which work was done.
    expect(delivered / DURATION_S).toBeGreaterThan(0.5 * model.bound_pps);
  });

  it('takes the link for the limit where it is', () => {
    const slow = { costs: { 'nic.link_gbps': 1 } };
    const { offered_pps, throughput_pps } = analyticModel(experiment('host', tcp('bulk', 1448), slow));
    // 1448 B of payload in a frame of 1500 + 18 B, preamble and gap 20 B.
    expect(offered_pps).toBeCloseTo(1e9 / 8 / 1538, 0);
    expect(throughput_pps).toBe(offered_pps);
  });

  it('refuses what it does not know', () => {
    expect(() => analyticModel({ traffic: { kind: 'memcached' } })).toThrow(
      'the analytic model is for udp and tcp traffic over a NIC, not for memcached',
    );
    const veth = { profile: 'linux-6.18-testbed', topology: 'testbed-host', machine: { cpus: 3 } };
    expect(() => analyticModel(veth)).toThrow(/not for senders on the same machine/);
  });
});
