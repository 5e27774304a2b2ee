import { formatDiagnostic } from '../core';
import type { Inspection, TableInspection } from '../run/inspect';
import type { FileRead } from '../run/loadCapture';

/** An inspection for people. What files say is untrusted: control characters are made visible. */
export function inspectionText(inspection: Inspection): string {
  const lines = [`${visible(inspection.path)}: ${visible(inspection.format)}`];
  section(lines, 'tables', table(inspection.tables.map(tableCells)));
  section(lines, 'files', table(inspection.files.map(fileCells)));
  section(
    lines,
    'it says',
    inspection.metadata.map(([name, value]) => `${name}: ${value}`),
  );
  const skipped = inspection.diagnostics.map(formatDiagnostic);
  section(lines, 'skipped or odd', skipped.length > 0 ? skipped : ['nothing']);
  return `${lines.join('\n')}\n`;
}

function section(lines: string[], title: string, content: readonly string[]): void {
  if (content.length === 0) return;
  lines.push('', `${title}:`, ...content.map((line) => `  ${cut(visible(line)).trimEnd()}`));
}

function tableCells({ name, rows, from_s, to_s, columns }: TableInspection): string[] {
  const span = from_s === undefined || to_s === undefined ? '' : `${Number((to_s - from_s).toPrecision(4))} s`;
  return [name, `${rows.toLocaleString('en')} rows`, span, columns.slice(2).join(' ')];
}

function fileCells({ name, format, rows, problem }: FileRead): string[] {
  const tables = Object.entries(rows).map(([table, count]) => `${table} ${count.toLocaleString('en')}`);
  return [name, format ?? 'not used', problem ?? (tables.join(', ') || 'no rows')];
}

/** Columns side by side. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join('  '));
}

const WIDTH = 200;

function cut(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}

function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
