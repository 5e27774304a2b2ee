/**
 * The two kinds of lines as stackcollapse-perf.pl of FlameGraph (41fee1f) takes them apart, faults
 * included. Its patterns backtrack; what they match is found here in one pass, so that no line can
 * take long. Texts are latin-1, one character for each byte, as Perl sees them.
 */

export interface FlamegraphEvent {
  readonly comm: string;
  /** `?` where one id only was printed. */
  readonly pid: string;
  readonly tid: string;
  /** Digits, '' if none. */
  readonly period: string;
  /** undefined where no event was recognised; then it is not checked. */
  readonly event: string | undefined;
  /** Where the ids end. */
  readonly idsEnd: number;
}

/**
 * Comm is two characters at least and ends where white space is followed by digits, perhaps slashes and
 * more digits, and white space:
 *
 *   java 12688/12764 6544038.708352: 235 cpu-clock:
 *   FS Broker 5858  5791/5860 …                       comm `FS Broker`, pid 5858: a fault
 *   a 12688 6544038.708352: 235 cpu-clock:            comm `a 12688 6544038.708352:`: a fault
 */
export function flamegraphEvent(text: string): FlamegraphEvent | undefined {
  if (text.length === 0 || isSpace(text.charCodeAt(0))) return undefined;
  for (let at = 1; at < text.length;) {
    if (!isSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const from = Math.max(at, 2);
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at <= from) continue;
    const firstEnd = digitsEnd(text, at);
    if (firstEnd === at) continue;
    let secondStart = firstEnd;
    while (text.charCodeAt(secondStart) === 47) secondStart++;
    const secondEnd = digitsEnd(text, secondStart);
    if (secondEnd >= text.length || !isSpace(text.charCodeAt(secondEnd))) continue;
    const first = text.slice(at, firstEnd);
    const second = text.slice(secondStart, secondEnd);
    // Perl takes 0 for false: a thread 0 beside a process counts as not printed.
    const both = second !== '' && second !== '0';
    return {
      comm: text.slice(0, from),
      pid: both ? first : '?',
      tid: both ? second : first,
      ...periodAndEvent(text),
      idsEnd: secondEnd,
    };
  }
  return undefined;
}

/** `: 235 cpu-clock:` at the end of the line; the period may be missing. */
function periodAndEvent(text: string): { period: string; event: string | undefined } {
  const none = { period: '', event: undefined };
  const end = inkEnd(text, text.length);
  if (text.charCodeAt(end - 1) !== 58) return none;
  let start = end - 1;
  while (start > 0 && !isSpace(text.charCodeAt(start - 1))) start--;
  const event = text.slice(start, end - 1);
  if (event === '') return none;
  const periodEnd = inkEnd(text, start);
  if (periodEnd === start) return none;
  let periodStart = periodEnd;
  while (periodStart > 0 && isDigit(text.charCodeAt(periodStart - 1))) periodStart--;
  const colon = inkEnd(text, periodStart);
  return text.charCodeAt(colon - 1) === 58 ? { period: text.slice(periodStart, periodEnd), event } : none;
}

export interface FlamegraphFrame {
  readonly address: string;
  readonly symbol: string;
  readonly module: string;
}

/**
 * Word characters, then the symbol up to the last ` (` that has a `)` after it, then the module up to
 * the last `)`. So `5580 f (/a b (deleted))` is the symbol `f (/a b` in the module `deleted)`.
 */
export function flamegraphFrame(text: string): FlamegraphFrame | undefined {
  const close = text.lastIndexOf(')');
  if (close < 0) return undefined;
  const open = close >= 2 ? text.lastIndexOf(' (', close - 2) : -1;
  if (open < 0) return undefined;
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  let end = start;
  while (end < text.length && isWord(text.charCodeAt(end))) end++;
  if (end === start) return undefined;
  let symbol = end;
  while (symbol < text.length && isSpace(text.charCodeAt(symbol))) symbol++;
  if (symbol >= open) {
    // Nothing left for the symbol: it takes the last character before, a blank or one of the address.
    symbol = open - 1;
    if (symbol < end) end = symbol;
    if (end <= start) return undefined;
  }
  return { address: text.slice(start, end), symbol: text.slice(symbol, open), module: text.slice(open + 2, close) };
}

/** White space as Perl's \s has it in bytes. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function digitsEnd(text: string, at: number): number {
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}

function inkEnd(text: string, end: number): number {
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}
