import { describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../../src/experiment';
import { experimentsOf } from '../../../src/figures/cases';
import { readClaims } from '../../../src/figures/claims/claim';
import { casesOf, CLAIM_RULES } from '../../../src/figures/claims/rules';

describe('the rules of the claims', () => {
  it('are one for each claim', () => {
    expect([...CLAIM_RULES.map((r) => r.id)].sort()).toEqual([...readClaims().map((c) => c.id)].sort());
  });

  it('leave at most ten claims undecided', () => {
    expect(CLAIM_RULES.filter((r) => 'notComputable' in r).length).toBeLessThanOrEqual(10);
  });

  it('ask for experiments that can be simulated, each under one key', () => {
    const experiments = experimentsOf(casesOf(CLAIM_RULES));
    expect(experiments.length).toBeGreaterThan(100);
    expect(new Set(experiments.map((e) => e.name)).size).toBe(experiments.length);
    for (const experiment of experiments) expect(() => resolveExperiment(experiment), experiment.name).not.toThrow();
  });
});
