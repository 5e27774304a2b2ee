const SLOTS = 8192;
/** Longer texts are not kept. */
const MAX_BYTES = 64;

/**
 * What texts stand for, found by their bytes without making strings. A text has one slot, and a newer one takes
 * it over: no input can make it slow or large, only useless.
 */
export class ByteMemo<T> {
  private readonly lengths = new Uint8Array(SLOTS);
  private readonly texts = new Uint8Array(SLOTS * MAX_BYTES);
  private readonly answers = new Array<T | undefined>(SLOTS).fill(undefined);

  /** @param make is asked with the text, one character for each byte, if it is not known */
  constructor(private readonly make: (latin1: string) => T) {}

  get(bytes: Buffer, start: number, end: number): T {
    const length = end - start;
    if (length === 0 || length > MAX_BYTES) return this.make(bytes.toString('latin1', start, end));
    let hash = length;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    return this.holds(slot, bytes, start, length) ? (this.answers[slot] as T) : this.learn(slot, bytes, start, end);
  }

  private holds(slot: number, bytes: Buffer, start: number, length: number): boolean {
    if (this.lengths[slot] !== length) return false;
    const { texts } = this;
    const from = slot * MAX_BYTES;
    for (let i = 0; i < length; i++) if (texts[from + i] !== bytes[start + i]) return false;
    return true;
  }

  private learn(slot: number, bytes: Buffer, start: number, end: number): T {
    const answer = this.make(bytes.toString('latin1', start, end));
    this.lengths[slot] = end - start;
    this.texts.set(bytes.subarray(start, end), slot * MAX_BYTES);
    this.answers[slot] = answer;
    return answer;
  }
}

/** Whether ASCII text stands at a place. */
export function startsWith(bytes: Buffer, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The number that decimal digits between two places make; NaN if there is anything else, or more than 15. */
export function digitsValue(bytes: Buffer, start: number, end: number): number {
  if (end === start || end - start > 15) return NaN;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** White space as perf prints it. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
