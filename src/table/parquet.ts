import { open, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { BasicType, ColumnSource } from 'hyparquet-writer';
import { InputError } from '../core';
import { TableBuilder } from './builder';
import type { ColumnSpec, ColumnType, Row, Schema } from './schema';
import type { Table } from './table';

/** Unsigned integers go out as 64 bits, which every reader takes for what they are. */
const PARQUET_TYPES: Readonly<Record<ColumnType, BasicType>> = {
  f64: 'DOUBLE',
  i32: 'INT32',
  u32: 'INT64',
  bool: 'BOOLEAN',
  string: 'STRING',
};

/** Rows that are turned into objects at a time when a file is read. */
const READ_ROWS = 50_000;

/**
 * A table as a Parquet file (Snappy), for pandas, DuckDB, Arrow. What each column means and its unit are in the
 * file's metadata under `falcon-lab`.
 */
export async function toParquet(table: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const { name, doc, columns } = table.schema;
  const columnData: ColumnSource[] = table.columnNames.map((column) => {
    const spec = columns[column];
    const data = Array.from(table.column(column) as Iterable<unknown>, (value) => encode(spec, value));
    return { name: column, data, type: PARQUET_TYPES[spec.type], nullable: spec.nullable };
  });
  const kvMetadata = [{ key: 'falcon-lab', value: JSON.stringify({ name, doc, columns }) }];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));
}

export async function writeParquet(table: Table, file: string): Promise<void> {
  await writeFile(file, await toParquet(table));
}

/**
 * A table from a Parquet file with the schema's columns, in any order.
 * @throws InputError if the file is no Parquet or lacks a column
 */
export async function readParquet<S extends Schema>(schema: S, file: string): Promise<Table<S>> {
  const handle = await open(file);
  try {
    return await readFrom(schema, file, { byteLength: (await handle.stat()).size, slice: slicesOf(handle) });
  } finally {
    await handle.close();
  }
}

/** Random access to a file, as the Parquet reader wants it. */
interface Slices {
  readonly byteLength: number;
  readonly slice: (start: number, end?: number) => Promise<ArrayBuffer>;
}

function slicesOf(handle: FileHandle): Slices['slice'] {
  return async (start, end) => {
    const length = (end ?? (await handle.stat()).size) - start;
    const { buffer } = await handle.read(new Uint8Array(length), 0, length, start);
    return buffer.buffer;
  };
}

async function readFrom<S extends Schema>(schema: S, file: string, buffer: Slices): Promise<Table<S>> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const metadata = await parquetMetadataAsync(buffer).catch((error: Error) => {
    throw new InputError({ file }, `not a Parquet file: ${error.message}`);
  });
  const names = Object.keys(schema.columns);
  const present = metadata.schema.map((element) => element.name);
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length > 0) {
    throw InputError.expected({ file }, `columns ${names.join(', ')}`, `no ${missing.join(', ')}`);
  }
  const builder = new TableBuilder(schema, {} as Partial<Row<S>>);
  const rows = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < rows; rowStart += READ_ROWS) {
    const rowEnd = Math.min(rows, rowStart + READ_ROWS);
    const objects = await parquetReadObjects({ file: buffer, metadata, columns: names, rowStart, rowEnd });
    for (const row of objects) {
      builder.pushValues(...names.map((name) => decode(row[name])));
    }
  }
  return builder.finish();
}

function encode(spec: ColumnSpec, value: unknown): unknown {
  return spec.type === 'u32' && typeof value === 'number' ? BigInt(value) : value;
}

function decode(value: unknown): string | number | boolean | null {
  if (value === undefined) return null;
  return typeof value === 'bigint' ? Number(value) : (value as string | number | boolean | null);
}
