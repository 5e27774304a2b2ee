import { describe, expect, it } from 'vitest';
import { msecsToJiffies, RMEM_DEFAULT_BYTES, softirqLimits } from '../../src/kernel';

describe('softirqLimits', () => {
  it.each([
    [100, 20e6, 10e6, 100e6],
    [250, 8e6, 4e6, 40e6],
    [1000, 2e6, 2e6, 10e6],
  ])('at HZ=%i', (hz, budgetTime, softirqTime, loadSample) => {
    const limits = softirqLimits(hz);
    expect(limits.budgetTime_ns).toBe(budgetTime);
    expect(limits.softirqTime_ns).toBe(softirqTime);
    expect(limits.loadSample_ns).toBe(loadSample);
    expect([limits.budget_packets, limits.pollWeight_packets, limits.maxRestart]).toEqual([300, 64, 10]);
  });

  it('rounds milliseconds up to jiffies', () => {
    expect(msecsToJiffies(2, 250)).toBe(1);
    expect(msecsToJiffies(5, 250)).toBe(2);
  });
});

describe('constants', () => {
  it('agree with what they are made of', () => {
    expect(RMEM_DEFAULT_BYTES).toBe(212992);
  });
});
