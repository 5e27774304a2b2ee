import { describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../src/experiment';
import { distinctCases, experimentsOf } from '../../src/figures/cases';
import * as applications from '../../src/figures/experiments/applications';
import * as mechanisms from '../../src/figures/experiments/mechanisms';
import { stressCase } from '../../src/figures/experiments/stress';

describe('cases', () => {
  it('resolve to experiments that can be simulated', () => {
    const cases = [
      stressCase('falcon', '10G', '4.19', 16),
      applications.memcachedCase('falcon', 10),
      applications.webCase('overlay'),
      mechanisms.CHOICES,
      mechanisms.SPRAY,
      mechanisms.SLIM,
      mechanisms.ABOVE_THRESHOLD,
      mechanisms.unevenCase('falcon'),
    ];
    const experiments = experimentsOf(cases);
    expect(experiments).toHaveLength(cases.reduce((n, c) => n + c.seeds, 0));
    for (const experiment of experiments) expect(() => resolveExperiment(experiment)).not.toThrow();
  });

  it('are told apart by key, and one key means one experiment', () => {
    const a = stressCase('host', '100G', '5.4', 16);
    expect(distinctCases([a, { ...a, seeds: 9 }])).toEqual([{ ...a, seeds: 9 }]);
    expect(() => distinctCases([a, { ...stressCase('host', '10G', '5.4', 16), key: a.key }])).toThrow(
      'two experiments',
    );
  });
});
