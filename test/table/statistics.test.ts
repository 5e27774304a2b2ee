import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core';
import {
  batchMeans,
  bootstrapInterval,
  histogramQuantile,
  meanInterval,
  quantile,
  studentQuantile,
  summaryOf,
} from '../../src/table/statistics';

describe('studentQuantile', () => {
  // Tables of Student's t, two-sided 95 % and 99.9 %.
  it.each([
    [0.975, 1, 12.706],
    [0.975, 2, 4.303],
    [0.975, 3, 3.182],
    [0.975, 9, 2.262],
    [0.975, 10, 2.228],
    [0.975, 30, 2.042],
    [0.9995, 4, 8.61],
    [0.9995, 19, 3.883],
    [0.95, 5, 2.015],
  ])('at %d with %i degrees', (p, degrees, expected) => {
    expect(Math.abs(studentQuantile(p, degrees) - expected)).toBeLessThan(6e-4);
    expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-studentQuantile(p, degrees), 9);
  });
});

describe('meanInterval', () => {
  it('is mean ± t · s / √n', () => {
    const { mean, halfWidth, n } = meanInterval([4, 5, 6]);
    expect(mean).toBe(5);
    expect(n).toBe(3);
    expect(halfWidth).toBeCloseTo(4.3027 / Math.sqrt(3), 4);
  });

  it('knows nothing from one value, and refuses none', () => {
    expect(meanInterval([3]).halfWidth).toBe(Infinity);
    expect(() => meanInterval([])).toThrow(RangeError);
  });

  it('holds the true mean as often as it says', () => {
    const random = new Random(1, 'coverage');
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const { mean, halfWidth } = meanInterval(
        Array.from({ length: 8 }, () => random.normal(10, 3)),
        0.9,
      );
      if (Math.abs(mean - 10) <= halfWidth) held++;
    }
    expect(Math.abs(held / 2000 - 0.9)).toBeLessThan(4 * Math.sqrt((0.9 * 0.1) / 2000));
  });
});

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6, 12);
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });

  it('lies within the values and grows with p', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, p) => {
        const q = quantile(list, p);
        expect(q).toBeGreaterThanOrEqual(Math.min(...list));
        expect(q).toBeLessThanOrEqual(Math.max(...list));
        expect(quantile(list, 1) === Math.max(...list)).toBe(true);
        expect(quantile(list, p / 2)).toBeLessThanOrEqual(q);
      }),
    );
  });
});

describe('histogramQuantile', () => {
  it('is the first bin at which the share is reached', () => {
    expect(histogramQuantile([10, 20, 30], [1, 0, 99], 0.5)).toBe(30);
    expect(histogramQuantile([10, 20, 30], [50, 0, 50], 0.5)).toBe(10);
    expect(histogramQuantile([10, 20, 30], [1, 1, 1], 1)).toBe(30);
    expect(histogramQuantile([10, 20], [5, 5], 0)).toBe(10);
    expect(histogramQuantile([10], [0], 0.5)).toBeNaN();
  });
});

describe('summaryOf', () => {
  it('gives count, mean, deviation and order statistics', () => {
    expect(summaryOf([3, 1, 2])).toEqual({ n: 3, mean: 2, deviation: 1, min: 1, median: 2, max: 3 });
  });
});

describe('batchMeans', () => {
  it('averages equal batches and leaves the rest out', () => {
    expect([...batchMeans([1, 3, 5, 7, 100], 2)]).toEqual([2, 6]);
    expect(() => batchMeans([1], 2)).toThrow('1 values do not fill 2 batches');
  });
});

describe('bootstrapInterval', () => {
  const values = Array.from({ length: 200 }, (_, i) => i);
  const interval = (seed: number) => bootstrapInterval(values, (s) => quantile(s, 0.5), new Random(seed));

  it('holds the median and repeats with its seed', () => {
    const { low, high } = interval(1);
    expect(low).toBeLessThan(99.5);
    expect(high).toBeGreaterThan(99.5);
    expect(high - low).toBeLessThan(60);
    expect(interval(1)).toEqual(interval(1));
    expect(interval(1)).not.toEqual(interval(2));
  });
});
