import { TableBuilder } from './builder';
import type { Schema } from './schema';
import type { Table } from './table';

/** Tables of one schema, one after the other. */
export function concatTables<S extends Schema>(schema: S, tables: readonly Table<S>[]): Table<S> {
  const builder = new TableBuilder(schema, {});
  for (const table of tables) {
    const columns = table.columnNames.map((name) => table.column(name));
    const values: (number | string | boolean | null)[] = [];
    for (let row = 0; row < table.numRows; row++) {
      for (let i = 0; i < columns.length; i++) values[i] = columns[i].at(row) as (typeof values)[number];
      builder.pushValues(...values);
    }
  }
  return builder.finish();
}
