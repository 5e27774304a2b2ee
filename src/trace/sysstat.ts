import { InputError, quote } from '../core';
import { TableBuilder, cpuTimeSchema, interruptsSchema, netDevSchema, softirqsSchema, softnetSchema } from '../table';
import type { CpuContext } from '../table';
import type { Detection, ParseContext, Trace, TraceFormat, TraceTables } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { parseCells } from './resultCells';

/**
 * Text of mpstat and sar (sysstat): a banner, then blocks of a header line and one row for each CPU or
 * device. Rows state rates over the interval before their time.
 *
 *     Linux 6.18.44 (vm)   11/23/26   _x86_64_   (2 CPU)
 *
 *     15:46:21     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle
 *     15:46:22     all   23.35    0.00    9.14    1.02    0.00    0.00    0.00    0.00    0.00   66.50
 *     15:46:22       0   27.27    0.00   11.11    0.00    …
 *     03:46:22 PM    1   …                                    in a locale with 12 hours
 *     Average:       0   …                                    not in our tables
 *
 * Our tables hold cumulative counters, so rates are added up: rate × interval. The time of the header is
 * that of the reading before the first row.
 */
const BANNER = /^Linux \S+ \(.*\)\s+(\S+)\s+_\S+_\s+\((\d+) CPUs?\)\s*$/;
const STAMP = /^(\d{1,2}):(\d{2}):(\d{2})(?: ([AP]M))?\s+(.*)$/;
const AVERAGE = /^(?:Average|Summary):/;
const DAY_S = 86400;

export const sysstatFormat: TraceFormat = {
  id: 'sysstat',
  title: 'mpstat or sar text',
  fills: ['cpuTime', 'softirqs', 'interrupts', 'netDev', 'softnet'],

  detect(prefix, complete): Detection {
    const [first] = prefixLines(prefix, complete).filter((line) => line.trim() !== '');
    if (first === undefined) return complete ? 'no' : 'more';
    return BANNER.test(first) ? 'yes' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const reader = new SysstatReader(context);
    await forEachLine(source, context, (text, line) => reader.take(text, line));
    return { format: this.id, tables: reader.tables(), metadata: reader.metadata };
  },
};

interface ReportRow {
  readonly time_s: number;
  readonly subject: string;
  readonly values: readonly number[];
}

/** Reports of one header, e.g. all CPU rows of mpstat. */
interface Report {
  readonly columns: readonly string[];
  /** Line of the first header. */
  readonly line: number;
  /** When the first interval began. */
  readonly start_s: number;
  readonly rows: ReportRow[];
}

class SysstatReader {
  readonly metadata = new Map<string, string>();
  private readonly reports = new Map<string, Report>();
  private current: Report | undefined;
  private lastOfDay_s = -1;
  private days = 0;
  private firstOdd: string | undefined;

  constructor(private readonly context: ParseContext) {}

  take(text: string, line: number): void {
    const banner = BANNER.exec(text);
    if (banner !== null) {
      this.metadata.set('system', text.replace(/\s+/g, ' ').trim());
      this.metadata.set('date', banner[1]);
      return;
    }
    if (text.trim() === '' || AVERAGE.test(text)) return;
    const stamp = STAMP.exec(text);
    const cells = stamp?.[5].trim().split(/\s+/) ?? [];
    if (stamp === null || cells.length < 2) {
      // sar writes this where the machine started anew between two reports.
      if (!/LINUX RESTART/.test(text)) this.odd(line, text);
      return;
    }
    if (isHeader(cells)) {
      const key = cells.join(' ');
      this.current = this.reports.get(key) ?? { columns: cells, line, start_s: this.seconds(stamp), rows: [] };
      this.reports.set(key, this.current);
      return;
    }
    const values = parseCells(cells.slice(1));
    if (this.current === undefined || values === undefined || cells.length !== this.current.columns.length) {
      return this.odd(line, text);
    }
    this.current.rows.push({ time_s: this.seconds(stamp), subject: cells[0], values: values as number[] });
  }

