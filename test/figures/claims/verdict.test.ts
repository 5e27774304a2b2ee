import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/figures/claims/claim';
import { readClaims } from '../../../src/figures/claims/claim';
import { differenceInterval, interval95 } from '../../../src/figures/claims/interval';
import { judge } from '../../../src/figures/claims/verdict';

const claim = (over: Partial<Claim>): Claim => ({
  id: 'a-claim',
  figure: '2a',
  section: '2.2',
  statement: 'something is so',
  metric: 'ratio',
  relation: 'approx',
  value: 1,
  tolerance: { relative: 0.15 },
  wording: 'stated',
  conditions: {},
  ...over,
});
const at = (label: string, ...values: number[]) => ({ label, values });

describe('readClaims', () => {
  it('reads the 147 claims, each with a value its relation can use', () => {
    const claims = readClaims();
    expect(claims).toHaveLength(147);
    for (const c of claims) {
      if (c.relation === 'range') expect(c.value, c.id).toHaveLength(2);
      else if (c.relation !== 'ordering') expect(typeof c.value, c.id).toBe('number');
      if (c.relation === 'at-most') expect(c.reading, c.id).toBeDefined();
    }
  });
});

describe('judge', () => {
  it('approx: every mean within the tolerance', () => {
    expect(judge(claim({}), [at('x', 1.1, 1.2)]).holds).toBe(true);
    expect(judge(claim({}), [at('x', 1), at('y', 1.2)])).toMatchObject({
      holds: false,
      measured: 1.2,
      detail: 'decided by y',
    });
    expect(judge(claim({ value: 0, tolerance: { absolute: 0 } }), [at('x', 0, 0)]).holds).toBe(true);
  });

  it('greater and less: the whole interval on the claimed side', () => {
    expect(judge(claim({ relation: 'greater' }), [at('x', 1.2, 1.21, 1.19)]).holds).toBe(true);
    expect(judge(claim({ relation: 'greater' }), [at('x', 1.2, 0.9, 1.5)]).holds).toBe(false); // mean above, interval not
    expect(judge(claim({ relation: 'greater' }), [at('x', 1)]).holds).toBe(false);
    expect(judge(claim({ relation: 'less' }), [at('x', 0.8, 0.81), at('y', 1.1, 1.1)]).holds).toBe(false);
  });

  it('at-most "up to": the maximum has to reach the value, too', () => {
    const upTo = claim({ relation: 'at-most', value: 0.87, reading: 'reached' });
    expect(judge(upTo, [at('small', 0.4), at('large', 0.9)])).toMatchObject({ holds: true, measured: 0.9 });
    expect(judge(upTo, [at('small', 0.2), at('large', 0.5)]).holds).toBe(false); // below the bound, yet not reached
    expect(judge({ ...upTo, reading: 'ceiling' }, [at('large', 0.5)]).holds).toBe(true);
    expect(judge({ ...upTo, reading: 'ceiling' }, [at('large', 1.2)]).holds).toBe(false);
  });

  it('range and at-least', () => {
    const range = claim({ relation: 'range', value: [0.58, 0.75], tolerance: { absolute: 0 } });
    expect(judge(range, [at('2', 0.58), at('5', 0.75)]).holds).toBe(true);
    expect(judge(range, [at('2', 0.58), at('5', 0.76)]).holds).toBe(false);
    expect(judge(claim({ relation: 'at-least', tolerance: { relative: 0.02 } }), [at('x', 0.985)]).holds).toBe(true);
    expect(judge(claim({ relation: 'at-least', tolerance: { relative: 0.02 } }), [at('x', 0.975)]).holds).toBe(false);
  });

  it('ordering: along a curve, and between labels given in any order', () => {
    const falling = claim({ relation: 'ordering', value: 'decreasing', tolerance: { absolute: 0.03 } });
    expect(judge(falling, [at('16 B', 0.6), at('1 kB', 0.62), at('64 kB', 0.3)]).holds).toBe(true);
    expect(judge(falling, [at('16 B', 0.6), at('1 kB', 0.2), at('64 kB', 0.3)]).holds).toBe(false);
    expect(judge(falling, [at('16 B', 0.6), at('64 kB', 0.6)]).holds).toBe(false); // flat
    const order = claim({ relation: 'ordering', value: ['host', 'con'], tolerance: { absolute: 0 } });
    expect(judge(order, [at('con', 2, 2.1), at('host', 1, 1.1)])).toMatchObject({ holds: true });
    expect(judge(order, [at('con', 1, 9), at('host', 2, 4)]).holds).toBe(false); // means in order, ends not apart
    expect(() => judge(order, [at('con', 1)])).toThrow('host was not measured');
  });

  it('refuses values that are no numbers', () => {
    expect(() => judge(claim({}), [at('x', NaN)])).toThrow('x has values NaN');
    expect(() => judge(claim({}), [])).toThrow('nothing was measured');
  });
});

describe('intervals', () => {
  it('agree with a worked example', () => {
    // 1, 2, 3, 4, 5: s = 1.5811, t(4) = 2.776, half = 1.9630
    expect(interval95([1, 2, 3, 4, 5])[1] - 3).toBeCloseTo(1.963, 3);
    expect(interval95([7])).toEqual([7, 7]);
    expect(differenceInterval([2, 2], [1, 1])).toEqual([1, 1]);
  });

  it('hold the mean, and shrink with the spread', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 }), (v) => {
        const m = v.reduce((a, b) => a + b, 0) / v.length;
        const [low, high] = interval95(v);
        return low <= m + 1e-6 && high >= m - 1e-6;
      }),
    );
  });
});
