import { counterRates, loadedWindow, meanRates } from '../analysis';
import { contextStyle, stackedPanel, STACKED_CONTEXTS, type Panel } from '../plot';
import type { CpuContext } from '../table';
import type { FigureRun } from './cases';
import { coreLoads } from './measures';

/** Stacked CPU use by context, one bar for each core, mean over runs. */
export function cpuPanel(title: string, runs: readonly FigureRun[], cpus: readonly number[]): Panel {
  const byContext = STACKED_CONTEXTS.map((context) => {
    const loads = runs.map((run) =>
      run.source === 'captured' ? loadedShares(run, context) : coreLoads(run, [context]),
    );
    return cpus.map((cpu) => (loads.reduce((sum, load) => sum + (load.get(cpu) ?? 0), 0) / runs.length) * 100);
  });
  return stackedPanel({
    title,
    x: { title: 'Core' },
    y: { title: 'CPU use', unit: '%', range: [0, 105] },
    categories: cpus.map(String),
    parts: STACKED_CONTEXTS.map((context, i) => ({ style: contextStyle(context), values: byContext[i] })),
  });
}

/**
 * Share of time that each CPU of a capture spent in a context while the load ran. A recording begins before its load
 * and ends after it, which a mean over all of it would count as idle.
 */
export function loadedShares(run: FigureRun, context: CpuContext): Map<number, number> {
  if (run.tables.cpuTime === undefined) throw new Error(`run ${run.id} has no CPU time`);
  const rates = counterRates(run.tables.cpuTime);
  const means = meanRates(rates, loadedWindow(rates, 'softirq'));
  const totals = new Map<number, number>();
  for (const { cpu, rate_per_s } of means) if (cpu !== null) totals.set(cpu, (totals.get(cpu) ?? 0) + rate_per_s);
  const shares = new Map<number, number>();
  for (const { cpu, counter, rate_per_s } of means) {
    if (cpu !== null && counter === context) shares.set(cpu, rate_per_s / (totals.get(cpu) as number));
  }
  return shares;
}

/** Cores that any of the runs used for more than a hundredth of the time, in order. */
export function usedCpus(runs: readonly FigureRun[]): number[] {
  const used = new Set<number>();
  for (const run of runs) for (const [cpu, load] of coreLoads(run)) if (load > 0.01) used.add(cpu);
  return [...used].sort((a, b) => a - b);
}
