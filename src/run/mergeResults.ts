import { messageRatesSchema, operationsSchema, tableFromRows } from '../table';
import type { Row } from '../table';
import type { TraceTables } from '../trace';

type MessageRate = Row<typeof messageRatesSchema>;
type Operation = Row<typeof operationsSchema>;

/**
 * Puts the results of a capture's files together.
 *
 * Two files may tell of one run: sockperf prints the same summary on the terminal and at the head of
 * its full log. Rows that agree in all that both know become one.
 *
 * Beside a throughput load, the fixed rate of a latency test is a setting and no result: it goes to
 * operations, so that message rates are of one load.
 */
export function mergeResults(tables: TraceTables): TraceTables {
  const rates = mergeRates([...(tables.messageRates?.rows() ?? [])]);
  const throughput = rates.filter((row) => row.flow === '');
  const rest = rates.filter((row) => row.flow !== '');
  const operations = distinct([
    ...(tables.operations?.rows() ?? []),
    ...(throughput.length > 0 ? rest.map(asOperation) : []),
  ]);
  const kept = throughput.length > 0 ? throughput : rest;
  return {
    ...tables,
    ...(kept.length > 0 ? { messageRates: tableFromRows(messageRatesSchema, kept) } : {}),
    ...(operations.length > 0 ? { operations: tableFromRows(operationsSchema, operations) } : {}),
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

function asOperation({ source, run, flow, repeat, offered_pps, received_pps }: MessageRate): Operation {
  const value = offered_pps ?? received_pps ?? NaN;
  return { source, run, operation: flow, repeat, metric: 'rate', statistic: 'total', unit: '1/s', value };
}

function distinct<T>(rows: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const row of rows) seen.set(JSON.stringify(row), row);
  return [...seen.values()];
}
