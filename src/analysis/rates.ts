import { TableBuilder, column, defineSchema, optional } from '../table';
import type { Schema, Table } from '../table';

/**
 * Rates from cumulative counters: differences of consecutive readings, per CPU, never summed.
 * Simulated and captured tables go the same way.
 */
export const ratesSchema = defineSchema('rates', 'Increases and rates of counters between two readings', {
  source: column('string', "'simulated' or 'captured'"),
  run: column('string', 'id of the run'),
  time_s: column('f64', 'end of the interval', 's'),
  interval_s: column('f64', 'length of the interval', 's'),
  cpu: optional('i32', 'CPU number, null for counters of no CPU'),
  subject: column('string', "interrupt description, namespace/device or namespace/protocol; '' for others"),
  counter: column('string', 'softirq vector, irq, CPU context or counter name'),
  increase: optional('f64', 'counted in the interval; null after a reset'),
  rate_per_s: optional('f64', 'increase by time; for CPU time the share of the interval', '1/s'),
  note: column('string', "'wrap' where a 32-bit counter passed its end, 'reset' where it fell otherwise, else ''"),
});

export type Rates = Table<typeof ratesSchema>;

interface Reading {
  readonly source: string;
  readonly run: string;
  readonly time_s: number;
  readonly cpu: number | null;
  /** What is read at one moment together: dumps are consecutive within a series. */
  readonly series: string;
  readonly subject: string;
  readonly counter: string;
  readonly value: number;
}

const WRAP = 2 ** 32;

/**
 * The increase of a counter from one reading to the next. Most counters of /proc are 32 bits wide
 * (kernel_stat: unsigned int), so a fall is read as a wrap if that makes an increase of less than
 * half the range; any other fall is a reset (device made anew, CPU replaced).
 */
export function counterIncrease(
  before: number,
  after: number,
): { increase: number | null; note: '' | 'wrap' | 'reset' } {
  if (after >= before) return { increase: after - before, note: '' };
  const wrapped = after + WRAP - before;
  if (before < WRAP && wrapped < WRAP / 2) return { increase: wrapped, note: 'wrap' };
  return { increase: null, note: 'reset' };
}

/**
 * Rates of every counter of a table of cumulative counters: softirqs, interrupts, softnet, cpuTime,
 * netDev or netSnmp. A CPU that is missing from a reading (offline) gets no rate for the intervals
 * that touch it. Intervals are in the order of the table. Rates of CPU time are shares of the interval; those of
 * one CPU sum to about 1, since the kernel accounts by ticks.
 * @throws Error if the table is of another schema (a defect of the caller)
 */
export function counterRates(table: Table<Schema>): Rates {
  const rates = new TableBuilder(ratesSchema, {});
  const last = new Map<string, { reading: number; time_s: number; value: number }>();
  const readings = new Map<string, { count: number; time_s: number }>();
  const isTime = table.schema.name === 'cpuTime';
  for (const r of readingsOf(table)) {
    const series = `${r.run}\0${r.series}`;
    const reading = readings.get(series);
    if (reading === undefined) readings.set(series, { count: 0, time_s: r.time_s });
    else if (reading.time_s !== r.time_s) {
      reading.count++;
      reading.time_s = r.time_s;
    }
    const number = reading?.count ?? 0;
    const key = `${series}\0${r.cpu}\0${r.subject}\0${r.counter}`;
    const before = last.get(key);
    last.set(key, { reading: number, time_s: r.time_s, value: r.value });
    if (before === undefined || before.reading !== number - 1) continue;
    const interval_s = r.time_s - before.time_s;
    if (!(interval_s > 0)) continue;
    // Idle and iowait may fall a little (fs/proc/stat.c reads them from other CPUs): not a wrap.
    const { increase, note } =
      isTime && r.value < before.value ? { increase: null, note: 'reset' } : counterIncrease(before.value, r.value);
    const { source, run, time_s, cpu, subject, counter } = r;
    const rate_per_s = increase === null ? null : increase / interval_s;
    rates.push({ source, run, time_s, interval_s, cpu, subject, counter, increase, rate_per_s, note });
  }
  return rates.finish();
}

