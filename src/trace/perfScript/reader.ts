import { ByteLineSplitter, MAX_LINE_BYTES, asUtf8 } from '../byteLines';
import type { ByteLineTaker } from '../byteLines';
import type { ParseContext } from '../format';
import type { ByteSource } from '../source';
import { EventLineParser, hasTimeStamp, untimed } from './eventLine';
import type { EventLine } from './eventLine';
import { isSourceLine, parseFrame } from './frameLine';
import type { Frame } from './frameLine';

export interface PerfScriptHandler {
  /**
   * What a frame is called in stacks; '' leaves it out. Called once for each distinct line, mostly:
   * the answer is kept.
   */
  frame(frame: Frame, line: string): string;
  /**
   * A record is complete. `frames` are the answers of `frame`, innermost first; the array is used
   * again afterwards. All text is latin-1, one character for each byte.
   */
  record(event: EventLine, frames: readonly string[], line: number): void;
  /** A `#` line, without the `#`. */
  comment?(text: string): void;
  /** What `-F +srcline` printed below a frame; answers the name that the frame has now. */
  sourceLine?(name: string, sourceLine: string): string;
}

/** Distinct frame lines whose names are kept; then the memo starts anew, so that memory stays bounded. */
const FRAME_MEMO = 2 ** 16;
/** Longer lines are not worth keeping. */
const MEMO_LINE_CHARS = 2048;
/** Frames of one record beyond this are counted and left out. */
export const MAX_FRAMES = 2 ** 20;

/**
 * Reads the lines of perf script output into records: a line for the event, lines for the frames, a
 * blank line. The state between lines is here, the shape of lines in eventLine.ts and frameLine.ts.
 */
export class PerfScriptReader {
  /** Records met, with and without frames. */
  records = 0;
  /** Records without a single frame. */
  withoutStack = 0;
  /** Frame lines met. */
  frameLines = 0;
  /** First line that was not understood, for the error when there are no samples. */
  firstOddLine: { readonly line: number; readonly text: string } | undefined;

  private event: EventLine | undefined;
  private eventLineNumber = 0;
  private readonly frames: string[] = [];
  private readonly eventLines = new EventLineParser();
  private readonly memo = new Map<string, string>();
  /** An odd line outside of a record: with `-F comm,ip,sym` it is a command name, if frames follow. */
  private candidate: { readonly text: string; readonly line: number } | undefined;

  constructor(
    private readonly handler: PerfScriptHandler,
    private readonly context: ParseContext,
  ) {}

  /** As `onLine`, with a carriage return at the end perhaps. */
  onRawLine(text: string, line: number, cut = 0): void {
    this.onLine(text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text, line, cut);
  }

  onLine(text: string, line: number, cut = 0): void {
    if (cut > 0) this.count('overlong-line', `line longer than ${MAX_LINE_BYTES} bytes, cut`, line, text);
    // Looking a line up costs its length, so only where there are frames.
    const known = this.event !== undefined && this.memo.size > 0 ? this.memo.get(text) : undefined;
    if (known !== undefined) {
      this.addFrame(known, line);
      return;
    }
    const length = text.length;
    const first = firstInk(text);
    if (first === length) {
      this.endRecord();
      this.settleCandidate();
    } else if (first === 0 && text.charCodeAt(0) === 35 /* # */) this.handler.comment?.(text.slice(1));
    else if (first > 0 ? isHex(text.charCodeAt(first)) && isIndentedFrame(text) : this.isBareFrame(text))
      this.onFrame(text, line);
    else if (this.event !== undefined && this.frames.length > 0 && isSourceLine(text)) this.onSourceLine(text);
    else this.onEvent(text, line);
  }

  /** Whether no record is open: lines so far say nothing about the next. */
  get neutral(): boolean {
    return this.event === undefined && this.candidate === undefined;
  }

  /** Whether there is no frame that belongs to an open record. */
  get withoutFrames(): boolean {
    return this.frames.length === 0;
  }

  /** A record without frames was read by somebody else. */
  passRecord(): void {
    this.end();
    this.records++;
    this.withoutStack++;
  }

  /** To be called after the last line: a last record needs no blank line after it. */
  end(): void {
    this.endRecord();
    this.settleCandidate();
  }

  private onFrame(text: string, line: number): void {
    const frame = parseFrame(text);
    if (frame === undefined) {
      this.odd(text, line);
      return;
    }
    this.begin(line);
    const name = this.handler.frame(frame, text);
    if (text.length <= MEMO_LINE_CHARS) {
      if (this.memo.size >= FRAME_MEMO) this.memo.clear();
      this.memo.set(text, name);
    }
    this.addFrame(name, line);
  }

  private addFrame(name: string, line: number): void {
    this.frameLines++;
    if (this.frames.length >= MAX_FRAMES) {
      this.count('deep-stack', `frame beyond the ${MAX_FRAMES} of a record, left out`, line, '');
      return;
    }
    this.frames.push(name);
  }

  /** Frames without an event line: `-F ip,sym` prints none, `-F comm,ip,sym` a command name only. */
  private begin(line: number): void {
    if (this.event !== undefined) return;
    this.event = this.candidate === undefined ? untimed : { ...untimed, comm: this.candidate.text.trim() };
    this.eventLineNumber = this.candidate?.line ?? line;
    this.candidate = undefined;
  }

