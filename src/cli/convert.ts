import { open as openFile } from 'node:fs/promises';
import { Diagnostics, InputError } from '../core';
import { StackTree, csvChunks, toParquet } from '../table';
import type { RunTableName, Table } from '../table';
import type { OpenedTrace } from '../trace';
import { foldedLines, openTrace, perfDataFormatWith, traceWriters } from '../trace';
import type { SymbolOptions, TraceTables, WriteOptions } from '../trace';
import { openSource } from '../trace/source';
import { ProgressLine } from './progressLine';

export interface ConvertOptions extends WriteOptions {
  readonly to: string;
  /** Table to write, for formats that take any. Default: the only one. */
  readonly table?: string;
  /** File to write. Default: standard output. */
  readonly output?: string;
  readonly symbols?: SymbolOptions;
  /** A flame graph with the root on top. Default false. */
  readonly inverted?: boolean;
}

/** A target of `convert`: a format's name, what it is, and the pieces of its file. */
interface Target {
  readonly name: string;
  readonly title: string;
  write(trace: OpenedTrace, options: ConvertOptions, file: string): AsyncIterable<Piece> | Iterable<Piece>;
}

type Piece = string | Uint8Array;

/** Everything that `--to` takes. */
export const convertTargets: readonly Target[] = [
  {
    name: 'folded',
    title: 'folded stacks',
    *write(trace, options, file) {
      for (const line of foldedLines(treeOf(trace, options, file))) yield `${line}\n`;
    },
  },
  { name: 'svg', title: 'flame graph SVG', write: (trace, options, file) => flameGraph(trace, options, file, 'svg') },
  {
    name: 'html',
    title: 'self-contained flame graph page',
    write: (trace, options, file) => flameGraph(trace, options, file, 'html'),
  },
  ...traceWriters.map(({ name, title, reads, write }) => ({
    name,
    title,
    write: (trace: OpenedTrace, options: ConvertOptions, file: string) => {
      if (!reads.some((table) => (trace.tables[table]?.numRows ?? 0) > 0)) throw lacks(file, reads, trace.tables);
      return write(trace.tables, options);
    },
  })),
  {
    name: 'csv',
    title: 'CSV of one table',
    write: (trace, options, file) => csvChunks(oneTable(trace, options, file)),
  },
  {
    name: 'parquet',
    title: 'Parquet of one table',
    async *write(trace, options, file) {
      yield await toParquet(oneTable(trace, options, file));
    },
  },
];

/**
 * Reads a trace of any known format and writes it in another.
 * @throws InputError if the trace cannot be read, or holds nothing that the format takes
 */
export async function runConvert(file: string, options: ConvertOptions): Promise<void> {
  const target = convertTargets.find(({ name }) => name === options.to);
  if (target === undefined) {
    const names = convertTargets.map(({ name }) => name).join(', ');
    throw InputError.expected({ file: '--to' }, `one of ${names}`, JSON.stringify(options.to));
  }
  const progress = new ProgressLine(process.stderr);
  const read = await open(file, options, progress).finally(() => progress.clear());
  const trace = await withJourneys(read, options);
  for (const line of trace.diagnostics.summary()) process.stderr.write(`falcon-lab convert: ${line}\n`);
  await writeTo(options.output, gathered(target.write(trace, { name: file, ...options }, file)));
}

async function open(file: string, options: ConvertOptions, progress: ProgressLine): Promise<OpenedTrace> {
  const onProgress = (at: Parameters<ProgressLine['show']>[0]) => progress.show(at);
  const { kallsyms, symfs } = options.symbols ?? {};
  if (kallsyms === undefined && symfs === undefined) return openTrace(file, { onProgress });
  // Places of symbols were given: the input can only be perf.data.
  const diagnostics = new Diagnostics();
  const context = { run: file, file, diagnostics, onProgress };
  return { ...(await perfDataFormatWith(options.symbols ?? {}).parse(await openSource(file), context)), diagnostics };
}

