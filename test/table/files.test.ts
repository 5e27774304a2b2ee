import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/table';
import {
  column,
  defineSchema,
  fromCsv,
  optional,
  readCsv,
  readParquet,
  TableBuilder,
  tableFromRows,
  toCsv,
  writeCsv,
  writeParquet,
} from '../../src/table';

const schema = defineSchema('all', 'every kind of column', {
  name: column('string', 'text'),
  maybe: optional('string', 'text or null'),
  f: column('f64', 'double', 's'),
  i: column('i32', 'signed'),
  u: column('u32', 'unsigned'),
  n: optional('f64', 'nullable'),
  b: column('bool', 'flag'),
});

const row: fc.Arbitrary<Row<typeof schema>> = fc.record({
  name: fc.oneof(fc.string(), fc.constantFrom('', 'a,b', '"quoted"', 'two\nlines', 'cr\r\nlf', ' space ', 'µs;ß')),
  // In CSV an empty optional text is null.
  maybe: fc.option(fc.string({ minLength: 1 }), { nil: null }),
  f: fc.double({ noNaN: true }).map((x) => x + 0 || 0),
  i: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  u: fc.nat(0xffffffff),
  n: fc.option(
    fc.double({ noNaN: true }).map((x) => x || 0),
    { nil: null },
  ),
  b: fc.boolean(),
});

const folder = mkdtempSync(join(tmpdir(), 'falcon-lab-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('CSV', () => {
  it('gives back every value', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        expect([...fromCsv(schema, toCsv(tableFromRows(schema, rows))).rows()]).toEqual(rows);
      }),
    );
  });

  it('has a heading, empty fields for null, and quotes where needed', () => {
    const rows = [{ name: 'a,"b"', maybe: null, f: 0.1, i: -1, u: 2, n: null, b: true }];
    expect(toCsv(tableFromRows(schema, rows))).toBe('name,maybe,f,i,u,n,b\n"a,""b""",,0.1,-1,2,,true\n');
    expect(toCsv(tableFromRows(schema, []))).toBe('name,maybe,f,i,u,n,b\n');
  });

  it('goes through files piece by piece', async () => {
    const builder = new TableBuilder(schema, { name: 'x', maybe: null, u: 1, n: null, b: false });
    for (let i = 0; i < 20_000; i++) builder.push({ f: i / 7, i });
    const table = builder.finish();
    const file = join(folder, 'table.csv');
    await writeCsv(table, file);
    expect(readFileSync(file, 'utf8')).toBe(toCsv(table));
    expect([...(await readCsv(schema, file)).rows()]).toEqual([...table.rows()]);
  });

  it('refuses what does not fit the schema, naming the line', () => {
    expect(() => fromCsv(schema, 'name,f\nx,1\n', 'a.csv')).toThrow('a.csv:1: expected columns');
    const head = 'name,maybe,f,i,u,n,b\nx,,1,1,1,,true\n';
    expect(() => fromCsv(schema, `${head}x,,fast,1,1,,true\n`, 'a.csv')).toThrow(
      'a.csv:3: expected f64 in column f, saw "fast"',
    );
    expect(() => fromCsv(schema, `${head}x,,1,1,1,,yes\n`, 'a.csv')).toThrow('expected bool in column b, saw "yes"');
  });
});

describe('Parquet', () => {
  it('gives back every value', async () => {
    const file = join(folder, 'table.parquet');
    const maybeEmpty = row.map((r) => ({ ...r, maybe: r.maybe === 'x' ? '' : r.maybe }));
    await fc.assert(
      fc.asyncProperty(fc.array(maybeEmpty, { minLength: 1, maxLength: 20 }), async (rows) => {
        await writeParquet(tableFromRows(schema, rows), file);
        expect([...(await readParquet(schema, file)).rows()]).toEqual(rows);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is no Parquet, or lacks a column', async () => {
    const file = join(folder, 'not.parquet');
    writeFileSync(file, 'name,f\n');
    await expect(readParquet(schema, file)).rejects.toThrow('not a Parquet file');
    const small = defineSchema('small', 'one column', { name: column('string', 'text') });
    await writeParquet(tableFromRows(small, [{ name: 'x' }]), file);
    await expect(readParquet(schema, file)).rejects.toThrow(/expected columns name, .*saw no maybe, f/);
  });
});