  private onSourceLine(text: string): void {
    const last = this.frames.length - 1;
    if (this.handler.sourceLine !== undefined) {
      this.frames[last] = this.handler.sourceLine(this.frames[last], text);
    }
  }

  private onEvent(text: string, line: number): void {
    const event = this.eventLines.parse(text);
    if (event === undefined) {
      this.odd(text, line);
      return;
    }
    // perf puts a blank line between records with stacks; without stacks there is none.
    this.endRecord();
    if (event.event === '' && event.payload.startsWith('PERF_RECORD_')) {
      this.count('record-line', 'PERF_RECORD line (--show-*-events), not a sample', line, text);
      return;
    }
    this.settleCandidate();
    this.event = event;
    this.eventLineNumber = line;
    this.onInlineChain(event, line);
  }

  /**
   * A single frame on the event line, which perf prints where no call chain was recorded:
   *   a.out 35081 252436.005167:     667783 cycles:  408ebb main+0x8b (/full/path/to/a.out)
   *   x 1 2.000003: net:netif_rx: dev=eth0 skbaddr=0xff len=44 ffffffff8 netif_rx+0x1 ([kernel.kallsyms])
   */
  private onInlineChain(event: EventLine, line: number): void {
    if (event.payload === '') return;
    const frame = inlineFrame(event);
    if (frame === undefined) return;
    this.event = { ...event, payload: event.payload.slice(0, frame.start).trimEnd() };
    this.addFrame(this.handler.frame(frame.frame, event.payload.slice(frame.start)), line);
  }

  private endRecord(): void {
    if (this.event === undefined) return;
    this.records++;
    if (this.frames.length === 0) this.withoutStack++;
    this.handler.record(this.event, this.frames, this.eventLineNumber);
    this.event = undefined;
    this.frames.length = 0;
  }

  private odd(text: string, line: number): void {
    this.settleCandidate();
    if (this.event === undefined && text.length < 64 && firstInk(text) === 0) {
      this.candidate = { text, line };
      return;
    }
    this.countOdd(text, line);
  }

  private settleCandidate(): void {
    if (this.candidate !== undefined) this.countOdd(this.candidate.text, this.candidate.line);
    this.candidate = undefined;
  }

  private countOdd(text: string, line: number): void {
    this.firstOddLine ??= { line, text: text.slice(0, 200) };
    this.count('unparsed-line', 'line that is neither an event nor a frame', line, text);
  }

  private count(kind: string, message: string, line: number, text: string): void {
    this.context.diagnostics.count(`perf-script/${kind}`, message, { file: this.context.file, line }, text);
  }

  /** Some tools strip the indentation. */
  private isBareFrame(text: string): boolean {
    return this.event !== undefined && BARE_FRAME.test(text) && text.trimEnd().endsWith(')') && !hasTimeStamp(text);
  }
}

/** The digits that perf prints; spares most other lines the patterns below. */
function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
}

const INDENTED_FRAME = /^\s+[0-9a-f]{1,16}(?:\s|$)/;
const BARE_FRAME = /^[0-9a-f]{1,16}\s+\S/;
//   31912 [000]  1000 cycles:
const EVENT_END = /\s-?\d+(?:\/-?\d+)?\s+(?:\[\d+\]\s+)?(?:\d+\s+)?\S+:\s*$/;

/** An indented line is a frame if it begins with an address; but `dd` and `cafe` are also commands. */
export function isIndentedFrame(text: string): boolean {
  return INDENTED_FRAME.test(text) && !hasTimeStamp(text) && !EVENT_END.test(text.slice(-256));
}

const ONLY_FRAME = /^(?:[0-9a-f]{1,16}\s+)?([0-9a-f]{1,16}\s+\S.*)$/;
const LAST_FRAME = /\s([0-9a-f]{8,16} \S+ \((?:\[|\/)[^()]*\))$/;

function inlineFrame(event: EventLine): { frame: Frame; start: number } | undefined {
  const { payload, tracepoint } = event;
  if (payload.length > 4096 || (tracepoint && !payload.endsWith(')'))) return undefined;
  const match = (tracepoint ? LAST_FRAME : ONLY_FRAME).exec(payload);
  if (match === null) return tracepoint || !/^[0-9a-f]{6,16}$/.test(payload) ? undefined : whole(payload);
  const start = payload.length - match[1].length;
  const frame = parseFrame(match[1]);
  return frame === undefined ? undefined : { frame, start };
}

function whole(payload: string): { frame: Frame; start: number } | undefined {
  const frame = parseFrame(payload);
  return frame === undefined ? undefined : { frame, start: 0 };
}

function firstInk(text: string): number {
  let i = 0;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && (code < 9 || code > 13)) break;
  }
  return i;
}

/** Feeds a whole source to a reader; lines that `taker` takes pass it by. */
export async function readPerfScript(
  source: ByteSource,
  context: ParseContext,
  reader: PerfScriptReader,
  taker?: ByteLineTaker,
): Promise<void> {
  const splitter = new ByteLineSplitter((text, line, cut) => reader.onRawLine(text, line, cut), MAX_LINE_BYTES, taker);
  for await (const chunk of asUtf8(source)) {
    context.signal?.throwIfAborted();
    context.onProgress?.({
      done: source.consumedBytes(),
      unit: 'bytes',
      label: context.file,
      ...(source.storedBytes === undefined ? {} : { total: source.storedBytes }),
    });
    splitter.push(chunk);
  }
  splitter.end();
  reader.end();
}
