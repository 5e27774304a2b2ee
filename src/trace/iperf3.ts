import { InputError, quote } from '../core';
import { TableBuilder, messageRatesSchema, operationsSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { asNumber, exactDigits, member, readJson } from './jsonText';
import { prefixText } from './lines';

/**
 * iperf3 --json:
 *
 *     {"start": {"version": "iperf 3.12", "test_start": {"protocol": "UDP", "blksize": 1000, …}, …},
 *      "intervals": [{"streams": […], "sum": {"start": 0, "end": 1.0, "bits_per_second": …}}, …],
 *      "end": {"streams": [{"udp": {…}}], "sum_sent": {"bytes": …, "packets": …}, "sum_received": {…}, …}}
 *
 * operations: one for each sum at the end, for each stream, and for the intervals.
 * messageRates (UDP): datagrams sent and received, per second.
 */
export const iperf3Format: TraceFormat = {
  id: 'iperf3',
  title: 'iperf3 JSON',
  fills: ['operations', 'messageRates'],

  detect(prefix, complete): Detection {
    const text = prefixText(prefix).slice(0, 8192).trimStart();
    if (text === '' || text === '{') return complete ? 'no' : 'more';
    if (!text.startsWith('{')) return 'no';
    // Members may come in any order in theory; in practice `start` is first and its version is near.
    if (/^\{\s*"start"\s*:/.test(text)) {
      if (/"version"\s*:\s*"iperf 3/.test(text)) return 'yes';
      return complete || text.length >= 8000 ? 'no' : 'more';
    }
    return '"start"'.startsWith(text.slice(1).trimStart().slice(0, 7)) && !complete ? 'more' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const json = await readJson(source, context);
    const end = member(json, 'end');
    const error = member(json, 'error');
    const metadata = new Map<string, string>();
    const origin = { source: 'captured', run: context.run, repeat: context.repeat ?? 1 };
    const operations = new TableBuilder(operationsSchema, origin);

    const take = (operation: string, of: unknown, statistic: string): void => {
      for (const [field, metric, unit] of FIELDS) {
        const raw = member(of, field);
        const value = asNumber(raw);
        if (value === undefined) continue;
        operations.push({ operation, metric, statistic, unit, value });
        const exact = exactDigits(raw);
        if (exact !== undefined) metadata.set(`exact ${operation} ${metric}`, exact);
      }
    };
    for (const sum of ['sum', 'sum_sent', 'sum_received', 'sum_bidir_reverse']) take(sum, member(end, sum), 'total');
    for (const stream of list(member(end, 'streams'))) {
      for (const part of ['udp', 'sender', 'receiver']) {
        const of = member(stream, part);
        take(`stream ${asNumber(member(of, 'socket')) ?? '?'} ${part}`, of, 'total');
      }
    }
    for (const interval of list(member(json, 'intervals'))) {
      const sum = member(interval, 'sum');
      take('interval', sum, `${asNumber(member(sum, 'start')) ?? '?'}–${asNumber(member(sum, 'end')) ?? '?'} s`);
    }
    const load = member(end, 'cpu_utilization_percent');
    for (const side of ['host', 'remote']) {
      for (const kind of ['total', 'user', 'system']) {
        const value = asNumber(member(load, `${side}_${kind}`));
        if (value !== undefined) operations.push({ operation: side, metric: 'CPU', statistic: kind, unit: '%', value });
      }
    }

    if (operations.numRows === 0) {
      const seen = typeof error === 'string' ? `its error ${quote(error)}` : 'no intervals and no end';
      throw InputError.expected({ file: context.file }, 'results of iperf3', seen);
    }
    for (const [name, value] of facts(json)) if (typeof value !== 'object') metadata.set(name, String(value));
    const rates = new TableBuilder(messageRatesSchema, { ...origin, flow: '' });
    const sent = packets(member(end, 'sum_sent') ?? member(end, 'sum'));
    const received = packets(member(end, 'sum_received') ?? member(end, 'sum'));
    if (sent !== undefined && received !== undefined) {
      rates.push({
        message_bytes: asNumber(member(member(member(json, 'start'), 'test_start'), 'blksize')) ?? null,
        offered_pps: sent.packets / sent.seconds,
        received_pps: (received.packets - received.lost) / received.seconds,
        duration_s: sent.seconds,
      });
    }
    const tables = { operations: operations.finish(), ...(rates.numRows > 0 ? { messageRates: rates.finish() } : {}) };
    return { format: this.id, tables, metadata };
  },
};

/** Name in iperf3, in our table, and unit. */
const FIELDS: readonly (readonly [field: string, metric: string, unit: string])[] = [
  ['bits_per_second', 'bandwidth', 'bit/s'],
  ['bytes', 'bytes', 'B'],
  ['seconds', 'duration', 's'],
  ['packets', 'packets', '1'],
  ['lost_packets', 'packets lost', '1'],
  ['out_of_order', 'packets out of order', '1'],
  ['jitter_ms', 'jitter', 'ms'],
  ['retransmits', 'retransmits', '1'],
  ['mean_rtt', 'mean round trip', 'µs'],
];

function packets(sum: unknown): { packets: number; lost: number; seconds: number } | undefined {
  const count = asNumber(member(sum, 'packets'));
  const seconds = asNumber(member(sum, 'seconds'));
  if (count === undefined || seconds === undefined || seconds <= 0) return undefined;
  return { packets: count, lost: asNumber(member(sum, 'lost_packets')) ?? 0, seconds };
}

function facts(json: unknown): [string, unknown][] {
  const start = member(json, 'start');
  const test = member(start, 'test_start');
  const found: [string, unknown][] = [
    ['version', member(start, 'version')],
    ['system', member(start, 'system_info')],
    ['time', member(member(start, 'timestamp'), 'time')],
    ['protocol', member(test, 'protocol')],
    ['streams', member(test, 'num_streams')],
    ['block size', member(test, 'blksize')],
    ['error', member(json, 'error')],
  ];
  return found.filter(([, value]) => value !== undefined && value !== null);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
