import type { Column } from './columns';
import { BooleanColumn, ConstantColumn, DictionaryColumn, NULL_CODE, NullableNumberColumn } from './columns';
import type { ColumnSpec, Row, Schema } from './schema';
import { Table } from './table';

/** A column that grows by doubling. `push` takes null only where the schema allows it. */
export interface ColumnWriter {
  push(value: number | string | boolean | null): void;
  finish(length: number): Column<unknown>;
}

/** From this size on, memory that was never written to costs nothing. */
const LAZY_BYTES = 2 ** 20;

/** The values up to a length. A copy, unless that would double the memory of a large table for no gain. */
function trimmed<A extends Float64Array | Int32Array | Uint32Array | Uint8Array>(values: A, length: number): A {
  const cut = values.byteLength < LAZY_BYTES ? values.slice(0, length) : values.subarray(0, length);
  return cut as A;
}

class NumberWriter implements ColumnWriter {
  private values: Float64Array | Int32Array | Uint32Array;
  private length = 0;

  constructor(private readonly spec: ColumnSpec) {
    // A nullable integer needs NaN, so it is stored as a double.
    const make = spec.nullable || spec.type === 'f64' ? Float64Array : spec.type === 'i32' ? Int32Array : Uint32Array;
    this.values = new make(64);
  }

  push(value: number | string | boolean | null): void {
    if (this.length === this.values.length) {
      const grown = new (this.values.constructor as Float64ArrayConstructor)(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value === null ? NaN : (value as number);
  }

  finish(): Column<unknown> {
    const values = trimmed(this.values, this.length);
    return this.spec.nullable ? new NullableNumberColumn(values as Float64Array) : values;
  }
}

class BooleanWriter implements ColumnWriter {
  private values = new Uint8Array(64);
  private length = 0;

  push(value: number | string | boolean | null): void {
    if (this.length === this.values.length) {
      const grown = new Uint8Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value === true ? 1 : 0;
  }

  finish(): Column<unknown> {
    return new BooleanColumn(trimmed(this.values, this.length));
  }
}

class StringWriter implements ColumnWriter {
  private codes = new Uint32Array(64);
  private length = 0;
  private readonly dictionary: string[] = [];
  private readonly codeOf = new Map<string, number>();

  push(value: number | string | boolean | null): void {
    if (this.length === this.codes.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.codes);
      this.codes = grown;
    }
    this.codes[this.length++] = value === null ? NULL_CODE : this.code(value as string);
  }

  private code(text: string): number {
    let code = this.codeOf.get(text);
    if (code === undefined) {
      code = this.dictionary.length;
      this.dictionary.push(text);
      this.codeOf.set(text, code);
    }
    return code;
  }

  finish(length: number): Column<unknown> {
    if (this.dictionary.length === 1 && !this.codes.subarray(0, length).includes(NULL_CODE)) {
      return new ConstantColumn(this.dictionary[0], length);
    }
    return new DictionaryColumn(trimmed(this.codes, this.length), this.dictionary);
  }
}

function writerFor(spec: ColumnSpec): ColumnWriter {
  if (spec.type === 'string') return new StringWriter();
  if (spec.type === 'bool') return new BooleanWriter();
  return new NumberWriter(spec);
}

/**
 * Builds a table row by row. `fixed` are columns that hold one value throughout, usually
 * `{source, run}`; they need not be repeated in `push`.
 */
export class TableBuilder<S extends Schema, F extends Partial<Row<S>> = Partial<Row<S>>> {
  private readonly names: string[];
  private readonly writers: ColumnWriter[];
  private rows = 0;

  constructor(
    readonly schema: S,
    private readonly fixed: F,
  ) {
    this.names = Object.keys(schema.columns).filter((name) => !Object.hasOwn(fixed, name));
    this.writers = this.names.map((name) => writerFor(schema.columns[name]));
  }

  push(row: Omit<Row<S>, keyof F> & Partial<Row<S>>): void {
    const values = row as Record<string, number | string | boolean | null>;
    for (let i = 0; i < this.names.length; i++) this.writers[i].push(values[this.names[i]]);
    this.rows++;
  }

  /** As `push`, with the values of the columns that are not fixed, in the schema's order. For hot loops. */
  pushValues(...values: (number | string | boolean | null)[]): void {
    for (let i = 0; i < values.length; i++) this.writers[i].push(values[i]);
    this.rows++;
  }

  get numRows(): number {
    return this.rows;
  }

  finish(): Table<S> {
    const columns: Record<string, Column<unknown>> = {};
    const fixed = this.fixed as Record<string, unknown>;
    let i = 0;
    for (const name of Object.keys(this.schema.columns)) {
      columns[name] = Object.hasOwn(fixed, name)
        ? new ConstantColumn(fixed[name], this.rows)
        : this.writers[i++].finish(this.rows);
    }
    return new Table(this.schema, columns);
  }
}