/** Where each table keeps its counter, its subject and its value. */
function* readingsOf(table: Table<Schema>): Generator<Reading> {
  const name = table.schema.name;
  for (const row of table.rows() as Iterable<Record<string, unknown>>) {
    const { source, run, time_s } = row as { source: string; run: string; time_s: number };
    const base = { source, run, time_s, cpu: (row.cpu as number | null | undefined) ?? null, series: '', subject: '' };
    switch (name) {
      case 'softirqs':
        yield { ...base, counter: row.vector as string, value: row.count as number };
        break;
      case 'interrupts':
        yield { ...base, subject: row.device as string, counter: row.irq as string, value: row.count as number };
        break;
      case 'cpuTime':
        yield { ...base, counter: row.context as string, value: row.busy_s as number };
        break;
      case 'softnet':
        for (const counter of ['processed', 'dropped', 'time_squeeze', 'received_rps', 'flow_limit_count']) {
          if (row[counter] !== null) yield { ...base, counter, value: row[counter] as number };
        }
        break;
      case 'netDev':
      case 'netSnmp': {
        const series = row.namespace as string;
        const subject = `${series}/${(name === 'netDev' ? row.device : row.protocol) as string}`;
        yield { ...base, series, subject, counter: row.counter as string, value: row.value as number };
        break;
      }
      default:
        throw new Error(`table ${name} holds no cumulative counters`);
    }
  }
}

export interface Window {
  readonly from_s: number;
  readonly to_s: number;
}

/**
 * The time in which a load ran: from the start of the first to the end of the last interval in which
 * `counter`, over all CPUs, grew at half its highest rate or more. Captured series begin before the load.
 * Undefined if the counter never grew.
 */
export function loadedWindow(rates: Rates, counter: string): Window | undefined {
  const intervals = new Map<number, { interval_s: number; rate: number }>();
  for (const row of rates.rows()) {
    if (row.counter !== counter || row.rate_per_s === null) continue;
    const interval = intervals.get(row.time_s) ?? { interval_s: row.interval_s, rate: 0 };
    interval.rate += row.rate_per_s;
    intervals.set(row.time_s, interval);
  }
  const highest = Math.max(0, ...[...intervals.values()].map(({ rate }) => rate));
  if (highest === 0) return undefined;
  const loaded = [...intervals].filter(([, { rate }]) => rate >= highest / 2);
  return {
    from_s: Math.min(...loaded.map(([time_s, { interval_s }]) => time_s - interval_s)),
    to_s: Math.max(...loaded.map(([time_s]) => time_s)),
  };
}

export interface MeanRate {
  readonly run: string;
  readonly cpu: number | null;
  readonly subject: string;
  readonly counter: string;
  /** Seconds that the mean is over; intervals after a reset are not in it. */
  readonly seconds: number;
  readonly rate_per_s: number;
}

/** Mean rate of each counter, per CPU, over the intervals that lie in the window. Default: over all. */
export function meanRates(rates: Rates, window?: Window): MeanRate[] {
  const sums = new Map<
    string,
    { run: string; cpu: number | null; subject: string; counter: string; s: number; n: number }
  >();
  // Times are doubles near 1.8e9, so that a start computed from an interval may be off by a rounding.
  const slack_s = 1e-6;
  for (const { run, cpu, subject, counter, time_s, interval_s, increase } of rates.rows()) {
    if (increase === null) continue;
    if (window !== undefined && (time_s - interval_s < window.from_s - slack_s || time_s > window.to_s + slack_s))
      continue;
    const key = `${run}\0${cpu}\0${subject}\0${counter}`;
    const sum = sums.get(key) ?? { run, cpu, subject, counter, s: 0, n: 0 };
    sum.s += interval_s;
    sum.n += increase;
    sums.set(key, sum);
  }
  return [...sums.values()].map(({ s, n, ...of }) => ({ ...of, seconds: s, rate_per_s: n / s }));
}
