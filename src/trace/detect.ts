import { Diagnostics, InputError, quote } from '../core';
import type { OnProgress } from '../core';
import { describePrefix } from './describe';
import { DETECTION_LIMIT } from './format';
import type { ParseContext, Trace, TraceFormat } from './format';
import { traceFormats } from './formats';
import { openSource, withPrefix } from './source';
import type { ByteSource, SourceInput, SourceOptions } from './source';

export interface OpenTraceOptions extends SourceOptions {
  /** Goes into the `run` column. Default: the name of the input. */
  readonly run?: string;
  /** Name of the input for messages. Default: its path, `<stdin>` or `<bytes>`. */
  readonly name?: string;
  /** Id of the format, where it is known. Default: detected. */
  readonly format?: string;
  /** Collects what was odd. Default: a collector of its own. */
  readonly diagnostics?: Diagnostics;
  /** Goes into the `namespace` column of per-namespace counters. Default ''. */
  readonly namespace?: string;
  /** Goes into the `repeat` column of load generators' results. Default 1. */
  readonly repeat?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface OpenedTrace extends Trace {
  readonly diagnostics: Diagnostics;
}

/**
 * Reads a trace of any known format from a path (`-` is standard input), a stream or bytes, plain or
 * gzip. The format is detected from at most `DETECTION_LIMIT` bytes.
 * @throws InputError if no format recognises the input, saying what was seen; or what the format's parser throws
 */
export async function openTrace(input: SourceInput, options: OpenTraceOptions = {}): Promise<OpenedTrace> {
  const opened = await openSource(input, options.name, options);
  const { source, format } = await detectFormat(opened, options.format);
  const diagnostics = options.diagnostics ?? new Diagnostics();
  const context: ParseContext = {
    run: options.run ?? opened.name,
    file: opened.name,
    diagnostics,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  return { ...(await format.parse(source, context)), diagnostics };
}

/**
 * Finds the format of a source. The source given back starts at the first byte again.
 * @throws InputError if no format says yes, or if `id` names none
 */
export async function detectFormat(
  source: ByteSource,
  id?: string,
  formats: readonly TraceFormat[] = traceFormats,
): Promise<{ source: ByteSource; format: TraceFormat }> {
  if (id !== undefined) {
    const format = formats.find((f) => f.id === id);
    if (format === undefined) {
      throw InputError.expected({ file: source.name }, `a format of ${formats.map((f) => f.id).join(', ')}`, quote(id));
    }
    return { source, format };
  }
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let prefix: Uint8Array = new Uint8Array(0);
  let candidates = [...formats];
  let asked = 0;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done !== true) {
      chunks.push(value);
      prefix = Buffer.concat([prefix, value]).subarray(0, DETECTION_LIMIT);
    }
    const complete = done === true;
    const last = complete || prefix.length >= DETECTION_LIMIT;
    // Asking again only after as much again keeps tiny chunks from costing a scan each.
    if (!last && prefix.length < 2 * asked) continue;
    asked = prefix.length;
    const undecided: TraceFormat[] = [];
    for (const format of candidates) {
      const detection = format.detect(prefix, complete);
      // In the order of the list: a later format may not win while an earlier one needs more.
      if (detection === 'yes' && undecided.length === 0) {
        return { source: withPrefix(chunks, iterator, source), format };
      }
      if (detection !== 'no') undecided.push(format);
    }
    if (last) {
      const certain = undecided.find((format) => format.detect(prefix, complete) === 'yes');
      if (certain !== undefined) return { source: withPrefix(chunks, iterator, source), format: certain };
      throw unknownFormat(source.name, prefix, formats);
    }
    candidates = undecided;
  }
}

function unknownFormat(file: string, prefix: Uint8Array, formats: readonly TraceFormat[]): InputError {
  const expected = `one of the ${formats.length} formats that falcon-lab inspect --help lists`;
  return InputError.expected({ file }, expected, describePrefix(prefix));
}
