import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { independentMeeting, pairMeets, secondChoiceIsFirst, stageMeeting } from '../../src/analysis/hashCollisions';
import { Random } from '../../src/core';
import { hash32, reciprocalScale } from '../../src/kernel';

/** Draws flow hashes and counts, to check the exact results against. */
function drawn(ifindexes: readonly number[], coreOf: (hash: number, ifindex: number) => number, draws = 20_000) {
  const random = new Random(7);
  const coresUsed = new Array<number>(ifindexes.length + 1).fill(0);
  for (let i = 0; i < draws; i++) {
    const hash = random.uint32();
    coresUsed[new Set(ifindexes.map((ifindex) => coreOf(hash, ifindex))).size] += 1 / draws;
  }
  return { anyMeet: 1 - coresUsed[ifindexes.length], coresUsed };
}

describe('the chance that stages of a flow meet', () => {
  // 200,000 hashes drawn with the released hash: its standard error is at most 0.0011.
  it.each([
    [1, [0.477, 0.495, 0.477, 0, 0.295, 0.295, 0.477, 0]],
    [2, [0.049, 0.725, 0, 0.263, 0, 0.037, 0, 0.037]],
    [3, [0.572, 0.449, 0, 0.062, 0.083, 0.488, 0, 0]],
    [4, [0.903, 0.476, 0, 0.046, 0.476, 0.426, 0, 0]],
  ])('for an index gap of %i is what draws give', (gap, chances) => {
    [2, 3, 4, 5, 6, 7, 8, 10].forEach((cores, i) => {
      expect(Math.abs(pairMeets(gap, cores) - chances[i])).toBeLessThan(0.0045);
    });
  });

  it('is exact for any devices and cores, as drawing with the kernel function shows', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom<16 | 32>(16, 32),
        (ifindexes, cores, bits) => {
          const exact = stageMeeting(ifindexes, cores, bits);
          const sample = drawn(ifindexes, (hash, ifindex) => hash32(hash + ifindex, bits) % cores);
          expect(Math.abs(exact.anyMeet - sample.anyMeet)).toBeLessThan(0.025);
          exact.coresUsed.forEach((chance, k) => expect(Math.abs(chance - sample.coresUsed[k])).toBeLessThan(0.025));
          expect(exact.coresUsed.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 25, seed: 1 },
    );
  });

  it('is exact for the scaled hash too', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 1, max: 12 }),
        (ifindexes, cores) => {
          const exact = stageMeeting(ifindexes, cores, 32, 'scaled');
          const sample = drawn(ifindexes, (hash, ifindex) => reciprocalScale(hash32(hash + ifindex, 32), cores));
          expect(Math.abs(exact.anyMeet - sample.anyMeet)).toBeLessThan(0.025);
        },
      ),
      { numRuns: 15, seed: 1 },
    );
  });

  it('depends on differences of indexes alone', () => {
    expect(stageMeeting([6, 8], 5).anyMeet).toBeCloseTo(stageMeeting([106, 108], 5).anyMeet, 12);
  });

  it('of independent draws follows the birthday rule', () => {
    expect(independentMeeting(2, 5).anyMeet).toBeCloseTo(1 / 5, 12);
    expect(independentMeeting(3, 6).anyMeet).toBeCloseTo(1 - (5 / 6) * (4 / 6), 12);
    expect(independentMeeting(3, 2).coresUsed).toEqual([0, expect.closeTo(1 / 4, 12), expect.closeTo(3 / 4, 12)]);
    expect(independentMeeting(2, 4).fullestCore).toBeCloseTo(1 + 1 / 4, 12);
  });

  it('of a second choice with the first is about one in N', () => {
    for (const cores of [2, 3, 5, 8]) expect(Math.abs(secondChoiceIsFirst(cores) - 1 / cores)).toBeLessThan(0.02);
    expect(Math.abs(secondChoiceIsFirst(5, 32) - 1 / 5)).toBeLessThan(0.005);
  });

  it('of a second choice with the first is far greater for 32 bits and a power of two', () => {
    // The low bits of a product depend on the low bits of its factor alone, and G = 3 (mod 4), 7 (mod 8).
    const sameMod = (cores: number, g: number) =>
      Array.from({ length: cores }, (_, y) => (y * g) % cores === y).filter(Boolean).length / cores;
    expect(secondChoiceIsFirst(2, 32)).toBe(1);
    expect(Math.abs(secondChoiceIsFirst(4, 32) - sameMod(4, 3))).toBeLessThan(0.005);
    expect(Math.abs(secondChoiceIsFirst(8, 32) - sameMod(8, 7))).toBeLessThan(0.005);
    expect(sameMod(4, 3)).toBe(0.5);
  });
});
