import type { SimulationResult } from '../../../src/sim';

/** One result of one operation. */
export function operation(result: SimulationResult, name: string, metric: string, statistic: string): number {
  for (const row of result.tables.operations?.rows() ?? []) {
    if (row.operation === name && row.metric === metric && row.statistic === statistic) return row.value;
  }
  throw new Error(`no ${metric} ${statistic} of ${name}`);
}

/** Operations per second, of all kinds. */
export function serviceRate(result: SimulationResult): number {
  let sum = 0;
  for (const row of result.tables.operations?.rows() ?? []) if (row.metric === 'rate') sum += row.value;
  return sum;
}
