import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core';
import {
  FALCON_DEFAULTS,
  falconFirstHash,
  falconSecondHash,
  getFalconCpu,
  getGroSplitCpu,
  hash32,
  isFalconOn,
} from '../../src/kernel';

const IDLE = new Array<number>(64).fill(0);
const hashes = fc.nat(0xffffffff);
const variant = fc.constantFrom('paper' as const, 'kernel' as const);

describe('getFalconCpu', () => {
  it('hashes as the released kernel does', () => {
    expect(falconFirstHash(0xdeadbeef, 0)).toBe(0x6dd9);
    expect(falconFirstHash(0xdeadbeef, 3)).toBe(0x9332);
    expect(falconFirstHash(0x51ccc178, 2)).toBe(0x3e5f);
    expect(falconSecondHash(0x3e5f)).toBe(0xd9ef);
    expect(falconFirstHash(0xffffffff, 2)).toBe(0x61c8); // the sum wraps at 32 bits
  });

  // Why 16 bits in both variants: modulo an even number, all 32 would keep neighbours two apart in one half of the CPUs.
  it('lets devices an even distance apart, and second choices, reach every CPU', () => {
    const random = new Random(4);
    const reached = { device: new Set<string>(), second: new Set<string>(), unmixed: new Set<number>() };
    for (let i = 0; i < 2000; i++) {
      const hash = random.uint32();
      const first = falconFirstHash(hash, 6);
      reached.device.add(`${first % 2} ${falconFirstHash(hash, 10) % 2}`);
      reached.second.add(`${first % 2} ${falconSecondHash(first) % 2}`);
      const all = hash32(hash + 6, 32);
      reached.unmixed.add((all % 2) ^ (hash32(hash + 10, 32) % 2)).add((all % 2) ^ (hash32(all, 32) % 2));
    }
    expect(reached.device.size).toBe(4);
    expect(reached.second.size).toBe(4);
    expect(reached.unmixed).toEqual(new Set([0]));
  });

  it('takes the first choice below the threshold, the second at or above it', () => {
    const cpus = [10, 11, 12, 13, 14];
    const first = cpus[0x3e5f % 5];
    const second = cpus[0xd9ef % 5];
    expect(first).not.toBe(second);
    const loads = [...IDLE];
    loads[first] = 79;
    expect(getFalconCpu(0x51ccc178, 2, cpus, loads)).toBe(first);
    loads[first] = 80;
    expect(getFalconCpu(0x51ccc178, 2, cpus, loads)).toBe(second);
    loads[second] = 100;
    expect(getFalconCpu(0x51ccc178, 2, cpus, loads)).toBe(second); // committed, busy or not
    expect(getFalconCpu(0x51ccc178, 2, cpus, loads, { ...FALCON_DEFAULTS, balancing: 'static' })).toBe(first);
  });

  it('chooses one CPU for a flow and device as long as loads stay, whatever the variant', () => {
    fc.assert(
      fc.property(
        hashes,
        fc.nat(64),
        variant,
        fc.array(fc.nat(100), { minLength: 16, maxLength: 16 }),
        (h, i, v, l) => {
          const cpus = [1, 3, 5, 7, 9];
          const options = { ...FALCON_DEFAULTS, variant: v };
          const cpu = getFalconCpu(h, i, cpus, l, options);
          expect(cpus).toContain(cpu);
          expect(getFalconCpu(h, i, cpus, l, options)).toBe(cpu);
        },
      ),
    );
  });

  // Modulo of a multiplicative hash: the CPUs of neighbouring devices are far from independent.
  const SIZES = [2, 3, 4, 5, 6, 7, 8, 10];
  it.each([
    [1, [0.477, 0.495, 0.477, 0, 0.295, 0.295, 0.477, 0]],
    [2, [0.049, 0.725, 0, 0.263, 0, 0.037, 0, 0.037]],
    [3, [0.572, 0.449, 0, 0.062, 0.083, 0.488, 0, 0]],
    [4, [0.903, 0.476, 0, 0.046, 0.476, 0.426, 0, 0]],
  ])('puts devices %i apart on one CPU as often as derived', (gap, expected) => {
    const draws = 100_000;
    const random = new Random(1, `gap ${gap}`);
    const same = SIZES.map(() => 0);
    for (let i = 0; i < draws; i++) {
      const hash = random.uint32();
      SIZES.forEach((n, s) => {
        const cpus = Array.from({ length: n }, (_, cpu) => cpu);
        if (getFalconCpu(hash, 2, cpus, IDLE) === getFalconCpu(hash, 2 + gap, cpus, IDLE)) same[s]++;
      });
    }
    // 4 standard errors of both estimates (the table's is over 200,000 draws), and its rounding.
    const error = 4 * Math.sqrt(0.25 / draws + 0.25 / 200_000) + 0.0005;
    SIZES.forEach((n, s) => {
      expect(Math.abs(same[s] / draws - expected[s]), `N = ${n}`).toBeLessThan(expected[s] === 0 ? 0.0005 : error);
    });
  });

  it('makes second and first choice equal with probability 1/N', () => {
    const random = new Random(2);
    for (const n of [2, 4, 5, 8]) {
      const draws = 50_000;
      let same = 0;
      for (let i = 0; i < draws; i++) {
        const first = falconFirstHash(random.uint32(), 2);
        if (first % n === falconSecondHash(first) % n) same++;
      }
      const p = 1 / n;
      expect(Math.abs(same / draws - p), `N = ${n}`).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
    }
  });
});

describe('getGroSplitCpu', () => {
  it('depends on the flow alone and reaches every CPU', () => {
    const random = new Random(3);
    const chosen = new Set(Array.from({ length: 200 }, () => getGroSplitCpu(random.uint32(), [2, 4, 6])));
    expect(chosen).toEqual(new Set([2, 4, 6]));
  });
});

describe('isFalconOn', () => {
  it('is strict at the threshold; above 100 it means always', () => {
    expect(isFalconOn(79, 80)).toBe(true);
    expect(isFalconOn(80, 80)).toBe(false);
    expect(isFalconOn(100, 101)).toBe(true);
  });
});
