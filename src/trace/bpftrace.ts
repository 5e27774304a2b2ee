import { InputError, quote } from '../core';
import { TableBuilder, countersSchema, histogramsSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';

/**
 * What bpftrace prints of its maps when it ends. Bins are powers of two (`hist`) or of equal width
 * (`lhist`); K, M, G, … are powers of 1024.
 *
 *     Attaching 2 probes...
 *
 *     @work[eth0]:
 *     [1]                 1203 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
 *     [2, 4)                12 |                                                    |
 *     [1K, 2K)               3 |                                                    |
 *     (..., 0)               1 |                                                    |
 *     [200, ...)             2 |                                                    |
 *
 *     @count[0, sockperf]: 17
 */
const HISTOGRAM = /^@([\w$]*)(?:\[(.*)\])?: *$/;
const SCALAR = /^@([\w$]*)(?:\[(.*)\])?: (-?\d+)$/;
const NUMBER = String.raw`-?\d+[KMGTPE]?`;
const BIN = new RegExp(
  String.raw`^(?:\[(${NUMBER})\]|([[(])(${NUMBER}|\.\.\.), (${NUMBER}|\.\.\.)[)\]])\s+(\d+) \|[@ ]*\|\s*$`,
);
const CHATTER = /^(?:\s*$|Attach(?:ing|ed) \d+ probes?|ERROR: |WARNING: |Lost \d+ events|\^C)/;

export const bpftraceFormat: TraceFormat = {
  id: 'bpftrace',
  title: 'bpftrace maps',
  fills: ['histograms', 'counters'],

  detect(prefix, complete): Detection {
    for (const line of prefixLines(prefix, complete)) {
      if (/^Attach(?:ing|ed) \d+ probes?/.test(line) || HISTOGRAM.test(line) || SCALAR.test(line)) return 'yes';
      if (!CHATTER.test(line)) return 'no';
    }
    return complete ? 'no' : 'more';
  },

  async parse(source, context): Promise<Trace> {
    const origin = { source: 'captured', run: context.run };
    const histograms = new TableBuilder(histogramsSchema, origin);
    const counters = new TableBuilder(countersSchema, origin);
    let map: { name: string; key: string } | undefined;
    let firstOdd: string | undefined;
    await forEachLine(source, context, (text, line) => {
      const opening = HISTOGRAM.exec(text);
      if (opening !== null) {
        map = { name: `@${opening[1]}`, key: opening[2] ?? '' };
        return;
      }
      const bin = BIN.exec(text);
      if (bin !== null && map !== undefined) {
        histograms.push({ ...map, ...bounds(bin), count: Number(bin[5]) });
        return;
      }
      const scalar = SCALAR.exec(text);
      if (scalar !== null) {
        const key = scalar[2] === undefined ? '' : `[${scalar[2]}]`;
        counters.push({ name: `@${scalar[1]}${key}`, unit: '', value: Number(scalar[3]) });
        return;
      }
      const lost = /^Lost (\d+) events/.exec(text);
      if (lost !== null) {
        const place = { file: context.file, line };
        context.diagnostics.count('bpftrace/lost-events', 'event lost by the recorder', place, text, Number(lost[1]));
      }
      if (CHATTER.test(text)) return;
      oddLine(context, 'bpftrace/unparsed-line', 'line that is no map of bpftrace', line, text);
      firstOdd ??= text;
    });
    if (histograms.numRows === 0 && counters.numRows === 0) {
      const seen = firstOdd === undefined ? 'no maps: nothing was counted' : quote(firstOdd);
      throw InputError.expected({ file: context.file }, 'maps of bpftrace', seen);
    }
    return {
      format: this.id,
      tables: {
        ...(histograms.numRows > 0 ? { histograms: histograms.finish() } : {}),
        ...(counters.numRows > 0 ? { counters: counters.finish() } : {}),
      },
      metadata: new Map(),
    };
  },
};

function bounds(bin: RegExpExecArray): { low: number; high: number } {
  if (bin[1] !== undefined) return { low: scaled(bin[1]), high: scaled(bin[1]) + 1 };
  return {
    low: bin[3] === '...' ? -Infinity : scaled(bin[3]),
    high: bin[4] === '...' ? Infinity : scaled(bin[4]),
  };
}

/** `2K` → 2048. */
function scaled(text: string): number {
  const power = ' KMGTPE'.indexOf(text[text.length - 1]);
  return power > 0 ? Number(text.slice(0, -1)) * 1024 ** power : Number(text);
}
