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
