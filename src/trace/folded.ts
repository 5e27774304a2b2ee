import { InputError, quote } from '../core';
import type { StackTree, Table } from '../table';
import { TableBuilder, stacksSchema } from '../table';
import type { Detection, ParseContext, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import type { ByteSource } from './source';

/**
 * Folded stacks, as stackcollapse-*.pl and `falcon-lab collapse` write them: outermost frame first,
 * frames joined by `;`, a space, the count. Two counts make it differential: before, after.
 *
 *   swapper;secondary_startup_64;cpu_startup_entry;do_idle 1234
 *   sockperf;[libc.so.6];entry_SYSCALL_64;do_syscall_64 12 15
 */
export const foldedFormat: TraceFormat = {
  id: 'folded',
  title: 'folded stacks',
  detect: detectFolded,
  parse: parseFolded,
};

/** One line of folded stacks. */
export interface FoldedLine {
  /** Frames, outermost first, joined by `;`. */
  readonly stack: string;
  readonly count: number;
  /** Count of the earlier profile, in differential files only. */
  readonly before?: number;
}

const COUNT = String.raw`\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const LAST_COUNT = new RegExp(String.raw`\s(${COUNT})\s*$`);
const DIFFERENTIAL = new RegExp(String.raw`\s(${COUNT})\s(${COUNT})\s*$`);
/** Two counts of this many characters and more do not occur; bounds what backtracking can cost. */
const TAIL_CHARS = 80;

/**
 * Reads one line; undefined if it has no count. The counts are taken from the right, since frames may
 * hold spaces and digits. Whether two numbers at the end are two counts, the file as a whole must tell.
 */
export function parseFoldedLine(text: string, differential = false): FoldedLine | undefined {
  const from = Math.max(0, text.length - TAIL_CHARS);
  const tail = from === 0 ? text : text.slice(from);
  const match = (differential ? DIFFERENTIAL : LAST_COUNT).exec(tail);
  if (match === null) return undefined;
  const stack = text.slice(0, from + match.index);
  return differential
    ? { stack, before: Number(match[1]), count: Number(match[2]) }
    : { stack, count: Number(match[1]) };
}

/** As many lines with a stack and a count as tell. */
const DETECTION_LINES = 5;

function detectFolded(prefix: Uint8Array, complete: boolean): Detection {
  let stacks = 0;
  let odd = 0;
  for (const line of prefixLines(prefix, complete)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    // Indentation and tabs belong to other formats, and the first line must be one of ours.
    const good = !/^\s|\t/.test(line) && parseFoldedLine(line) !== undefined;
    if (!good && stacks === 0) return 'no';
    if (!good) odd++;
    else if (line.includes(';')) stacks++;
    if (stacks === DETECTION_LINES && odd === 0) return 'yes';
  }
  return complete && stacks > odd ? 'yes' : 'more';
}

/**
 * Fills `stacks`. The first frame is taken for the comm, as stackcollapse writes it. A differential file
 * gives two sets of rows: those of the earlier profile have ` (before)` behind the name of the run.
 * @throws InputError if there is no line with a count
 */
async function parseFolded(source: ByteSource, context: ParseContext): Promise<Trace> {
  const lines = await readFoldedLines(source, context);
  const differential = lines.some((line) => line.before !== undefined);
  return {
    format: 'folded',
    metadata: new Map(),
    tables: { stacks: stacksTable(lines, context.run, differential) },
  };
}

/**
 * All lines of a folded file; differential if every line ends in two counts.
 * @throws InputError if there is no line with a count
 */
export async function readFoldedLines(source: ByteSource, context: ParseContext): Promise<FoldedLine[]> {
  const lines: FoldedLine[] = [];
  let differential = true;
  let firstOdd: { text: string; line: number } | undefined;
  await forEachLine(source, context, (text, line) => {
    if (text.trim() === '' || text.startsWith('#')) return;
    const parsed = parseFoldedLine(text);
    if (parsed === undefined || parsed.stack === '') {
      firstOdd ??= { text, line };
      oddLine(context, 'folded/unparsed-line', 'line without a stack and a count', line, text);
      return;
    }
    differential &&= parseFoldedLine(text, true) !== undefined;
    lines.push(parsed);
  });
  if (lines.length === 0) {
    throw InputError.expected(
      { file: context.file, ...(firstOdd === undefined ? {} : { line: firstOdd.line }) },
      'folded stacks (frames joined by ";", a space, a count)',
      firstOdd === undefined ? 'no line with text' : quote(firstOdd.text),
    );
  }
  return differential ? lines.map(asDifferential) : lines;
}

/** The stack still ends in the earlier count: `a;b 12`, 15 → `a;b`, 12, 15. */
function asDifferential(line: FoldedLine): FoldedLine {
  const { stack, count } = parseFoldedLine(line.stack) as FoldedLine;
  return { stack, before: count, count: line.count };
}

function stacksTable(lines: readonly FoldedLine[], run: string, differential: boolean): Table<typeof stacksSchema> {
  const builder = new TableBuilder(stacksSchema, { source: 'captured', cpu: null, event: '' });
  const push = (runName: string, folded: string, count: number): void => {
    const end = folded.indexOf(';');
    const comm = end < 0 ? folded : folded.slice(0, end);
    const stack = end < 0 ? '' : folded.slice(end + 1);
    builder.push({ run: runName, comm, stack, samples: count, weight: count });
  };
  for (const line of lines) push(run, line.stack, line.count);
  if (differential) for (const line of lines) push(`${run} (before)`, line.stack, line.before ?? 0);
  return builder.finish();
}

/**
 * The lines of a folded file, in the order of the tree; differential trees give two counts, before
 * and after. Line ends and `;` inside names were replaced when the tree was built from perf script;
 * line ends are replaced here too, since a tree may come from anywhere.
 */
export function* foldedLines(tree: StackTree): Generator<string> {
  for (const { frames, value, before } of tree.stacks()) {
    const stack = frames.map(frameText).join(';');
    yield tree.differential ? `${stack} ${before} ${value}` : `${stack} ${value}`;
  }
}

function frameText(name: string): string {
  return name.replace(/[\r\n]+/g, ' ').replaceAll(';', ':');
}
