import type { Detection, ParseContext, Trace, TraceFormat } from '../format';
import { perfScriptFormat } from '../perfScript';
import type { ByteSource } from '../source';
import { withPrefix } from '../source';
import { byteOrder } from './header';
import { perfDataText } from './script';
import type { PerfDataOptions } from './script';

/**
 * perf.data, as `perf record` writes it to a file or (with `-o -`) to a pipe, of either byte order,
 * with compressed records. The samples are put into the words of `perf script` and read as such, so that tables and
 * collapsed stacks are the same whichever of the two one has.
 */
export const perfDataFormat: TraceFormat = perfDataFormatWith({});

/** The same with symbols from given files. */
export function perfDataFormatWith(options: PerfDataOptions): TraceFormat {
  return {
    id: 'perf-data',
    title: 'perf.data',
    fills: ['samples', 'stacks', 'events'],
    detect,
    parse: (source, context) => parse(source, context, options),
  };
}

function detect(prefix: Uint8Array, complete: boolean): Detection {
  if (prefix.length < 8) return complete ? 'no' : 'more';
  return byteOrder(prefix) === undefined ? 'no' : 'yes';
}

async function parse(source: ByteSource, context: ParseContext, options: PerfDataOptions): Promise<Trace> {
  const script = await perfDataScript(source, context, options);
  const trace = await perfScriptFormat.parse(script, { ...context, onProgress: undefined });
  return { ...trace, format: perfDataFormat.id, metadata: new Map([...trace.metadata, ...script.metadata]) };
}

/** A perf.data file as the text that `perf script --ns -F +pid` would print of it. */
export async function perfDataScript(
  source: ByteSource,
  context: ParseContext,
  options: PerfDataOptions = {},
): Promise<ByteSource & { readonly metadata: ReadonlyMap<string, string> }> {
  const { text, metadata } = await perfDataText(source, context, { pid: true, nanoseconds: true, ...options });
  const bytes = encode(text);
  return {
    name: source.name,
    ...(source.storedBytes === undefined ? {} : { storedBytes: source.storedBytes }),
    consumedBytes: () => source.consumedBytes(),
    metadata,
    [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
  };
}

/** The same for whoever takes perf script text: perf.data as that text, anything else as it is. */
export async function asPerfScript(
  source: ByteSource,
  context: ParseContext,
  options: PerfDataOptions = {},
): Promise<ByteSource> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < 8;) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    size += value.length;
  }
  const whole = withPrefix(chunks, iterator, source);
  const isPerfData = byteOrder(Buffer.concat(chunks).subarray(0, 8)) !== undefined;
  return isPerfData ? perfDataScript(whole, context, options) : whole;
}

async function* encode(text: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of text) if (piece !== '') yield Buffer.from(piece);
}
