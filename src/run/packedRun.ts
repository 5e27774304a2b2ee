import { gunzipSync, gzipSync } from 'node:zlib';
import type { PackedTable, RunTableName, Table } from '../table';
import { BytePool, packTable, runSchemas, unpackTable } from '../table';
import type { Run } from './run';

/** Goes up when the layout below changes, so that caches of earlier versions are not read. */
export const PACKED_RUN_VERSION = 1;

interface Header extends Omit<Run, 'tables'> {
  readonly tables: readonly (PackedTable & { readonly name: RunTableName })[];
}

/**
 * A run as bytes: gzip of [length of the header, 8 bytes little-endian][header, JSON, padded with spaces to a
 * multiple of 8][the numbers of all columns]. Equal runs pack to equal bytes.
 */
export function packRun(run: Run): Uint8Array {
  const pool = new BytePool();
  const { tables, ...rest } = run;
  const names = (Object.keys(tables) as RunTableName[]).sort();
  const header: Header = {
    ...rest,
    tables: names.map((name) => ({ name, ...packTable(tables[name] as Table, pool) })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeUInt32LE(padded.length);
  return gzipSync(Buffer.concat([length, padded, ...pool.chunks]), { level: 4 });
}

/** @throws Error if the bytes are no packed run */
export function unpackRun(packed: Uint8Array): Run {
  const plain = gunzipSync(packed);
  // Typed arrays start at multiples of 8 in their buffer; zlib's need not.
  const bytes = plain.byteOffset % 8 === 0 ? plain : Uint8Array.from(plain);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + headerLength)).toString('utf8')) as Header;
  const numbers = bytes.subarray(8 + headerLength);
  const tables: Partial<Record<RunTableName, Table>> = {};
  for (const { name, ...table } of header.tables) tables[name] = unpackTable(runSchemas[name], table, numbers);
  return { ...header, tables: tables as Run['tables'] };
}
