import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fromCSV } from 'arquero';
import { InputError, quote } from '../core';
import { TableBuilder } from './builder';
import type { ColumnSpec, Schema } from './schema';
import type { Row } from './schema';
import type { Table } from './table';

/** Text is handed on in pieces of about this size. */
const CHUNK_CHARACTERS = 1 << 16;

/**
 * A table as CSV (RFC 4180, UTF-8, line feeds), in pieces. The first line names the columns; null is an
 * empty field; numbers have as many digits as they need to be read back exactly.
 */
export function* csvChunks(table: Table): Generator<string, void, undefined> {
  const names = table.columnNames;
  const columns = names.map((name) => table.column(name));
  let chunk = `${names.map(field).join(',')}\n`;
  for (let row = 0; row < table.numRows; row++) {
    for (let c = 0; c < columns.length; c++) {
      if (c > 0) chunk += ',';
      chunk += field(columns[c].at(row));
    }
    chunk += '\n';
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

/** The whole table as one text; for large ones prefer `writeCsv`. */
export function toCsv(table: Table): string {
  return [...csvChunks(table)].join('');
}

/** Writes a table to a file, piece by piece. */
export async function writeCsv(table: Table, file: string): Promise<void> {
  const stream = createWriteStream(file);
  try {
    for (const chunk of csvChunks(table)) if (!stream.write(chunk)) await once(stream, 'drain');
  } finally {
    stream.end();
  }
  await once(stream, 'close');
}

/**
 * A table from CSV with the schema's columns, in any order.
 * An empty field is null where the schema allows null, and the empty text elsewhere.
 * @throws InputError naming file and line of a missing column or a value of another type
 */
export function fromCsv<S extends Schema>(schema: S, text: string, file = '<csv>'): Table<S> {
  const frame = fromCSV(text, { autoType: false });
  const names = Object.keys(schema.columns);
  const missing = names.filter((name) => !frame.columnNames().includes(name));
  if (missing.length > 0) {
    throw InputError.expected({ file, line: 1 }, `columns ${names.join(', ')}`, `no ${missing.join(', ')}`);
  }
  const columns = names.map((name) => frame.array(name) as (string | null)[]);
  const builder = new TableBuilder(schema, {} as Partial<Row<S>>);
  for (let row = 0; row < frame.numRows(); row++) {
    // Line numbers are exact unless fields hold line breaks.
    const place = { file, line: row + 2 };
    builder.pushValues(
      ...names.map((name, c) => {
        const value = parse(schema.columns[name], columns[c][row] ?? '');
        if (value !== undefined) return value;
        throw InputError.expected(
          place,
          `${schema.columns[name].type} in column ${name}`,
          quote(columns[c][row] ?? ''),
        );
      }),
    );
  }
  return builder.finish();
}

/** Reads a CSV file; see `fromCsv`. */
export async function readCsv<S extends Schema>(schema: S, file: string): Promise<Table<S>> {
  return fromCsv(schema, await readFile(file, 'utf8'), file);
}

function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replace(/"/g, '""')}"` : text;
}

/** The value of a field; undefined if it is none of that type. */
function parse(spec: ColumnSpec, text: string): string | number | boolean | null | undefined {
  if (text === '' && spec.nullable) return null;
  switch (spec.type) {
    case 'string':
      return text;
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    default: {
      const number = Number(text);
      return text.trim() === '' || (Number.isNaN(number) && text !== 'NaN') ? undefined : number;
    }
  }
}
