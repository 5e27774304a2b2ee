import { describe, expect, it } from 'vitest';
import type { FigureRun } from '../../src/figures/cases';
import { cpuPanel, loadedShares } from '../../src/figures/cpuPanels';
import { cpuTimeSchema, tableFromRows, type CpuContext } from '../../src/table';

/** Readings each second: idle at first, two seconds of a load that takes three quarters of CPU 0, idle again. */
function recording(source: 'captured' | 'simulated'): FigureRun {
  const seconds: Record<string, number[]> = {
    '0 softirq': [0, 0, 0, 0.5, 1, 1, 1],
    '0 user': [0, 0, 0, 0.25, 0.5, 0.5, 0.5],
    '0 idle': [0, 1, 2, 2.25, 2.5, 3.5, 4.5],
    '1 idle': [0, 1, 2, 3, 4, 5, 6],
  };
  const rows = Array.from({ length: 7 }, (_, time_s) =>
    Object.entries(seconds).map(([name, busy_s]) => {
      const [cpu, context] = name.split(' ');
      return { source, run: 'r', time_s, cpu: Number(cpu), context: context as CpuContext, busy_s: busy_s[time_s] };
    }),
  ).flat();
  const run = { id: 'r', source, tables: { cpuTime: tableFromRows(cpuTimeSchema, rows) } };
  return run as unknown as FigureRun;
}

describe('CPU use of a capture', () => {
  it('is that of the time in which its load ran', () => {
    const run = recording('captured');
    expect(loadedShares(run, 'softirq').get(0)).toBeCloseTo(0.5, 12);
    expect(loadedShares(run, 'user').get(0)).toBeCloseTo(0.25, 12);
    expect(loadedShares(run, 'idle').get(1)).toBeCloseTo(1, 12);
  });

  it('is drawn so, and that of a simulation over all that was measured', () => {
    const softirq = (source: 'captured' | 'simulated') =>
      cpuPanel('t', [recording(source)], [0]).traces.flatMap((t) =>
        t.type === 'bar' && t.name === 'softirq' ? [(t.y as number[])[0]] : [],
      );
    expect(softirq('captured')[0]).toBeCloseTo(50, 9);
    expect(softirq('simulated')[0]).toBeCloseTo(100 / 6, 9);
  });
});
