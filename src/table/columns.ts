/**
 * Column storage. Numbers sit in typed arrays, strings as codes into a dictionary, so that a
 * million rows cost megabytes and not a million objects. All satisfy arquero's column interface
 * (`length`, `at`, iteration).
 */
export interface Column<T> {
  readonly length: number;
  at(row: number): T;
  [Symbol.iterator](): Iterator<T>;
}

abstract class IndexedColumn<T> implements Column<T> {
  abstract readonly length: number;
  abstract at(row: number): T;

  *[Symbol.iterator](): Iterator<T> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}

/** Strings stored once each. Code 0xffffffff stands for null. */
export class DictionaryColumn extends IndexedColumn<string | null> {
  constructor(
    readonly codes: Uint32Array,
    readonly dictionary: readonly string[],
  ) {
    super();
  }

  get length(): number {
    return this.codes.length;
  }

  at(row: number): string | null {
    return this.dictionary[this.codes[row]] ?? null;
  }
}

export const NULL_CODE = 0xffffffff;

const TEXT_BLOCK = 2 ** 22;
const SHORT_TEXT = 128;

/**
 * Texts that mostly differ from row to row: their bytes in blocks, decoded when asked for. A million
 * payloads of 60 bytes cost 70 MB, where strings in a dictionary would cost three times that.
 */
export class TextColumn extends IndexedColumn<string> {
  private readonly blocks: Buffer[] = [];
  private used = TEXT_BLOCK;
  private starts = new Float64Array(64);
  private lengths = new Uint32Array(64);
  private rows = 0;

  get length(): number {
    return this.rows;
  }

  at(row: number): string {
    const start = this.starts[row];
    const offset = start % TEXT_BLOCK;
    // A text longer than a block has one of its own.
    return this.blocks[Math.floor(start / TEXT_BLOCK)].toString('utf8', offset, offset + this.lengths[row]);
  }

  /** Appends UTF-8 bytes that are given as latin-1, one character for each byte. */
  pushLatin1(text: string): void {
    const block = this.place(text.length);
    block.write(text, this.used, 'latin1');
    this.used += text.length;
  }

  /** Appends the UTF-8 bytes between two places. */
  pushBytes(bytes: Uint8Array, start: number, end: number): void {
    const block = this.place(end - start);
    // For a short text, calling Buffer.copy costs more than the text.
    if (end - start > SHORT_TEXT) block.set(bytes.subarray(start, end), this.used);
    else for (let i = start, to = this.used; i < end; i++) block[to++] = bytes[i];
    this.used += end - start;
  }

  /** Notes a new row of a length; the block that its bytes go into, at `used`. */
  private place(length: number): Buffer {
    if (this.rows === this.starts.length) {
      this.starts = grown(this.starts, new Float64Array(this.rows * 2));
      this.lengths = grown(this.lengths, new Uint32Array(this.rows * 2));
    }
    // A full block takes no empty text either: its place would be that of the next block.
    if (this.used >= TEXT_BLOCK || this.used + length > TEXT_BLOCK) {
      this.blocks.push(Buffer.allocUnsafeSlow(Math.max(TEXT_BLOCK, length)));
      this.used = 0;
    }
    const block = this.blocks.length - 1;
    this.starts[this.rows] = block * TEXT_BLOCK + this.used;
    this.lengths[this.rows++] = length;
    return this.blocks[block];
  }
}

function grown<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** The same value in every row: `source`, `run`. */
export class ConstantColumn<T> extends IndexedColumn<T> {
  constructor(
    readonly value: T,
    readonly length: number,
  ) {
    super();
  }

  at(): T {
    return this.value;
  }
}

/** Numbers with NaN for null. */
export class NullableNumberColumn extends IndexedColumn<number | null> {
  constructor(readonly values: Float64Array) {
    super();
  }

  get length(): number {
    return this.values.length;
  }

  at(row: number): number | null {
    const value = this.values[row];
    return Number.isNaN(value) ? null : value;
  }
}

/** Bits as bytes. */
export class BooleanColumn extends IndexedColumn<boolean> {
  constructor(readonly values: Uint8Array) {
    super();
  }

  get length(): number {
    return this.values.length;
  }

  at(row: number): boolean {
    return this.values[row] !== 0;
  }
}
