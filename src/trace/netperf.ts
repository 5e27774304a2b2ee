import { InputError, quote } from '../core';
import { TableBuilder, messageRatesSchema, operationsSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { words } from './procSeries';

/**
 * netperf's tables, which have a banner, a header of several lines, and rows of bare numbers:
 *
 *     MIGRATED UDP STREAM TEST from 0.0.0.0 (0.0.0.0) port 0 AF_INET to 198.19.0.2 () port 0 AF_INET
 *     Socket  Message  Elapsed      Messages
 *     Size    Size     Time         Okay Errors   Throughput
 *     bytes   bytes    secs            #      #   10^6bits/sec
 *
 *     212992   65507   10.00      124578      0    6528.29          the sender
 *     212992           10.00      124000           6498.01          the receiver
 *
 *     TCP STREAM:  131072  16384  16384    10.00    29530.03        receive, send socket, message, s, throughput
 *     TCP RR:      16384  131072 1        1       10.00    27440.70  sockets, request, response, s, rate
 *
 * and `-k` of the omni tests, which prints NAME=value.
 */
const BANNER =
  /^(?:MIGRATED )?(?:(TCP|UDP|SCTP) (STREAM|MAERTS|SENDFILE|REQUEST\/RESPONSE|Connect\/Request\/Response)|(OMNI)\b.*?) ?TEST/i;
const KEY_VALUE = /^([A-Z][A-Z0-9_]{2,})=(.*)$/;
const NUMBERS = /^\s*[\d.]+(?:\s+-?[\d.]+)*\s*$/;
const HEADER = /^(?:\s*|[A-Za-z][\w\s./^*%#:,()-]*)$/;

export const netperfFormat: TraceFormat = {
  id: 'netperf',
  title: 'netperf output',
  fills: ['operations', 'messageRates'],

  detect(prefix, complete): Detection {
    const lines = prefixLines(prefix, complete).filter((line) => line.trim() !== '');
    for (const line of lines.slice(0, 5)) {
      if (BANNER.test(line)) return 'yes';
      if (KEY_VALUE.test(line))
        return /^(?:THROUGHPUT|ELAPSED_TIME|LOCAL_|REMOTE_|TRANSACTION_RATE)/.test(line) ? 'yes' : 'no';
    }
    return lines.length === 0 && !complete ? 'more' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const result: Result = { test: undefined, units: undefined, rows: [], values: new Map() };
    let firstOdd: string | undefined;
    await forEachLine(source, context, (text, line) => {
      if (readLine(text, result)) return;
      oddLine(context, 'netperf/unparsed-line', 'line that is no result of netperf', line, text);
      firstOdd ??= text;
    });
    const origin = { source: 'captured', run: context.run, repeat: context.repeat ?? 1 };
    const operations = new TableBuilder(operationsSchema, { ...origin, operation: result.test ?? '' });
    const rates = new TableBuilder(messageRatesSchema, { ...origin, flow: '' });
    const push = (metric: string, value: number, unit: string, statistic = 'total'): void =>
      operations.push({ metric, statistic, unit, value });
    const [first, second] = result.rows;
    if (first !== undefined && result.test === 'UDP STREAM' && first.length >= 6) {
      const [, message_bytes, duration_s, sent, errors, throughput] = first;
      const arrived = second?.length === 4 ? second : undefined;
      push('bandwidth', throughput, result.units ?? '10^6bits/sec', 'sent');
      if (arrived !== undefined) push('bandwidth', arrived[3], result.units ?? '10^6bits/sec', 'received');
      push('errors', errors, '1');
      rates.push({
        message_bytes,
        offered_pps: sent / duration_s,
        received_pps: arrived === undefined ? null : arrived[2] / arrived[1],
        duration_s,
      });
    } else if (first !== undefined && result.test?.includes('/') === true && first.length >= 6) {
      const [, , message_bytes, , duration_s, rate] = first;
      push('rate', rate, '1/s');
      rates.push({ message_bytes, offered_pps: rate, received_pps: rate, duration_s });
    } else if (first !== undefined && first.length >= 5) {
      push('bandwidth', first[4], result.units ?? '10^6bits/sec');
    }
    for (const [name, value] of result.values) {
      const number = Number(value);
      if (value !== '' && Number.isFinite(number)) push(name, number, '');
    }
    if (operations.numRows === 0) {
      const seen = firstOdd === undefined ? 'a banner without results' : quote(firstOdd);
      throw InputError.expected({ file: context.file }, 'results of netperf', seen);
    }
    const metadata = new Map([...result.values].filter(([, value]) => value === '' || !Number.isFinite(Number(value))));
    return {
      format: this.id,
      tables: { operations: operations.finish(), ...(rates.numRows > 0 ? { messageRates: rates.finish() } : {}) },
      metadata,
    };
  },
};

interface Result {
  test: string | undefined;
  units: string | undefined;
  readonly rows: number[][];
  readonly values: Map<string, string>;
}

function readLine(text: string, into: Result): boolean {
  const banner = BANNER.exec(text);
  if (banner !== null) {
    into.test = banner[3] ?? `${banner[1]} ${banner[2]}`;
    return true;
  }
  const pair = KEY_VALUE.exec(text);
  if (pair !== null) {
    into.values.set(pair[1], pair[2]);
    return true;
  }
  if (NUMBERS.test(text) && into.test !== undefined) {
    into.rows.push(words(text).map(Number));
    return true;
  }
  const units = /(?:^|\s)(\S{0,20}(?:bits|bytes)\/sec)\s{0,8}$/i.exec(text);
  if (units !== null) into.units = units[1];
  return HEADER.test(text) && (into.test !== undefined || text.trim() === '');
}
