import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core';

const DRAWS = 400_000;

describe('Random.exponential', () => {
  it('is exponential: tail probabilities inside layers, at their ends and beyond the ziggurat', () => {
    const random = new Random(1, 'tails');
    const cuts = [0.01, 0.1, 0.5, 1, 2, 4, 7.6, 7.8, 9];
    const above = cuts.map(() => 0);
    for (let i = 0; i < DRAWS; i++) {
      const x = random.exponential(3) / 3;
      cuts.forEach((cut, c) => {
        if (x > cut) above[c]++;
      });
    }
    cuts.forEach((cut, c) => {
      const p = Math.exp(-cut);
      const error = Math.sqrt((p * (1 - p)) / DRAWS);
      expect(Math.abs(above[c] / DRAWS - p), `P(X > ${cut})`).toBeLessThan(4 * error);
    });
  });

  it('has the mean and the second moment', () => {
    const random = new Random(2, 'moments');
    let [sum, squares] = [0, 0];
    for (let i = 0; i < DRAWS; i++) {
      const x = random.exponential(10);
      sum += x;
      squares += x * x;
    }
    expect(Math.abs(sum / DRAWS - 10)).toBeLessThan((4 * 10) / Math.sqrt(DRAWS));
    expect(Math.abs(squares / DRAWS - 200)).toBeLessThan((4 * 100 * Math.sqrt(20)) / Math.sqrt(DRAWS));
  });
});

describe('streams', () => {
  it('of one name repeat, of others differ', () => {
    const draws = (seed: number, stream: string) => {
      const random = new Random(seed, stream);
      return Array.from({ length: 8 }, () => random.exponential(1));
    };
    expect(draws(1, 'a')).toEqual(draws(1, 'a'));
    expect(draws(1, 'a')).not.toEqual(draws(1, 'b'));
    expect(draws(1, 'a')).not.toEqual(draws(2, 'a'));
  });
});
