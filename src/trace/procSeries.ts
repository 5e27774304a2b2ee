import { InputError, quote } from '../core';
import type { Detection, ParseContext } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import type { ByteSource } from './source';

/**
 * Dumps of a /proc file, one after the other:
 *
 *     # 1795435021.308077454            our recorder: the time of the dump below; also `# epoch 1795…`
 *                         CPU0       CPU1
 *          NET_RX:   42509078    9839159
 *     # 1795435022.136494223
 *                         CPU0       CPU1
 *     …
 *
 * Without such lines (`while sleep 1; do cat /proc/softirqs; done`) a dump begins where its first line
 * comes again, and the time of a dump is its number, from 0.
 */
const TIME_LINE = /^#\s*(?:epoch\s+)?(\d+(?:\.\d+)?)\s*$/;

/** What a line was: numbers, part of the frame around them (a header), or nothing known. */
export type LineKind = 'data' | 'frame' | 'odd';

/** What the reader must know of one /proc file. */
export interface ProcFile {
  /** For messages, e.g. `/proc/softirqs`. */
  readonly path: string;
  /** Prefix of diagnostics, e.g. `proc-softirqs`. */
  readonly id: string;
  /** Whether a line begins a dump, when no time line says so. Called for every line, in order. */
  startsDump(line: string): boolean;
  /** Takes one line and says what it was; the reader counts the odd ones. */
  row(line: string, time_s: number): LineKind;
}

export interface ProcSeries {
  readonly dumps: number;
  readonly metadata: Map<string, string>;
}

/** Reads a single dump or a series. @throws InputError if no line was understood */
export async function readProcSeries(source: ByteSource, context: ParseContext, file: ProcFile): Promise<ProcSeries> {
  const reader = new SeriesReader(context, file);
  await forEachLine(source, context, (text, line, terminated) => reader.take(text, line, terminated));
  return reader.finish();
}

class SeriesReader {
  private dumps = 0;
  private rows = 0;
  private time_s = 0;
  private announced: number | undefined;
  private last_s = -Infinity;
  private timed = false;
  /** A dump without a time among dumps with one cannot be placed. */
  private skipping = false;
  private firstOdd: { line: number; text: string } | undefined;

  constructor(
    private readonly context: ParseContext,
    private readonly file: ProcFile,
  ) {}

  take(text: string, line: number, terminated: boolean): void {
    if (text.trim() === '') return;
    const time = TIME_LINE.exec(text);
    if (time !== null) {
      this.announced = Number(time[1]);
      return;
    }
    if (text.startsWith('#')) {
      this.odd('comment', 'comment line without a time', line, text);
      return;
    }
    const starts = this.file.startsDump(text);
    if (this.announced !== undefined || starts || this.dumps === 0) this.startDump(line, text);
    if (this.skipping) return;
    const kind = this.file.row(text, this.time_s);
    if (kind === 'odd') {
      this.odd('unparsed-line', `line that is not one of ${this.file.path}`, line, text);
      this.firstOdd ??= { line, text };
      return;
    }
    if (kind === 'data') this.rows++;
    if (!terminated) this.odd('no-final-newline', 'last line without a newline; its numbers may be cut', line, text);
  }

  finish(): ProcSeries {
    if (this.rows === 0) {
      const { line, text } = this.firstOdd ?? { line: undefined, text: undefined };
      const seen = text === undefined ? 'no line with numbers' : quote(text);
      throw InputError.expected(
        { file: this.context.file, ...(line === undefined ? {} : { line }) },
        `a dump of ${this.file.path}`,
        seen,
      );
    }
    const metadata = new Map([
      ['dumps', String(this.dumps)],
      [
        'time',
        this.timed ? 'seconds since the epoch, from the time lines' : 'number of the dump: the file states no time',
      ],
    ]);
    return { dumps: this.dumps, metadata };
  }

  private startDump(line: number, text: string): void {
    this.skipping = false;
    if (this.announced !== undefined) {
      this.timed = true;
      this.time_s = this.announced;
      if (this.time_s < this.last_s) this.odd('time-backwards', 'dump older than the one before', line, text);
      this.last_s = this.time_s;
    } else if (this.timed) {
      this.odd('dump-without-time', 'dump without a time among dumps with one, left out', line, text);
      this.skipping = true;
      return;
    } else {
      this.time_s = this.dumps;
    }
    this.announced = undefined;
    this.dumps++;
  }

  private odd(kind: string, message: string, line: number, text: string): void {
    oddLine(this.context, `${this.file.id}/${kind}`, message, line, text);
  }
}

/** Detection by the first lines that are neither blank nor a comment. `decide` gets up to `count` of them. */
export function detectProc(
  prefix: Uint8Array,
  complete: boolean,
  count: number,
  decide: (lines: readonly string[]) => boolean,
): Detection {
  const lines = prefixLines(prefix, complete)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .slice(0, count);
  if (lines.length > 0 && decide(lines)) return 'yes';
  return lines.length < count && !complete ? 'more' : 'no';
}

/** `           CPU0       CPU1` → [0, 1]; undefined for any other line. Offline CPUs have no column. */
export function parseCpuHeader(line: string): number[] | undefined {
  if (!/^\s*CPU\d+(?:\s+CPU\d+)*\s*$/.test(line)) return undefined;
  return [...line.matchAll(/CPU(\d+)/g)].map((match) => Number(match[1]));
}

const DIGITS = /^\d+$/;

/** A counter, or undefined if the text is none. Beyond 2^53 a double is the nearest there is. */
export function parseCounter(text: string): number | undefined {
  return DIGITS.test(text) ? Number(text) : undefined;
}

export function words(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