  tables(): TraceTables {
    const tables: { -readonly [K in keyof TraceTables]: TraceTables[K] } = {};
    for (const report of this.reports.values()) this.fill(tables, report);
    if (Object.keys(tables).length === 0) {
      const seen =
        this.reports.size > 0
          ? `reports of ${[...this.reports.keys()].map((key) => quote(key, 60)).join(', ')}`
          : undefined;
      throw InputError.expected(
        { file: this.context.file },
        'reports on single CPUs (-P ALL), softirqs, interrupts, devices or softnet',
        seen ?? (this.firstOdd === undefined ? 'none' : quote(this.firstOdd)),
      );
    }
    this.metadata.set('time', "seconds since midnight of the banner's date, local time");
    this.metadata.set('counters', 'rates as printed × interval, added up');
    return tables;
  }

  /** Seconds since the first midnight; clocks that go back have passed another one. */
  private seconds([, h, m, s, half]: RegExpExecArray): number {
    const hour = half === undefined ? Number(h) : (Number(h) % 12) + (half === 'PM' ? 12 : 0);
    const ofDay_s = hour * 3600 + Number(m) * 60 + Number(s);
    if (ofDay_s < this.lastOfDay_s - DAY_S / 2) this.days++;
    this.lastOfDay_s = ofDay_s;
    return this.days * DAY_S + ofDay_s;
  }

  private fill(tables: { -readonly [K in keyof TraceTables]: TraceTables[K] }, report: Report): void {
    const [subject, ...columns] = report.columns;
    const origin = { source: 'captured', run: this.context.run };
    const rows = cumulative(
      report.start_s,
      report.rows.filter((row) => row.subject !== 'all' && row.subject !== 'sum'),
    );
    if (rows.length === 0) {
      const message = 'report on all CPUs added up, left out: -P ALL tells them apart';
      oddLine(this.context, 'sysstat/no-cpus', message, report.line, report.columns.join(' '));
      return;
    }
    const contexts = columns.map((column) => CONTEXTS.get(column));
    if (subject === 'CPU' && contexts.includes('idle')) {
      const table = new TableBuilder(cpuTimeSchema, origin);
      for (const { time_s, cpu, sums } of withCpu(rows)) {
        // Guest time is a part of user time.
        contexts.forEach((context, i) => context && table.push({ time_s, cpu, context, busy_s: sums[i] / 100 }));
      }
      if (columns.includes('%system')) this.metadata.set('system', 'sar counts hardirq and softirq time as system');
      tables.cpuTime ??= table.finish();
    } else if (subject === 'CPU' && columns.includes('NET_RX/s')) {
      const table = new TableBuilder(softirqsSchema, origin);
      for (const { time_s, cpu, sums } of withCpu(rows)) {
        columns.forEach((name, i) => table.push({ time_s, cpu, vector: name.replace(/\/s$/, ''), count: sums[i] }));
      }
      tables.softirqs ??= table.finish();
    } else if (subject === 'CPU' && columns.includes('squeezd/s')) {
      const table = new TableBuilder(softnetSchema, origin);
      const at = (name: string): number => columns.indexOf(name);
      for (const { time_s, cpu, sums } of withCpu(rows)) {
        table.push({
          time_s,
          cpu,
          processed: sums[at('total/s')],
          dropped: sums[at('dropd/s')],
          time_squeeze: sums[at('squeezd/s')],
          received_rps: sums[at('rx_rps/s')] ?? null,
          flow_limit_count: sums[at('flw_lim/s')] ?? null,
        });
      }
      tables.softnet ??= table.finish();
    } else if (subject === 'CPU' && columns.every((name) => /^\S+\/s$/.test(name))) {
      const table = new TableBuilder(interruptsSchema, origin);
      for (const { time_s, cpu, sums } of withCpu(rows)) {
        columns.forEach((name, i) =>
          table.push({ time_s, cpu, irq: name.replace(/\/s$/, ''), device: '', count: sums[i] }),
        );
      }
      tables.interrupts ??= table.finish();
    } else if (subject === 'IFACE' && columns.some((name) => DEVICE_COUNTERS.has(name))) {
      const table = new TableBuilder(netDevSchema, { ...origin, namespace: this.context.namespace ?? '' });
      for (const row of rows) {
        columns.forEach((name, i) => {
          const counter = DEVICE_COUNTERS.get(name);
          if (counter === undefined) return;
          table.push({ time_s: row.time_s, device: row.subject, counter: counter[0], value: row.sums[i] * counter[1] });
        });
      }
      tables.netDev ??= table.finish();
    } else {
      oddLine(
        this.context,
        'sysstat/unknown-report',
        'report that has no table here',
        report.line,
        report.columns.join(' '),
      );
    }
  }

