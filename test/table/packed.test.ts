import { describe, expect, it } from 'vitest';
import {
  BytePool,
  column,
  defineSchema,
  optional,
  packTable,
  TableBuilder,
  tableFromRows,
  unpackTable,
} from '../../src/table';

const schema = defineSchema('all', 'every kind of column', {
  run: column('string', 'constant'),
  name: optional('string', 'dictionary with nulls'),
  f: column('f64', 'double'),
  i: column('i32', 'signed'),
  u: column('u32', 'unsigned'),
  n: optional('f64', 'nullable'),
  b: column('bool', 'flag'),
});

const ROWS = Array.from({ length: 101 }, (_, k) => ({
  run: 'r',
  name: k % 7 === 0 ? null : `name ${k % 3} "é\u0000`,
  f: k === 5 ? Infinity : k / 3,
  i: 50 - k,
  u: 4294967295 - k,
  n: k % 2 === 0 ? null : k,
  b: k % 5 === 0,
}));

function built() {
  const builder = new TableBuilder(schema, { run: 'r' });
  for (const row of ROWS) builder.push(row);
  return builder.finish();
}

function roundTrip(table: ReturnType<typeof built>, lead = 0) {
  const pool = new BytePool();
  pool.add(new Float64Array(lead));
  const packed = JSON.parse(JSON.stringify(packTable(table, pool))) as ReturnType<typeof packTable>;
  return unpackTable(schema, packed, Uint8Array.from(Buffer.concat(pool.chunks)));
}

describe('packTable and unpackTable', () => {
  it('give back every kind of column, with storage kept', () => {
    const table = built();
    const back = roundTrip(table, 3);
    expect([...back.rows()]).toEqual(ROWS);
    for (const name of table.columnNames) {
      const key = name as keyof typeof schema.columns;
      expect(back.column(key).constructor).toBe(table.column(key).constructor);
    }
  });

  it('take tables made from rows, and empty ones', () => {
    expect([...roundTrip(tableFromRows(schema, ROWS)).rows()]).toEqual(ROWS);
    expect(roundTrip(tableFromRows(schema, [])).numRows).toBe(0);
    expect(roundTrip(new TableBuilder(schema, { run: 'r' }).finish()).numRows).toBe(0);
  });
});
