import type { Column } from './columns';
import { BooleanColumn, ConstantColumn, DictionaryColumn, NullableNumberColumn } from './columns';
import type { Schema } from './schema';
import { Table } from './table';

/**
 * A table as JSON and bytes, for workers and caches: the columns keep their storage, numbers never
 * become text. Equal tables pack to equal bytes.
 */
export interface PackedColumn {
  readonly name: string;
  readonly kind: 'f64' | 'i32' | 'u32' | 'codes' | 'nullable' | 'bool' | 'constant' | 'values';
  /** Place of its numbers among the bytes; absent for constants and lists. */
  readonly offset?: number;
  readonly byteLength?: number;
  /** Dictionary of `codes`, the one value of `constant`, all values of `values`. */
  readonly values?: readonly unknown[];
}

export interface PackedTable {
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
}

type Numbers = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Collects the bytes of several tables; each array starts at a multiple of 8. */
export class BytePool {
  readonly chunks: Uint8Array[] = [];
  length = 0;

  add(numbers: Numbers): { offset: number; byteLength: number } {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const offset = this.length;
    const padding = (8 - (bytes.length % 8)) % 8;
    this.chunks.push(bytes, new Uint8Array(padding));
    this.length += bytes.length + padding;
    return { offset, byteLength: bytes.length };
  }
}

export function packTable(table: Table, pool: BytePool): PackedTable {
  const columns = table.columnNames.map((name) => packColumn(name, table.column(name) as Column<unknown>, pool));
  return { rows: table.numRows, columns };
}

/** @param bytes as they came from the pool; must start at a multiple of 8 in their buffer */
export function unpackTable<S extends Schema>(schema: S, packed: PackedTable, bytes: Uint8Array): Table<S> {
  const columns: Record<string, Column<unknown>> = {};
  for (const column of packed.columns) columns[column.name] = unpackColumn(column, packed.rows, bytes);
  return new Table(schema, columns);
}

function packColumn(name: string, column: unknown, pool: BytePool): PackedColumn {
  if (column instanceof Float64Array) return { name, kind: 'f64', ...pool.add(column) };
  if (column instanceof Int32Array) return { name, kind: 'i32', ...pool.add(column) };
  if (column instanceof Uint32Array) return { name, kind: 'u32', ...pool.add(column) };
  if (column instanceof DictionaryColumn) {
    return { name, kind: 'codes', ...pool.add(column.codes), values: column.dictionary };
  }
  if (column instanceof NullableNumberColumn) return { name, kind: 'nullable', ...pool.add(column.values) };
  if (column instanceof BooleanColumn) return { name, kind: 'bool', ...pool.add(column.values) };
  if (column instanceof ConstantColumn && isJson(column.value)) {
    return { name, kind: 'constant', values: [column.value] };
  }
  return packList(name, Array.from(column as Iterable<unknown>), pool);
}

/** A plain list: of numbers, of numbers and nulls, or of anything that JSON can hold. */
function packList(name: string, values: unknown[], pool: BytePool): PackedColumn {
  if (values.length > 0 && values.every((v) => typeof v === 'number')) {
    return { name, kind: 'f64', ...pool.add(Float64Array.from(values as number[])) };
  }
  if (values.some((v) => typeof v === 'number')) {
    const numbers = Float64Array.from(values, (v) => (v === null ? NaN : (v as number)));
    return { name, kind: 'nullable', ...pool.add(numbers) };
  }
  return { name, kind: 'values', values };
}

function unpackColumn(column: PackedColumn, rows: number, bytes: Uint8Array): Column<unknown> {
  const { kind, offset = 0, byteLength = 0, values = [] } = column;
  const start = bytes.byteOffset + offset;
  switch (kind) {
    case 'f64':
      return new Float64Array(bytes.buffer, start, byteLength / 8);
    case 'i32':
      return new Int32Array(bytes.buffer, start, byteLength / 4);
    case 'u32':
      return new Uint32Array(bytes.buffer, start, byteLength / 4);
    case 'codes':
      return new DictionaryColumn(new Uint32Array(bytes.buffer, start, byteLength / 4), values as string[]);
    case 'nullable':
      return new NullableNumberColumn(new Float64Array(bytes.buffer, start, byteLength / 8));
    case 'bool':
      return new BooleanColumn(bytes.subarray(offset, offset + byteLength));
    case 'constant':
      return new ConstantColumn(values[0], rows);
    case 'values':
      return [...values];
  }
}

function isJson(value: unknown): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}