  private odd(line: number, text: string): void {
    oddLine(this.context, 'sysstat/unparsed-line', 'line that is no report of sysstat', line, text);
    this.firstOdd ??= text;
  }
}

/** mpstat's and sar's names for the contexts of /proc/stat. */
const CONTEXTS = new Map<string, CpuContext>([
  ['%usr', 'user'],
  ['%user', 'user'],
  ['%nice', 'nice'],
  ['%sys', 'system'],
  ['%system', 'system'],
  ['%idle', 'idle'],
  ['%iowait', 'iowait'],
  ['%irq', 'hardirq'],
  ['%soft', 'softirq'],
  ['%steal', 'steal'],
]);

/** sar -n DEV and -n EDEV: column → counter of /proc/net/dev and its units for each of sar's. */
const DEVICE_COUNTERS = new Map<string, readonly [counter: string, factor: number]>([
  ['rxpck/s', ['rx_packets', 1]],
  ['txpck/s', ['tx_packets', 1]],
  ['rxkB/s', ['rx_bytes', 1024]],
  ['txkB/s', ['tx_bytes', 1024]],
  ['rxcmp/s', ['rx_compressed', 1]],
  ['txcmp/s', ['tx_compressed', 1]],
  ['rxmcst/s', ['rx_multicast', 1]],
  ['rxerr/s', ['rx_errs', 1]],
  ['txerr/s', ['tx_errs', 1]],
  ['coll/s', ['tx_colls', 1]],
  ['rxdrop/s', ['rx_drop', 1]],
  ['txdrop/s', ['tx_drop', 1]],
  ['txcarr/s', ['tx_carrier', 1]],
  ['rxfram/s', ['rx_frame', 1]],
  ['rxfifo/s', ['rx_fifo', 1]],
  ['txfifo/s', ['tx_fifo', 1]],
]);

function isHeader(cells: readonly string[]): boolean {
  return cells.slice(1).some((cell) => /^%|\/s$|^[A-Za-z]/.test(cell)) && !/^[\d.]+$/.test(cells[1]);
}

interface CumulativeRow {
  readonly time_s: number;
  readonly subject: string;
  readonly sums: readonly number[];
}

function cumulative(start_s: number, rows: readonly ReportRow[]): CumulativeRow[] {
  const times = [...new Set(rows.map((row) => row.time_s))].sort((a, b) => a - b);
  const before = new Map<number, number>();
  times.forEach((time, i) => before.set(time, i === 0 ? Math.min(start_s, time) : times[i - 1]));
  const sums = new Map<string, number[]>();
  const out: CumulativeRow[] = [];
  for (const { time_s, subject, values } of rows) {
    const interval_s = time_s - (before.get(time_s) as number);
    let sum = sums.get(subject);
    if (sum === undefined) {
      sum = values.map(() => 0);
      // The reading at the start of the first interval, so that differences cover all of it.
      out.push({ time_s: before.get(time_s) as number, subject, sums: sum });
    }
    sum = sum.map((s, i) => s + values[i] * interval_s);
    sums.set(subject, sum);
    out.push({ time_s, subject, sums: sum });
  }
  return out.sort((a, b) => a.time_s - b.time_s);
}

function withCpu(rows: readonly CumulativeRow[]): { time_s: number; cpu: number; sums: readonly number[] }[] {
  return rows
    .filter((row) => /^\d+$/.test(row.subject))
    .map(({ time_s, subject, sums }) => ({ time_s, cpu: Number(subject), sums }));
}
