import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/experiment';
import { readClaims, type CaseRuns, type Claim, type Sample } from '../../src/figures';
import { gaussNewton } from '../../src/lab/calibrate';
import { fittedClaims } from '../../src/lab/paperClaims';
import { residual } from '../../src/lab/residual';

describe('the declared fit', () => {
  it('is what the profiles say, and at most 20 claims', () => {
    const file = resolve(__dirname, '../../data/paper/fit.json');
    const declared = (JSON.parse(readFileSync(file, 'utf8')) as { claims: string[] }).claims;
    expect([...fittedClaims()].sort()).toEqual([...declared].sort());
    expect(declared.length).toBeLessThanOrEqual(20);
    const known = new Set(readClaims().map((c) => c.id));
    expect(declared.filter((id) => !known.has(id))).toEqual([]);
  });

  it('keeps fitted constants within their bounds', () => {
    for (const profile of PROFILES) {
      for (const [name, c] of Object.entries(profile.constants)) {
        if (c.provenance !== 'fitted') continue;
        expect(c.bounds, `${profile.id} ${name}`).toBeDefined();
        expect(c.value).toBeGreaterThanOrEqual(c.bounds?.[0] ?? NaN);
        expect(c.value).toBeLessThanOrEqual(c.bounds?.[1] ?? NaN);
      }
    }
  });
});

describe('gaussNewton', () => {
  it('walks to the minimum of a linear problem, damped', () => {
    // r = 100 (x - 0.1): the step from x = 0 is just short of 0.1.
    const [step] = gaussNewton([[100]], [-10]);
    expect(step).toBeGreaterThan(0.0999);
    expect(step).toBeLessThanOrEqual(0.1);
  });

  it('leaves alone what no claim depends on, and takes no long steps', () => {
    const [step, idle] = gaussNewton([[100, 0]], [-1000]);
    expect(step).toBe(0.25);
    expect(Math.abs(idle)).toBe(0);
  });
});

describe('residual', () => {
  const claim = (over: Partial<Claim>): Claim => ({ ...readClaims()[9], ...over });
  const of = (c: Claim, ...samples: Sample[]): number =>
    residual(c, { id: c.id, cases: [], measure: () => samples }, {} as CaseRuns);

  it('counts in tolerances, and only on the wrong side for a direction', () => {
    const approx = claim({ relation: 'approx', value: 2, tolerance: { relative: 0.15 } });
    expect(of(approx, { label: '', values: [2.3] })).toBeCloseTo(1);
    const greater = claim({ relation: 'greater', value: 0.1, tolerance: { absolute: 0 } });
    expect(of(greater, { label: '', values: [0.5] })).toBe(0);
    expect(of(greater, { label: '', values: [0.05] })).toBeCloseTo(-1);
    const order = claim({ relation: 'ordering', value: ['a', 'b'], tolerance: { absolute: 0 } });
    expect(of(order, { label: 'a', values: [1] }, { label: 'b', values: [2] })).toBeCloseTo(0);
    expect(of(order, { label: 'a', values: [1.1] }, { label: 'b', values: [1] })).toBeCloseTo(2);
  });
});
