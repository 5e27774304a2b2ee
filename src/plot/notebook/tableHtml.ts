import type { Table } from '../../table';
import { escapeHtml } from '../text';

/** What can be shown as a table: ours, or plain objects that have the same keys. */
export type Showable = Table | readonly Readonly<Record<string, unknown>>[];

export interface TableOptions {
  /** Rows shown; how many there are is said below. Default 20. */
  readonly limit?: number;
  /** Columns in this order. Default: all. */
  readonly columns?: readonly string[];
}

const DEFAULTS = { limit: 20 } as const;

interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly total: number;
}

/** The first rows as an HTML table; numbers to the right, at most six significant digits. */
export function tableHtml(table: Showable, options: TableOptions = {}): string {
  const { header, rows, total } = cellsOf(table, options);
  const head = header.map((name) => `<th style="text-align:left">${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('\n');
  const more = total > rows.length ? `<div>${rows.length} of ${total} rows</div>` : '';
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>${more}`;
}

/** The same in plain text, columns in line. */
export function tableText(table: Showable, options: TableOptions = {}): string {
  const { header, rows, total } = cellsOf(table, options);
  const lines = [header.map(String), ...rows.map((row) => row.map(format))];
  const widths = header.map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  const text = lines.map((line) =>
    line
      .map((cell, c) => cell.padEnd(widths[c]))
      .join('  ')
      .trimEnd(),
  );
  return [...text, ...(total > rows.length ? [`${rows.length} of ${total} rows`] : [])].join('\n');
}

function cellsOf(table: Showable, options: TableOptions): Cells {
  const limit = options.limit ?? DEFAULTS.limit;
  const objects = 'schema' in table ? firstRows(table, limit) : table.slice(0, limit);
  const header = options.columns ?? ('schema' in table ? table.columnNames : Object.keys(table[0] ?? {}));
  return {
    header,
    rows: objects.map((row) => header.map((name) => row[name])),
    total: 'schema' in table ? table.numRows : table.length,
  };
}

function firstRows(table: Table, limit: number): Readonly<Record<string, unknown>>[] {
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (const row of table.rows()) {
    if (rows.length === limit) break;
    rows.push(row);
  }
  return rows;
}

function cellHtml(value: unknown): string {
  const align = typeof value === 'number' ? 'right' : 'left';
  return `<td style="text-align:${align}">${escapeHtml(format(value))}</td>`;
}

function format(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return String(value);
}
