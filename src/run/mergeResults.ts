import { messageRatesSchema, operationsSchema, tableFromRows } from '../table';
import type { Row } from '../table';
import type { TraceTables } from '../trace';

type MessageRate = Row<typeof messageRatesSchema>;

/**
 * Two files may tell of one run: sockperf prints the same summary on the terminal and at the head of
 * its full log. Rows that agree in all that both know become one.
 */
export function mergeRepeatedResults(tables: TraceTables): TraceTables {
  const { messageRates, operations } = tables;
  return {
    ...tables,
    ...(messageRates === undefined
      ? {}
      : { messageRates: tableFromRows(messageRatesSchema, mergeRates([...messageRates.rows()])) }),
    ...(operations === undefined
      ? {}
      : { operations: tableFromRows(operationsSchema, distinct([...operations.rows()])) }),
  };
}

function mergeRates(rows: readonly MessageRate[]): MessageRate[] {
  const merged = new Map<string, MessageRate>();
  for (const row of rows) {
    const key = JSON.stringify([row.run, row.flow, row.repeat, row.offered_pps, row.duration_s]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? row : fillGaps(known, row));
  }
  return [...merged.values()];
}

function fillGaps(row: MessageRate, other: MessageRate): MessageRate {
  return {
    ...row,
    message_bytes: row.message_bytes ?? other.message_bytes,
    received_pps: row.received_pps ?? other.received_pps,
  };
}

function distinct<T>(rows: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const row of rows) seen.set(JSON.stringify(row), row);
  return [...seen.values()];
}
