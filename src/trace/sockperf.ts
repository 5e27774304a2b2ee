import { InputError, quote } from '../core';
import { TableBuilder, messageRatesSchema, operationsSchema } from '../table';
import type { Detection, ParseContext, Trace, TraceFormat, TraceTables } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { newSummary, readSummaryLine } from './sockperfSummary';
import type { SockperfSummary } from './sockperfSummary';

/** The summary that sockperf prints: throughput, under-load, ping-pong, playback, or its server's. */
export const sockperfFormat: TraceFormat = {
  id: 'sockperf',
  title: 'sockperf summary',
  fills: ['messageRates', 'operations'],

  detect(prefix, complete): Detection {
    const lines = prefixLines(prefix, complete).filter((line) => line.trim() !== '');
    if (lines.length === 0) return complete ? 'no' : 'more';
    return /^(?:sockperf(?:: |\[)|\[ ?\d+\] IP = )/.test(lines[0]) ? 'yes' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const summary = newSummary();
    let firstOdd: string | undefined;
    await forEachLine(source, context, (text, line) => {
      if (readSummaryLine(text, summary)) return;
      oddLine(context, 'sockperf/unparsed-line', 'line that sockperf is not known to print', line, text);
      firstOdd ??= text;
    });
    const tables = summaryTables(summary, context);
    // A server that still runs has printed no result, which is no fault of the file.
    if (Object.keys(tables).length === 0 && (summary.role !== 'server' || summary.error !== undefined)) {
      const seen = summary.error ?? firstOdd;
      throw InputError.expected(
        { file: context.file },
        'results of sockperf',
        seen === undefined ? 'a run that did not end' : quote(seen),
      );
    }
    return { format: this.id, tables, metadata: summaryMetadata(summary) };
  },
};

/**
 * messageRates: the flow is '' for a throughput run and 'latency-test' for one with replies. What
 * arrived is known for TCP only, which loses nothing; a UDP sender does not learn of drops.
 */
export function summaryTables(summary: SockperfSummary, context: ParseContext): TraceTables {
  const origin = { source: 'captured', run: context.run, repeat: context.repeat ?? 1 };
  const rates = new TableBuilder(messageRatesSchema, origin);
  const operations = new TableBuilder(operationsSchema, { ...origin, operation: '' });
  const message_bytes = summary.messageBytes ?? null;
  if (summary.messageRate_pps !== undefined && summary.sent !== undefined) {
    const offered_pps = summary.messageRate_pps;
    const received_pps = summary.protocol === 'TCP' ? offered_pps : null;
    rates.push({ flow: '', message_bytes, offered_pps, received_pps, duration_s: summary.sent.seconds });
  }
  if (summary.total !== undefined && summary.total.seconds > 0) {
    const offered_pps = summary.total.sent / summary.total.seconds;
    const received_pps = summary.protocol === 'TCP' ? offered_pps : null;
    rates.push({ flow: 'latency-test', message_bytes, offered_pps, received_pps, duration_s: summary.total.seconds });
  }
  const metric = summary.measure === 'rtt' ? 'round-trip' : 'latency';
  for (const [statistic, value] of summary.times_us) operations.push({ metric, statistic, unit: 'µs', value });
  const counts: [string, number | undefined][] = [
    ['messages sent', summary.sent?.messages ?? summary.total?.sent],
    ['messages received', summary.received],
    ['replies', summary.valid?.replies],
    ['replies dropped', summary.lost?.dropped],
    ['replies duplicated', summary.lost?.duplicated],
    ['replies out of order', summary.lost?.outOfOrder],
  ];
  for (const [name, value] of counts) {
    if (value !== undefined) operations.push({ metric: name, statistic: 'total', unit: '1', value });
  }
  return {
    ...(rates.numRows > 0 ? { messageRates: rates.finish() } : {}),
    ...(operations.numRows > 0 ? { operations: operations.finish() } : {}),
  };
}

export function summaryMetadata(summary: SockperfSummary): Map<string, string> {
  const metadata = new Map<string, string>();
  const facts = {
    role: summary.role,
    protocol: summary.protocol,
    version: summary.version,
    parameters: summary.parameters,
    measure: summary.measure === 'latency' ? 'half of the round trip' : summary.measure && 'round trip',
    error: summary.error,
  };
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) metadata.set(name, value);
  return metadata;
}
