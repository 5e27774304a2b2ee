import { textOf } from './cursor';
import type { FormatField, TracepointFormat } from './tracingData';

/** A value of a print expression: numbers as number where exact, else as bigint; strings; bytes of arrays. */
export type Value = number | bigint | string | Uint8Array;

/** The payload of one tracepoint sample, field by field. */
export class TracepointRecord {
  private readonly view: DataView;

  constructor(
    readonly format: TracepointFormat,
    readonly bytes: Uint8Array,
    readonly littleEndian: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A field's number; 0 where the record is too short, as for a field that the kernel did not write. */
  number(field: FormatField): number | bigint {
    return this.numberAt(field.offset, field.size, field.signed);
  }

  numberAt(offset: number, size: number, signed: boolean): number | bigint {
    if (offset < 0 || offset + size > this.bytes.length) return 0;
    const le = this.littleEndian;
    if (size === 1) return signed ? this.view.getInt8(offset) : this.view.getUint8(offset);
    if (size === 2) return signed ? this.view.getInt16(offset, le) : this.view.getUint16(offset, le);
    if (size === 4) return signed ? this.view.getInt32(offset, le) : this.view.getUint32(offset, le);
    if (size !== 8) return 0;
    return exact(signed ? this.view.getBigInt64(offset, le) : this.view.getBigUint64(offset, le));
  }

  /** The bytes of an array, fixed or dynamic. */
  array(field: FormatField): Uint8Array {
    if (field.dynamic === undefined) return this.bytes.subarray(field.offset, field.offset + field.size);
    // Place in the lower half of the word, size in the upper.
    const word = Number(this.numberAt(field.offset, 4, false));
    const start = (word & 0xffff) + (field.dynamic === 'rel_loc' ? field.offset + field.size : 0);
    return this.bytes.subarray(start, start + (word >>> 16));
  }

  string(field: FormatField): string {
    return textOf(this.array(field));
  }
}

/** A number where it is exact, a bigint where not. */
export function exact(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
