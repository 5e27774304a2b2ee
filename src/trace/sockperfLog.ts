import { InputError } from '../core';
import { TableBuilder, latencySchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { summaryMetadata, summaryTables } from './sockperf';
import { newSummary, readSummaryLine } from './sockperfSummary';

/**
 * sockperf's --full-log: the summary, then a line for each reply. Times have nanoseconds; latency is
 * half of rxTime − txTime, with --full-rtt all of it.
 *
 *     packet, txTime(sec), rxTime(sec), latency(usec)
 *     0, 2.401313435, 2.401365892, 26.228
 */
const HEADER = /^packet, txTime\(sec\), rxTime\(sec\), (latency|rtt)\(usec\)\s*$/;
const ROW = /^\d+, \d+\.\d{9}, \d+\.\d{9}, +(\d+\.\d{3})\s*$/;

export const sockperfLogFormat: TraceFormat = {
  id: 'sockperf-log',
  title: 'sockperf full log',
  fills: ['messageRates', 'operations', 'latency'],

  detect(prefix, complete): Detection {
    const lines = prefixLines(prefix, complete).filter((line) => line.trim() !== '');
    if (lines.length > 0 && HEADER.test(lines[0])) return 'yes';
    if (lines.length > 1) {
      return /^-+$/.test(lines[0]) && lines[1].startsWith('test was performed using the following parameters:')
        ? 'yes'
        : 'no';
    }
    return complete || (lines.length === 1 && !/^-+$/.test(lines[0])) ? 'no' : 'more';
  },

  /** The latency table holds each latency once, with its exact count: nothing is binned. */
  async parse(source, context): Promise<Trace> {
    const summary = newSummary();
    const countByNs = new Map<number, number>();
    let inRows = false;
    await forEachLine(source, context, (text, line) => {
      const row = inRows ? ROW.exec(text) : null;
      if (row !== null) {
        const latency_ns = Math.round(Number(row[1]) * 1000);
        countByNs.set(latency_ns, (countByNs.get(latency_ns) ?? 0) + 1);
        return;
      }
      const header = HEADER.exec(text);
      if (header !== null) {
        summary.measure = header[1] as 'latency' | 'rtt';
        inRows = true;
        return;
      }
      if (text.trim() === '' || readSummaryLine(text, summary)) return;
      oddLine(context, 'sockperf-log/unparsed-line', 'line that is no reply of the log', line, text);
    });
    if (countByNs.size === 0) {
      throw InputError.expected({ file: context.file }, 'replies in a sockperf log', 'its head without any');
    }
    const flow = summary.measure === 'rtt' ? 'round-trip' : '';
    const latency = new TableBuilder(latencySchema, { source: 'captured', run: context.run, flow });
    for (const [ns, count] of [...countByNs].sort(([a], [b]) => a - b)) latency.push({ value_us: ns / 1000, count });
    return {
      format: this.id,
      tables: { ...summaryTables(summary, context), latency: latency.finish() },
      metadata: summaryMetadata(summary),
    };
  },
};
