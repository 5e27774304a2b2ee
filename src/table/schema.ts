/** What a column may hold. `string` columns are stored as codes into a dictionary. */
export type ColumnType = 'f64' | 'i32' | 'u32' | 'bool' | 'string';

export interface ColumnSpec<T extends ColumnType = ColumnType, N extends boolean = boolean> {
  readonly type: T;
  /** Printed on axes; absent for names and identifiers. */
  readonly unit?: string;
  readonly doc: string;
  /** Nullable numbers are stored as NaN, nullable strings as null. */
  readonly nullable: N;
}

export type Columns = Readonly<Record<string, ColumnSpec>>;

/** The shape of a tidy table: one observation a row, one variable a column. */
export interface Schema<C extends Columns = Columns> {
  readonly name: string;
  readonly doc: string;
  readonly columns: C;
}

type ValueOf<T extends ColumnType> = T extends 'string' ? string : T extends 'bool' ? boolean : number;

/** A row of a table as a plain object. */
export type Row<S extends Schema> = {
  [K in keyof S['columns']]: S['columns'][K]['nullable'] extends true
    ? ValueOf<S['columns'][K]['type']> | null
    : ValueOf<S['columns'][K]['type']>;
};

/** A column with no missing values. */
export function column<T extends ColumnType>(type: T, doc: string, unit?: string): ColumnSpec<T, false> {
  return unit === undefined ? { type, doc, nullable: false } : { type, doc, unit, nullable: false };
}

/** A column whose values may be missing. */
export function optional<T extends ColumnType>(type: T, doc: string, unit?: string): ColumnSpec<T, true> {
  return unit === undefined ? { type, doc, nullable: true } : { type, doc, unit, nullable: true };
}

export function defineSchema<C extends Columns>(name: string, doc: string, columns: C): Schema<C> {
  return { name, doc, columns };
}
