import { describe, expect, it } from 'vitest';
import { analyticModel } from '../../src/analysis';
import { resolveExperiment } from '../../src/experiment';
import { experimentsOf } from '../../src/figures/cases';
import { busyCase, BUSY_PPS, thresholdCase } from '../../src/figures/experiments/busySystem';
import { hotspotCase } from '../../src/figures/experiments/hotspot';
import { RECEIVING_CPUS } from '../../src/figures/experiments/roles';

describe('the busy system', () => {
  it.each(['udp', 'tcp'] as const)(
    'has six cores that packets of six %s flows keep 70%% busy on average',
    (protocol) => {
      for (const experiment of experimentsOf([{ ...busyCase(protocol, 'overlay', 6), seeds: 8 }])) {
        const { cores } = analyticModel(experiment);
        const receiving = cores.filter(({ cpu }) => RECEIVING_CPUS.includes(cpu));
        const packets = receiving.reduce((sum, core) => sum + core.packetShare, 0) / 6;
        expect(Math.abs(packets - 0.7)).toBeLessThan(0.01);
        // Interrupts, softirq entries and wake-ups come on top, and leave the average below Falcon's threshold.
        const busy = receiving.reduce((sum, core) => sum + core.utilisation, 0) / 6;
        expect(busy).toBeGreaterThan(packets);
        expect(busy).toBeLessThan(0.8);
      }
    },
  );

  it('gives each flow the same rate, one container, and no split of GRO', () => {
    for (const containers of [6, 40]) {
      const experiment = resolveExperiment({ ...busyCase('udp', 'falcon', containers).experiment, seed: 1 });
      expect(experiment.containers).toBe(containers);
      expect(experiment.traffic).toMatchObject([{ kind: 'udp', flows: containers, rate_pps: BUSY_PPS.udp }]);
      expect(experiment.steering).toMatchObject({ groSplit: null, steadyLoads: true });
    }
  });

  it('simulates the released threshold once, for figures 14 and 15', () => {
    expect(thresholdCase(80, 6)).toEqual(busyCase('udp', 'falcon', 6));
    expect(thresholdCase(70, 6).key).not.toBe(thresholdCase(80, 6).key);
  });
});

describe('the hotspot', () => {
  it('has lasted since before measuring began', () => {
    const { traffic, warmup_s } = resolveExperiment({ ...hotspotCase('udp', 'static').experiment, seed: 1 });
    expect(traffic).toMatchObject([{ hotspots: [{ flow: 'random', from_s: -warmup_s }] }]);
  });
});
