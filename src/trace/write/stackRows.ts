import type { TraceTables } from '../format';

/** A row of `samples` or `stacks`, in the words of the former. */
export interface StackRow {
  readonly time_s: number | null;
  readonly cpu: number | null;
  readonly comm: string;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly event: string;
  readonly stack: string;
  readonly samples: number;
  readonly weight: number;
}

/** Single samples if there are any, else stacks added up. */
export function* stackRows(tables: TraceTables): Generator<StackRow> {
  if (tables.samples !== undefined) {
    for (const row of tables.samples.rows()) {
      const { time_s, cpu, comm, pid, tid, event, stack, period } = row;
      yield { time_s, cpu, comm, pid, tid, event, stack, samples: 1, weight: period ?? 1 };
    }
  } else if (tables.stacks !== undefined) {
    for (const row of tables.stacks.rows()) {
      const { cpu, comm, event, stack, samples, weight } = row;
      yield { time_s: null, cpu, comm, pid: null, tid: null, event, stack, samples, weight };
    }
  }
}
