import { ColumnTable } from 'arquero';
import type { Column } from './columns';
import type { Row, Schema } from './schema';

/**
 * A tidy table: a schema and an arquero `ColumnTable` that satisfies it.
 * `frame` is there for arquero's verbs; what they return is a plain arquero table.
 */
export class Table<S extends Schema = Schema> {
  readonly frame: ColumnTable;

  /** @throws Error if a column of the schema is missing, unknown, or of another length (a defect of the caller). */
  constructor(
    readonly schema: S,
    columns: Readonly<Record<string, Column<unknown>>>,
  ) {
    const names = Object.keys(schema.columns);
    const length = columns[names[0]]?.length;
    for (const name of names) {
      const column = columns[name];
      if (column === undefined) throw new Error(`table ${schema.name}: column ${name} is missing`);
      if (column.length !== length) {
        throw new Error(`table ${schema.name}: column ${name} has ${column.length} rows, not ${length}`);
      }
    }
    for (const name of Object.keys(columns)) {
      if (!Object.hasOwn(schema.columns, name)) throw new Error(`table ${schema.name} has no column ${name}`);
    }
    this.frame = new ColumnTable(Object.fromEntries(names.map((name) => [name, columns[name]])), names);
  }

  get numRows(): number {
    return this.frame.totalRows();
  }

  get columnNames(): string[] {
    return Object.keys(this.schema.columns);
  }

  column<K extends keyof S['columns'] & string>(name: K): Column<Row<S>[K]> {
    return this.frame.column(name) as unknown as Column<Row<S>[K]>;
  }

  /** Rows as objects. Convenient, not fast: hot loops read columns. */
  *rows(): Generator<Row<S>> {
    const names = this.columnNames;
    const columns = names.map((name) => this.column(name as keyof S['columns'] & string));
    for (let i = 0; i < this.numRows; i++) {
      const row: Record<string, unknown> = {};
      for (let c = 0; c < names.length; c++) row[names[c]] = columns[c].at(i);
      yield row as Row<S>;
    }
  }

  /** The rows that satisfy a predicate, as a table of the same schema. */
  filter(keep: (row: Row<S>) => boolean): Table<S> {
    const kept: Row<S>[] = [];
    for (const row of this.rows()) if (keep(row)) kept.push(row);
    return tableFromRows(this.schema, kept);
  }
}

/** A table from row objects. */
export function tableFromRows<S extends Schema>(schema: S, rows: readonly Row<S>[]): Table<S> {
  const columns: Record<string, Column<unknown>> = {};
  for (const name of Object.keys(schema.columns)) {
    columns[name] = rows.map((row) => (row as Record<string, unknown>)[name]);
  }
  return new Table(schema, columns);
}
