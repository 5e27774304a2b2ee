import { InputError, quote } from '../../core';
import type { Diagnostic } from '../../core';
import { asUtf8, utf8 } from '../byteLines';
import { describePrefix } from '../describe';
import { openSource, withPrefix } from '../source';
import type { ByteSource, SourceInput } from '../source';
import { collapseRules } from './options';
import type { CollapseOptions } from './options';
import { collapseFile } from './parallel';
import { CollapseSession } from './session';
import type { CollapseCounts } from './session';
import { compileKernel, type KernelModule } from './kernel';
import { KernelReader } from './kernelReader';
import { TextReader } from './textReader';
import type { ChunkReader } from './textReader';

/** Stacks added up, and what was met on the way. */
export interface CollapseResult {
  /** `process;outer;…;inner count`, sorted by bytes; latin-1, one character for each byte of the input. */
  lines(): Iterable<string>;
  readonly stacks: number;
  readonly counts: Readonly<CollapseCounts>;
  /** The event that was kept, '' if none was printed. */
  readonly event: string;
  /** Other events, which were left out. */
  readonly otherEvents: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A second thread gains little (bench/collapse.mjs), and node 20 was once seen to wait for ever in a worker
 * that ends while V8's background compiler waits for a collection. So threads are for those who ask.
 */
const DEFAULT_THREADS = 1;
/** Bytes at the start of an input that are kept for messages. */
const HEAD_BYTES = 4096;

/**
 * Adds up the call chains of perf script text, or of perf.data itself, to folded stacks.
 * @throws InputError if the input cannot be read, or has no samples: then the message says what was seen
 */
export async function collapsePerfScript(input: SourceInput, options: CollapseOptions = {}): Promise<CollapseResult> {
  const rules = collapseRules(options);
  const opened = await openSource(input);
  const session = new CollapseSession(rules, opened.name);
  const { source, head } = await peek(opened);
  // The kernel reads neither UTF-16 nor what source lines mean.
  const module = options.noKernel === true || rules.srcline ? undefined : compileKernel();
  if (isPerfData(head)) {
    const { asPerfScript } = await import('../perfData');
    const context = { run: opened.name, file: opened.name, diagnostics: session.diagnostics };
    await readStream(await asPerfScript(source, context, options.symbols), session, module, options);
  } else if (opened.path !== undefined && module !== undefined && !hasByteOrderMark(head)) {
    await source[Symbol.asyncIterator]().return?.();
    const threads = options.threads ?? DEFAULT_THREADS;
    await collapseFile(opened.path, session, module, threads, options);
  } else {
    await readStream(source, session, module, options);
  }
  return result(session, head);
}

/** The first bytes of a source, and the source with them still in it. */
async function peek(source: ByteSource): Promise<{ source: ByteSource; head: Uint8Array }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < 8;) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    size += value.length;
  }
  return { source: withPrefix(chunks, iterator, source), head: Buffer.concat(chunks).subarray(0, HEAD_BYTES) };
}

function isPerfData(head: Uint8Array): boolean {
  const magic = Buffer.from(head.subarray(0, 8)).toString('latin1');
  return magic === 'PERFILE2' || magic === '2ELIFREP';
}

function hasByteOrderMark(head: Uint8Array): boolean {
  return head[0] === 0xef || head[0] === 0xfe || head[0] === 0xff;
}

async function readStream(
  source: ByteSource,
  session: CollapseSession,
  module: KernelModule | undefined,
  options: CollapseOptions,
): Promise<void> {
  const reader: ChunkReader = module === undefined ? new TextReader(session) : new KernelReader(session, module);
  for await (const chunk of asUtf8(source)) {
    reader.push(chunk);
    options.onProgress?.({
      done: source.consumedBytes(),
      unit: 'bytes',
      label: source.name,
      ...(source.storedBytes === undefined ? {} : { total: source.storedBytes }),
    });
  }
  reader.end();
}

function result(session: CollapseSession, head: Uint8Array): CollapseResult {
  const { counts } = session;
  const compatible = session.rules.compat !== undefined;
  if (session.tally.size === 0 || (!compatible && counts.withoutStack === counts.records)) {
    throw noSamples(session, head);
  }
  return {
    lines: () => session.tally.lines(),
    stacks: session.tally.size,
    counts,
    event: session.event ?? '',
    otherEvents: [...session.otherEvents],
    diagnostics: session.diagnostics.list(),
  };
}

/** Says what an input without samples holds instead: events, events without stacks, the first odd line. */
function noSamples(session: CollapseSession, head: Uint8Array): InputError {
  const { counts, firstOddLine, file } = session;
  const expected = 'perf script samples with call chains';
  if (counts.records === 0) {
    const place = firstOddLine === undefined ? { file } : { file, line: firstOddLine.line };
    const odd = firstOddLine === undefined ? '' : `; first odd line ${quote(utf8(firstOddLine.text))}`;
    return InputError.expected(place, expected, `${describePrefix(head)}: ${counts.lines} lines, no event${odd}`);
  }
  const parts = [`${counts.records} events`];
  if (counts.withoutStack > 0) parts.push(`${counts.withoutStack} without a call chain (recorded without -g?)`);
  if (counts.filtered > 0) {
    const names = [...session.otherEvents].map((name) => quote(utf8(name))).join(', ');
    parts.push(`${counts.filtered} of other events than ${quote(utf8(session.event ?? ''))}: ${names}`);
  }
  if (firstOddLine !== undefined) parts.push(`first odd line ${firstOddLine.line}: ${quote(utf8(firstOddLine.text))}`);
  return InputError.expected({ file }, expected, parts.join(', '));
}
