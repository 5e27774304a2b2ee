import { contextStyle, stackedPanel, STACKED_CONTEXTS, type Panel } from '../plot';
import type { FigureRun } from './cases';
import { coreLoads } from './measures';

/** Stacked CPU use by context, one bar for each core, mean over runs. */
export function cpuPanel(title: string, runs: readonly FigureRun[], cpus: readonly number[]): Panel {
  const byContext = STACKED_CONTEXTS.map((context) => {
    const loads = runs.map((run) => coreLoads(run, [context]));
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

/** Cores that any of the runs used for more than a hundredth of the time, in order. */
export function usedCpus(runs: readonly FigureRun[]): number[] {
  const used = new Set<number>();
  for (const run of runs) for (const [cpu, load] of coreLoads(run)) if (load > 0.01) used.add(cpu);
  return [...used].sort((a, b) => a - b);
}
