import { InputError, quote } from '../../core';
import { utf8 } from '../byteLines';
import type { ParseContext, Trace, TraceFormat } from '../format';
import type { ByteSource } from '../source';
import { detectPerfScript } from './detection';
import type { EventLine } from './eventLine';
import { frameName } from './frameLine';
import { HeaderFacts } from './header';
import { PerfScriptReader, readPerfScript } from './reader';
import { EventColumns, SampleColumns } from './tables';
import { TracepointLines } from './tracepointLines';

/**
 * The text that `perf script` prints, of perf 3.x to 6.x, with any `-F`. Fills `samples` and `stacks`
 * from records with call chains and from sampled events, `events` from tracepoints. A tracepoint with
 * a call chain is in both. Symbols are kept as printed, without their offsets; `;` in them becomes `:`.
 */
export const perfScriptFormat: TraceFormat = {
  id: 'perf-script',
  title: 'perf script text',
  fills: ['samples', 'stacks', 'events'],
  detect: detectPerfScript,
  parse: parsePerfScript,
};

/** @throws InputError if there is no record at all, saying what was there instead */
async function parsePerfScript(source: ByteSource, context: ParseContext): Promise<Trace> {
  const samples = new SampleColumns();
  const events = new EventColumns();
  const header = new HeaderFacts();
  let lastTime_s = -Infinity;
  const onTime = (time_s: number, line: number): void => {
    if (time_s < lastTime_s) {
      context.diagnostics.count(
        'perf-script/time-backwards',
        'record earlier than the one before it; rows are in the order of the file',
        { file: context.file, line },
      );
    }
    if (!Number.isNaN(time_s)) lastTime_s = time_s;
  };
  const reader = new PerfScriptReader(
    {
      frame: frameName,
      comment: (text) => header.line(utf8(text)),
      record(event: EventLine, frames: readonly string[], line: number): void {
        onTime(event.time_s, line);
        if (event.tracepoint) events.push(event);
        if (!event.tracepoint || frames.length > 0) samples.push(event, frames);
      },
    },
    context,
  );
  await readPerfScript(source, context, reader, new TracepointLines(reader, events, onTime));
  if (reader.records === 0) throw noRecords(reader, header, context);
  return {
    format: 'perf-script',
    metadata: header.facts,
    tables: {
      ...(samples.rows > 0 ? samples.finish(context.run) : {}),
      ...(events.rows > 0 ? { events: events.finish(context.run) } : {}),
    },
  };
}

function noRecords(reader: PerfScriptReader, header: HeaderFacts, context: ParseContext): InputError {
  const { firstOddLine } = reader;
  if (firstOddLine !== undefined) {
    return InputError.expected(
      { file: context.file, line: firstOddLine.line },
      'a perf script record',
      quote(utf8(firstOddLine.text)),
    );
  }
  const what = header.lines > 0 ? `${header.lines} header lines and no record` : 'no record';
  return InputError.expected({ file: context.file }, 'perf script records', what);
}
