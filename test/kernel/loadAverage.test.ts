import { describe, expect, it } from 'vitest';
import { averageLoad, busyPercent, KERNEL_LOAD_CPUS, nextLoad, settledLoad } from '../../src/kernel';

function settle(start: number, busy: number): number {
  let load = start;
  for (let i = 0; i < 200; i++) load = nextLoad(load, busy);
  return load;
}

describe('nextLoad', () => {
  it('settles at 96 under full load from below, and at 0 when idle', () => {
    expect(settle(0, 100)).toBe(96);
    expect(settle(100, 100)).toBe(100);
    expect(settle(100, 0)).toBe(0);
  });

  it('is the truncated integer average for all percentages', () => {
    for (let old = 0; old <= 100; old++) {
      for (let busy = 0; busy <= 100; busy++) {
        expect(nextLoad(old, busy)).toBe(Number((4n * BigInt(old) + BigInt(busy)) / 5n));
      }
    }
  });

  it('has a time constant of about 4.5 samples', () => {
    let load = 0;
    let samples = 0;
    while (load < 96 * (1 - Math.exp(-1))) {
      load = nextLoad(load, 100);
      samples++;
    }
    expect(samples).toBe(5);
  });
});

describe('settledLoad', () => {
  it('is where the average of a CPU stays that was idle once', () => {
    for (let busy = 0; busy <= 100; busy++) expect(settledLoad(busy)).toBe(settle(0, busy));
    expect(settledLoad(100)).toBe(96);
    expect(settledLoad(4)).toBe(0);
  });
});

describe('busyPercent', () => {
  it('counts everything but idle', () => {
    expect(busyPercent(40e6, 40e6)).toBe(0);
    expect(busyPercent(0, 40e6)).toBe(100);
    expect(busyPercent(39_999_999, 40e6)).toBe(1);
  });
});

describe('averageLoad', () => {
  it('is over the six even CPUs of the patch, or those of them that exist', () => {
    const loads = [10, 99, 20, 99, 30, 99, 40, 99, 50, 99, 61];
    expect(averageLoad(loads, KERNEL_LOAD_CPUS)).toBe(35);
    expect(averageLoad(loads.slice(0, 4), KERNEL_LOAD_CPUS)).toBe(15);
    expect(averageLoad([], KERNEL_LOAD_CPUS)).toBe(0);
  });
});