/** Journeys are worked out where they are wanted. */
async function withJourneys(trace: OpenedTrace, options: ConvertOptions): Promise<OpenedTrace> {
  const { events, journeys } = trace.tables;
  const wanted = options.to === 'chrome' || options.table === 'journeys';
  if (!wanted || events === undefined || journeys !== undefined) return trace;
  const { packetJourneys } = await import('../analysis');
  return { ...trace, tables: { ...trace.tables, journeys: packetJourneys(events).journeys } };
}

/** The tree of the stacks; of a differential file, a differential tree. */
function treeOf(trace: OpenedTrace, options: ConvertOptions, file: string): StackTree {
  const { stacks } = trace.tables;
  if (stacks === undefined || stacks.numRows === 0) throw lacks(file, ['stacks'], trace.tables);
  const weight = options.weight ?? 'samples';
  const isBefore = (run: string) => run.endsWith(' (before)');
  const after = StackTree.fromTable(
    stacks.filter((row) => !isBefore(row.run)),
    { weight },
  );
  const before = stacks.filter((row) => isBefore(row.run));
  return before.numRows === 0 ? after : StackTree.diff(StackTree.fromTable(before, { weight }), after);
}

async function* flameGraph(
  trace: OpenedTrace,
  options: ConvertOptions,
  file: string,
  kind: 'svg' | 'html',
): AsyncGenerator<string> {
  const tree = treeOf(trace, options, file);
  const { flameFigure, flameSvg, toHtml } = await import('../plot');
  const unit = options.weight === 'weight' ? 'weight' : (trace.metadata.get('count_name') ?? 'samples');
  const figure = flameFigure({
    id: 'flame-graph',
    title: options.name ?? file,
    caption: `${file}, ${trace.format}.`,
    tree,
    unit,
    icicle: options.inverted === true,
  });
  yield kind === 'svg' ? flameSvg(figure) : toHtml(figure);
}

function oneTable(trace: OpenedTrace, options: ConvertOptions, file: string): Table {
  const present = (Object.entries(trace.tables) as [string, Table][]).filter(([, table]) => table.numRows > 0);
  if (options.table === undefined && present.length === 1) return present[0][1];
  const chosen = present.find(([name]) => name === options.table);
  if (chosen !== undefined) return chosen[1];
  const names = present.map(([name]) => name).join(', ');
  const seen = options.table === undefined ? 'none of them' : JSON.stringify(options.table);
  throw InputError.expected({ file }, `--table to name one of ${names}`, seen);
}

function lacks(file: string, wanted: readonly RunTableName[], tables: TraceTables): InputError {
  const seen = Object.entries(tables).map(([name, table]) => `${name} (${table.numRows} rows)`);
  return InputError.expected({ file }, `rows of ${wanted.join(' or ')}`, seen.join(', ') || 'no table');
}

/** Text is gathered before it is written: a write for each of a million pieces takes minutes. */
const WRITE_CHARS = 2 ** 18;

async function* gathered(pieces: AsyncIterable<Piece> | Iterable<Piece>): AsyncGenerator<Piece> {
  let text = '';
  for await (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    if (typeof piece === 'string' && text.length < WRITE_CHARS) continue;
    if (text !== '') yield text;
    text = '';
    if (typeof piece !== 'string') yield piece;
  }
  if (text !== '') yield text;
}

async function writeTo(path: string | undefined, pieces: AsyncIterable<Piece>): Promise<void> {
  if (path === undefined || path === '-') {
    for await (const piece of pieces) {
      if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
    return;
  }
  const refuse = (error: Error): never => {
    throw new InputError({ file: path }, error.message);
  };
  const handle = await openFile(path, 'w').catch(refuse);
  try {
    for await (const piece of pieces) await handle.appendFile(piece).catch(refuse);
  } finally {
    await handle.close();
  }
}
