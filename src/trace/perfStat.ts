import { InputError, quote } from '../core';
import { TableBuilder, perfStatSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';

/**
 * `perf stat -x SEP`: [time with -I], [what was counted with -A, --per-socket, …], then six or more fields.
 *
 *     # started on Mon Nov 23 15:46:26 2026
 *     0.84,msec,task-clock,837471,100.00,0.004,CPUs utilized
 *     <not supported>,,cycles,0,100.00,,
 *          0.200335893,CPU0,100,,context-switches,200439041,100.00,498.907,/sec
 *     S0-D0-C0,2,1234,,instructions,…                 --per-core: the number of CPUs comes second
 *     0.5,,,,,,1.02,insn per cycle                    a further metric of the event above: not a count
 */
const SEPARATORS = [',', ';', '\t', '|', ':'] as const;
const TIME = /^\s*\d+\.\d{9}$/;
const COUNT = /^\s*(?:\d+(?:\.\d+)?|<not counted>|<not supported>)$/;
const UNIT = /^(?:|[A-Za-z%°µ][\w./%]*)$/;
const EVENT = /^[A-Za-z_][\w.:\-/=,@{}*+? ]*$/;

/** Terms of one event, e.g. `event=0x3c,umask=0x0`. */
const MAX_TERMS = 16;

interface Line {
  readonly time_s: number | null;
  readonly target: string;
  readonly value: number | null;
  readonly unit: string;
  readonly event: string;
  readonly running_ratio: number | null;
}

export const perfStatFormat: TraceFormat = {
  id: 'perf-stat',
  title: 'perf stat -x output',
  fills: ['perfStat'],

  detect(prefix, complete): Detection {
    const lines = prefixLines(prefix, complete).filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (lines.length === 0) return complete ? 'no' : 'more';
    return SEPARATORS.some((separator) => parseLine(lines[0], separator) !== undefined) ? 'yes' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const table = new TableBuilder(perfStatSchema, { source: 'captured', run: context.run });
    const metadata = new Map<string, string>();
    let separator: string | undefined;
    let firstOdd: { line: number; text: string } | undefined;
    await forEachLine(source, context, (text, line) => {
      if (text.trim() === '') return;
      const started = /^# started on (.*)$/.exec(text);
      if (started !== null) metadata.set('started', started[1]);
      if (text.startsWith('#')) return;
      separator ??= SEPARATORS.find((s) => parseLine(text, s) !== undefined);
      const parsed = separator === undefined ? undefined : parseLine(text, separator);
      if (parsed !== undefined) table.push(parsed);
      else if (separator !== undefined && isFurtherMetric(text.split(separator))) return;
      else {
        oddLine(context, 'perf-stat/unparsed-line', 'line that is no count of perf stat', line, text);
        firstOdd ??= { line, text };
      }
    });
    if (table.numRows === 0) {
      const { line, text } = firstOdd ?? {};
      const place = { file: context.file, ...(line === undefined ? {} : { line }) };
      throw InputError.expected(place, 'a count of perf stat', text === undefined ? 'comments alone' : quote(text));
    }
    return { format: this.id, tables: { perfStat: table.finish() }, metadata };
  },
};

function parseLine(text: string, separator: string): Line | undefined {
  const fields = text.split(separator);
  const timed = TIME.test(fields[0]) && fields.length > 4;
  // The count is the first number that a unit and an event name follow.
  for (let at = timed ? 1 : 0; at < Math.min(fields.length - 3, 5); at++) {
    if (!COUNT.test(fields[at]) || !UNIT.test(fields[at + 1]) || !EVENT.test(fields[at + 2] ?? '')) continue;
    let [event, after] = [fields[at + 2], at + 3];
    // cpu/event=0x3c,umask=0x0/ holds commas of its own.
    const last = Math.min(fields.length, after + MAX_TERMS);
    while ((event.split('/').length - 1) % 2 === 1 && after < last) event += separator + fields[after++];
    const [running, percent] = [fields[after], fields[after + 1]];
    if (running === undefined || !/^\d+$/.test(running) || percent === undefined) return undefined;
    const value = fields[at].trim();
    return {
      time_s: timed ? Number(fields[0]) : null,
      // Second, where there are two, is the number of CPUs added up.
      target: fields[timed ? 1 : 0] === fields[at] ? '' : fields[timed ? 1 : 0].trim(),
      value: value.startsWith('<') ? null : Number(value),
      unit: fields[at + 1],
      event: event.trim(),
      running_ratio: /^\d+(?:\.\d+)?$/.test(percent) ? Number(percent) / 100 : null,
    };
  }
  return undefined;
}

function isFurtherMetric(fields: readonly string[]): boolean {
  const start = TIME.test(fields[0]) ? 1 : 0;
  return fields.length >= 6 && fields.slice(start, -2).filter((field) => field.trim() === '').length >= 3;
}
