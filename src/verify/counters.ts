import type { SimulationTables } from '../sim';

/** A scalar of a run, by its name in the table `counters`. */
export function counterOf({ counters }: SimulationTables, name: string): number {
  for (const row of counters?.rows() ?? []) if (row.name === name) return row.value;
  throw new Error(`the simulation gave no counter ${name}`);
}
