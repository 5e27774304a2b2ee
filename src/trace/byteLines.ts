import type { ByteSource } from './source';

/** A longer line is cut here and counted: memory stays bounded whatever the input. */
export const MAX_LINE_BYTES = 2 ** 20;

/**
 * Takes one line: its text with one character for each byte (latin-1), without the newline, and its
 * number from 1. `cut` is the length before cutting if the line was longer than the limit, else 0.
 */
export type OnByteLine = (text: string, line: number, cut: number) => void;

/** Takes lines from their bytes where no text is needed. */
export interface ByteLineTaker {
  /** Whether the line between two places, without its newline, was taken; else it goes the way of texts. */
  take(bytes: Buffer, start: number, end: number, line: number): boolean;
  /** A line that was not taken comes next, or the bytes end: what was put off must be dealt with. */
  settle(): void;
}

/**
 * Splits bytes into lines, whatever the chunk borders. Lines are latin-1 strings: each byte stays
 * itself, so text that is not valid UTF-8 survives, and decoding is left to whoever keeps a piece
 * (`utf8`). A carriage return is left on the line.
 */
export class ByteLineSplitter {
  private carry: Buffer = Buffer.alloc(4096);
  private carried = 0;
  /** Bytes of the unfinished line, those beyond the limit included. */
  private unfinished = 0;
  private line = 0;

  constructor(
    private readonly onLine: OnByteLine,
    private readonly limit = MAX_LINE_BYTES,
    private readonly taker?: ByteLineTaker,
  ) {}

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      if (this.unfinished > 0) {
        this.append(bytes, start, end);
        this.emitCarried();
      } else if (this.taker?.take(bytes, start, end, this.line + 1) === true) {
        this.line++;
      } else {
        this.taker?.settle();
        const length = end - start;
        const kept = length > this.limit ? this.limit : length;
        this.onLine(bytes.toString('latin1', start, start + kept), ++this.line, length > kept ? length : 0);
      }
      start = end + 1;
    }
    this.taker?.settle();
    this.append(bytes, start, bytes.length);
  }

  /** To be called after the last chunk. */
  end(): void {
    if (this.unfinished > 0) this.emitCarried();
  }

  get lines(): number {
    return this.line;
  }

  private append(bytes: Buffer, start: number, end: number): void {
    this.unfinished += end - start;
    const kept = Math.min(end - start, this.limit - this.carried);
    if (kept <= 0) return;
    if (this.carried + kept > this.carry.length) {
      const grown = Buffer.alloc(Math.min(this.limit, Math.max(this.carry.length * 2, this.carried + kept)));
      this.carry.copy(grown, 0, 0, this.carried);
      this.carry = grown;
    }
    bytes.copy(this.carry, this.carried, start, start + kept);
    this.carried += kept;
  }

  private emitCarried(): void {
    this.onLine(
      this.carry.toString('latin1', 0, this.carried),
      ++this.line,
      this.unfinished > this.carried ? this.unfinished : 0,
    );
    this.carried = 0;
    this.unfinished = 0;
  }
}

/** Latin-1 text as bytes came, read as UTF-8; bad bytes become U+FFFD. ASCII text is returned as it is. */
export function utf8(latin1: string): string {
  for (let i = 0; i < latin1.length; i++) {
    if (latin1.charCodeAt(i) > 0x7f) return Buffer.from(latin1, 'latin1').toString('utf8');
  }
  return latin1;
}

/**
 * The bytes of a source as UTF-8 without a byte order mark. Only UTF-16 with a byte order mark, which
 * PowerShell's `>` writes, needs work; all else passes through untouched.
 */
export async function* asUtf8(source: ByteSource): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let decoder: TextDecoder | undefined;
  for await (const chunk of source) {
    let bytes = chunk;
    if (head !== undefined) {
      // A byte order mark is two or three bytes, and a first chunk may be shorter.
      bytes = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (bytes.length < 3) {
        head = bytes.slice();
        continue;
      }
      head = undefined;
      decoder = utf16Decoder(bytes);
      if (decoder === undefined) bytes = withoutMark(bytes);
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (head !== undefined) {
    decoder = utf16Decoder(head);
    if (decoder === undefined) yield withoutMark(head);
    else yield Buffer.from(decoder.decode(head, { stream: true }));
  }
  if (decoder !== undefined) yield Buffer.from(decoder.decode());
}

function utf16Decoder(head: Uint8Array): TextDecoder | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
