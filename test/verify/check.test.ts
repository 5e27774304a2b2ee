import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main';
import { CHECKS, compareExactly, compareMean } from '../../src/verify';
import { littlesLawCheck } from '../../src/verify/littlesLaw';
import { hash32Check, toeplitzCheck } from '../../src/verify/hashes';

describe('compareMean', () => {
  const values = [9.9, 10, 10.1, 10.05, 9.95];

  it('passes what lies in a narrow interval', () => {
    expect(compareMean('c', 'q', 10, values).passed).toBe(true);
  });

  it('fails what lies outside, and an interval too wide to prove anything', () => {
    expect(compareMean('c', 'q', 11, values).passed).toBe(false);
    expect(compareMean('c', 'q', 10, [5, 15, 8, 12, 10]).passed).toBe(false);
    expect(compareMean('c', 'q', 10, [10]).passed).toBe(false);
    expect(compareMean('c', 'q', NaN, values).passed).toBe(false);
  });
});

describe('compareExactly', () => {
  it('fails on the least difference', () => {
    expect(compareExactly('c', 'q', '1', '1').passed).toBe(true);
    expect(compareExactly('c', 'q', '1', '2').passed).toBe(false);
  });
});

describe('the checks', () => {
  // The long ones run in `falcon-lab verify`.
  it.each([littlesLawCheck, toeplitzCheck, hash32Check])('$title', (check) => {
    const lines = [...check.run({ seed: 7 })];
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((line) => !line.passed)).toEqual([]);
  });

  it('include Little’s law in every kind of queue of the receive path', () => {
    const names = [...littlesLawCheck.run({ seed: 2 })].map((line) => line.check).join('\n');
    for (const kind of [
      'nic-ring of CPU 0',
      'backlog of CPU 1 (outer',
      'backlog of CPU 3 (container)',
      'backlog of CPU 8 (nic-split)',
      'gro-cells of CPU 1',
      'socket of CPU 2',
    ]) {
      expect(names).toContain(kind);
    }
  });

  it('have titles of their own', () => {
    expect(new Set(CHECKS.map((check) => check.title)).size).toBe(CHECKS.length);
  });
});

describe('falcon-lab verify', () => {
  it('refuses a seed that is none', async () => {
    expect(await main(['verify', '--seed', 'x'])).toBe(1);
  });
});
