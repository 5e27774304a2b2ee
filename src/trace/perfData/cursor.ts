/** Thrown where a record or section ends before its fields do. Never leaves this folder. */
export class ShortRead extends Error {}

/**
 * Reads fields one after the other, in either byte order.
 *
 * 64-bit values come as numbers. `i64` is exact for |v| < 2^53, which holds for times in
 * nanoseconds, for sizes, and for canonical addresses: a kernel address such as 0xffffffff81000000 is a
 * small negative number when read as signed, so addresses compare and subtract exactly as numbers.
 */
export class Cursor {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly littleEndian: boolean,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  private take(size: number): number {
    const at = this.at;
    if (size > this.bytes.length - at) throw new ShortRead();
    this.at = at + size;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), this.littleEndian);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.littleEndian);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), this.littleEndian);
  }

  u64(): number {
    const at = this.take(8);
    const [low, high] = this.littleEndian ? [at, at + 4] : [at + 4, at];
    return this.view.getUint32(high, this.littleEndian) * 4294967296 + this.view.getUint32(low, this.littleEndian);
  }

  i64(): number {
    const at = this.take(8);
    const [low, high] = this.littleEndian ? [at, at + 4] : [at + 4, at];
    return this.view.getInt32(high, this.littleEndian) * 4294967296 + this.view.getUint32(low, this.littleEndian);
  }

  /** A 64-bit value as a key, exact whatever it is. */
  key(): bigint {
    return this.view.getBigUint64(this.take(8), this.littleEndian);
  }

  skip(size: number): void {
    this.take(size);
  }

  slice(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }

  /** What is left, as a cursor of its own. */
  rest(): Cursor {
    return new Cursor(this.slice(this.left), this.littleEndian);
  }

  /** A NUL-terminated string within the next `size` bytes, all of which are consumed. */
  text(size = this.left): string {
    return textOf(this.slice(size));
  }

  /** A NUL-terminated string; the cursor goes behind its NUL. */
  textToNul(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new ShortRead();
    const text = textOf(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }
}

/** Bytes up to the first NUL as text. */
export function textOf(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  const end = nul < 0 ? bytes.length : nul;
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('utf8');
}

/** An address read with `i64`, as the hexadecimal digits of its 64 bits. */
export function hexAddress(address: number): string {
  if (address >= 0) return address.toString(16);
  const high = (Math.floor(address / 4294967296) >>> 0).toString(16);
  const low = (address - Math.floor(address / 4294967296) * 4294967296).toString(16);
  return high + low.padStart(8, '0');
}
