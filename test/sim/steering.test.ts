import { describe, expect, it } from 'vitest';
import { settledLoad } from '../../src/kernel';
import type { ExperimentInput, SteeringInput, TrafficInput } from '../../src/experiment';
import { counter, drops, received, run, RPS, runMachine } from './support';

/** Steering that depends on the load averages: when Falcon is on, and what it is asked. */

const JIFFIES_10_S = 0.04;
const FALCON = { policy: 'falcon', cpus: [3, 4, 5, 6], variant: 'paper', loadCpus: [0, 1, 2] } as const;
const UDP: TrafficInput = { kind: 'udp', clients: 3 };
const TCP: TrafficInput = { kind: 'tcp', message_bytes: 4096 };

function steered(steering: SteeringInput, traffic: TrafficInput, also: ExperimentInput = {}) {
  const result = run({
    topology: 'overlay',
    machine: { cpus: 8 },
    warmup_s: JIFFIES_10_S + 0.01,
    duration_s: 0.02,
    steering: { ...RPS, steadyLoads: true, ...steering },
    traffic,
    ...also,
  });
  return {
    moved: counter(result, 'steered'),
    refused: counter(result, 'steering refused'),
    cut: counter(result, 'cut before GRO'),
    kept: counter(result, 'kept at GRO'),
    delivered: counter(result, 'delivered'),
    rate: received(result),
    dropped: drops(result),
  };
}

describe('Falcon under a load average', () => {
  it('counts what it is asked from when measuring begins', () => {
    const { moved, refused, delivered } = steered({ stages: { ...FALCON, alwaysOn: true } }, UDP);
    expect(refused).toBe(0);
    // Two transitions for each packet, but for those in flight at either end.
    expect(Math.abs(moved - 2 * delivered)).toBeLessThan(0.1 * moved);
  });

  it('is off from the first sample on where the system has long been busy, and on where it rises from rest', () => {
    const stages = { ...FALCON, loadThreshold_percent: 50 };
    const steady = steered({ stages }, UDP);
    expect(steady.moved).toBe(0);
    expect(steady.refused).toBeGreaterThan(1000);
    const rising = steered({ stages, steadyLoads: false }, UDP);
    expect(rising.refused).toBe(0);
    expect(rising.moved).toBeGreaterThan(1000);
  });

  it('starts steady load averages where a busy share settles, and goes on from there', () => {
    const { machine } = runMachine({
      warmup_s: 0.01,
      duration_s: JIFFIES_10_S,
      topology: 'overlay',
      machine: { cpus: 8 },
      steering: { ...RPS, steadyLoads: true },
      traffic: UDP,
    });
    // CPU 1 has the overlay's path to itself, which three clients overload; CPU 7 has nothing to do.
    expect(machine.steering.loads[1]).toBe(settledLoad(100));
    expect(machine.steering.loads[7]).toBe(0);
  });
});

describe('GRO splitting as a stage transition of Algorithm 1', () => {
  const groSplit = { cpus: [7], protocols: ['tcp'] } as const;

  it('is switched off with Falcon', () => {
    const on = steered({ stages: { ...FALCON, alwaysOn: true }, groSplit }, TCP);
    expect(on.cut).toBeGreaterThan(100);
    expect(on.kept).toBe(0);
    const off = steered({ stages: { ...FALCON, loadThreshold_percent: 10 }, groSplit }, TCP);
    expect(off.cut).toBe(0);
    expect(off.kept).toBeGreaterThan(100);
  });

  it('stays on in the released kernel, which splits whatever the load', () => {
    const stages = { ...FALCON, variant: 'kernel', loadThreshold_percent: 10 } as const;
    expect(steered({ stages, groSplit }, TCP).cut).toBeGreaterThan(100);
  });

  it('leaves a split CPU that is busy for the second choice, as any other', () => {
    const traffic: TrafficInput = { kind: 'udp', rate_pps: 300_000, clients: 3, flows: 8, appCpus: [8, 9, 10, 11] };
    const split = (variant: 'paper' | 'kernel'): number[] => {
      const { machine } = runMachine({
        warmup_s: 2 * JIFFIES_10_S,
        duration_s: 0.02,
        topology: 'overlay',
        machine: { cpus: 12 },
        nic: { queues: 2, irqCpus: [0, 1] },
        steering: {
          ...RPS,
          steadyLoads: true,
          stages: { ...FALCON, variant, cpus: [3, 4], alwaysOn: true, loadThreshold_percent: 1 },
          groSplit: { cpus: [5, 6], protocols: ['udp'] },
        },
        traffic,
      });
      const stage = machine.plan.legs[machine.plan.splitLeg].index;
      return [5, 6].map((cpu) => machine.monitors.stages[stage][cpu]?.packets ?? 0);
    };
    // Every CPU counts as busy, so that second choices are what is left of the first in the paper's variant only.
    expect(split('paper')).not.toEqual(split('kernel'));
  });
});
