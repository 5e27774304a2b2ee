import type { ByteLineTaker } from '../byteLines';
import { ByteMemo, digitsValue, isSpace } from './byteMemo';
import { isTracepoint, parseWho } from './eventLine';
import type { Who } from './eventLine';
import type { PerfScriptReader } from './reader';
import type { EventColumns } from './tables';

const COLON = 58;
const POINT = 46;
const CLOSE = 41;
const NO_BREAK_SPACE = 0xa0;
/** What a longer line holds is for the reader of texts. */
const MAX_LINE = 1024;
const MAX_LEFT = 256;

/**
 * The quick way for the lines that large recordings consist of: tracepoints without call chains.
 *
 *         sockperf 23989 [001]  8233.923610:            irq:softirq_exit: vec=3 [action=NET_RX]
 *
 * Takes a line from its bytes if it cannot be anything else, and if the next line is such a line too: else
 * frames might follow. All others, and all that is odd, go to the reader of texts.
 */
export class TracepointLines implements ByteLineTaker {
  private readonly who = new ByteMemo<Who>(parseWho);
  /** The name, or undefined if it is no tracepoint's. */
  private readonly event = new ByteMemo<string | undefined>((name) => (isTracepoint(name) ? name : undefined));
  /** The line that waits for the next one. */
  private waiting: { bytes: Buffer; start: number; end: number; line: number } | undefined;
  private found = { who: undefined as Who | undefined, time_s: 0, event: '', start: 0, end: 0 };
  private next = { ...this.found };

  constructor(
    private readonly reader: PerfScriptReader,
    private readonly columns: EventColumns,
    private readonly onTime: (time_s: number, line: number) => void,
  ) {}

  take(bytes: Buffer, start: number, end: number, line: number): boolean {
    const { waiting } = this;
    if (
      end - start > MAX_LINE ||
      !(waiting !== undefined || this.reader.withoutFrames) ||
      !this.read(bytes, start, end)
    ) {
      return false;
    }
    if (waiting === undefined) this.waiting = { bytes, start, end, line };
    else {
      this.keep(waiting.line);
      waiting.start = start;
      waiting.end = end;
      waiting.line = line;
    }
    [this.found, this.next] = [this.next, this.found];
    return true;
  }

  settle(): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting === undefined) return;
    this.reader.onRawLine(waiting.bytes.toString('latin1', waiting.start, waiting.end), waiting.line);
  }

  private keep(line: number): void {
    const { who, time_s, event, start, end } = this.found;
    this.reader.passRecord();
    this.onTime(time_s, line);
    this.columns.pushBytes(who as Who, time_s, event, (this.waiting as { bytes: Buffer }).bytes, start, end);
  }

  /** Reads a line into `next`. */
  private read(bytes: Buffer, start: number, lineEnd: number): boolean {
    const { next } = this;
    const colon = timeColon(bytes, start, Math.min(lineEnd, start + MAX_LEFT));
    if (colon < 0) return false;
    const point = pointBefore(bytes, colon);
    const timeStart = integerStart(bytes, point);
    const fraction = digitsValue(bytes, point + 1, colon);
    const scale = POWERS_OF_TEN[colon - point - 1];
    const whole = digitsValue(bytes, timeStart, point);
    const units = whole * scale + fraction;
    if (!(units <= Number.MAX_SAFE_INTEGER)) return false;
    let at = colon + 1;
    while (at < lineEnd && isSpace(bytes[at])) at++;
    const eventStart = at;
    while (at < lineEnd && !isSpace(bytes[at])) at++;
    if (bytes[at - 1] !== COLON || at === eventStart + 1) return false;
    const event = this.event.get(bytes, eventStart, at - 1);
    if (event === undefined) return false;
    while (at < lineEnd && isSpace(bytes[at])) at++;
    let end = lineEnd;
    while (end > at && isSpace(bytes[end - 1])) end--;
    // The call chain may be one frame at the end of the line.
    if (end > at && bytes[end - 1] === CLOSE) return false;
    next.who = this.who.get(bytes, start, timeStart - 1);
    // Both are whole numbers below 2^53, so the quotient is what Number() makes of the text.
    next.time_s = units / scale;
    next.event = event;
    next.start = at;
    next.end = end;
    return true;
  }
}

const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** The colon behind the first time stamp: ` 8233.923610: `; −1 if there is none, or none that is beyond doubt. */
function timeColon(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end - 1; at++) {
    // White space to the reader of texts, which decides what it separates.
    if (bytes[at] === NO_BREAK_SPACE) return -1;
    if (bytes[at] !== COLON || !isSpace(bytes[at + 1])) continue;
    const point = pointBefore(bytes, at);
    const digits = at - point - 1;
    if (point <= start || bytes[point] !== POINT || digits < 6 || digits > 9) continue;
    const first = integerStart(bytes, point);
    if (first === point || point - first > 12 || first <= start || !isSpace(bytes[first - 1])) continue;
    return at;
  }
  return -1;
}

function pointBefore(bytes: Buffer, colon: number): number {
  return integerStart(bytes, colon) - 1;
}

/** Where the digits before a place begin. */
function integerStart(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && bytes[at - 1] >= 48 && bytes[at - 1] <= 57) at--;
  return at;
}
