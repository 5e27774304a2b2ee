import { InputError, quote } from '../../core';
import type { Diagnostic } from '../../core';
import { asUtf8, utf8 } from '../byteLines';
import { describePrefix } from '../describe';
import { asPerfScript } from '../perfData';
import { openSource } from '../source';
import type { ByteSource, SourceInput } from '../source';
import { collapseRules } from './options';
import type { CollapseOptions } from './options';
import { CollapseSession } from './session';
import type { CollapseCounts } from './session';
import { TextReader } from './textReader';

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
 * Adds up the call chains of perf script text, or of perf.data itself, to folded stacks.
 * @throws InputError if the input cannot be read, or has no samples: then the message says what was seen
 */
export async function collapsePerfScript(input: SourceInput, options: CollapseOptions = {}): Promise<CollapseResult> {
  const rules = collapseRules(options);
  const opened = await openSource(input);
  const session = new CollapseSession(rules, opened.name);
  const context = { run: opened.name, file: opened.name, diagnostics: session.diagnostics };
  const source = await asPerfScript(opened, context, options.symbols);
  const head = await readAll(source, session, options);
  return result(session, head);
}

/** Reads a source as a stream; answers its first bytes, for the error message if there is nothing in it. */
async function readAll(source: ByteSource, session: CollapseSession, options: CollapseOptions): Promise<Uint8Array> {
  const reader = new TextReader(session);
  let head: Uint8Array | undefined;
  for await (const chunk of asUtf8(source)) {
    head ??= chunk.slice(0, 4096);
    reader.push(chunk);
    options.onProgress?.({
      done: source.consumedBytes(),
      unit: 'bytes',
      label: source.name,
      ...(source.storedBytes === undefined ? {} : { total: source.storedBytes }),
    });
  }
  reader.end();
  return head ?? new Uint8Array(0);
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
