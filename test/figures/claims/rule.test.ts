import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core';
import { CaseRuns, type FigureRun } from '../../../src/figures/cases';
import { interval95, mean } from '../../../src/figures/claims/interval';
import { meanRatios, ratioOfMeans } from '../../../src/figures/claims/rule';

describe('ratioOfMeans', () => {
  it('has the ratio of the means as its mean, whatever the ratio of each pair', () => {
    const values = ratioOfMeans([
      [30, 10],
      [10, 30],
      [20, 40],
    ]);
    expect(mean(values)).toBeCloseTo(60 / 80, 12);
  });

  it('has no spread where one side is a multiple of the other', () => {
    for (const value of ratioOfMeans([3, 7, 50].map((b) => [2 * b, b] as const))) expect(value).toBeCloseTo(2, 12);
  });

  it('has an interval that holds the true ratio about as often as it says', () => {
    const random = new Random(1, 'ratio');
    const [trials, seeds, truth] = [2000, 12, 1.3];
    let held = 0;
    for (let t = 0; t < trials; t++) {
      const pairs = Array.from({ length: seeds }, () => {
        const b = 1 + random.uniform();
        return [truth * 1.5 + 0.5 * (random.uniform() - 0.5) + 0.6 * (b - 1.5), b] as const;
      });
      const [low, high] = interval95(ratioOfMeans(pairs));
      if (low <= truth && truth <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.93);
    expect(held / trials).toBeLessThan(0.97);
  });
});

describe('meanRatios', () => {
  const run = (rate: number): FigureRun => ({ id: String(rate), source: 'simulated', tables: {} });
  const runs = new CaseRuns(
    new Map([
      ['a', [10, 20, 90].map(run)],
      ['b', [10, 10].map(run)],
    ]),
  );
  const [a, b] = ['a', 'b'].map((key) => ({ key, experiment: {}, seeds: 1 }));
  const rate = (r: FigureRun): number => Number(r.id);

  it('takes the seeds that both have, and of them those that it is asked to', () => {
    expect(mean(meanRatios(runs, a, b, rate))).toBeCloseTo(1.5, 12);
    expect(meanRatios(runs, a, b, rate, (x) => rate(x) > 10)).toEqual([2]);
    expect(mean(meanRatios(runs.first(1), a, b, rate))).toBe(1);
  });
});
