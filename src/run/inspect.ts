import { stat } from 'node:fs/promises';
import { Diagnostics, InputError } from '../core';
import type { Diagnostic, OnProgress } from '../core';
import { openTrace } from '../trace';
import type { OpenTraceOptions, TraceTables } from '../trace';
import { loadCapture } from './loadCapture';
import type { FileRead } from './loadCapture';

/** What a table of an input holds. */
export interface TableInspection {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly string[];
  /** First and last `time_s`, where the table has times. */
  readonly from_s?: number;
  readonly to_s?: number;
}

/** What an input is, and what can be read from it. */
export interface Inspection {
  readonly path: string;
  readonly kind: 'file' | 'capture';
  /** Format of a file, with its title; of a capture, one line on what was measured. */
  readonly format: string;
  readonly tables: readonly TableInspection[];
  /** What the file states about itself. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
  /** Files of a capture. */
  readonly files: readonly FileRead[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface InspectOptions extends Pick<OpenTraceOptions, 'format' | 'maxInflatedBytes'> {
  readonly onProgress?: OnProgress;
}

/**
 * Reads a file or a capture folder and tells what is in it.
 * @param path file, folder, or `-` for standard input
 * @throws InputError if nothing in it can be used
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<Inspection> {
  if (path !== '-' && (await isFolder(path))) {
    const run = await loadCapture(path, options);
    return {
      path,
      kind: 'capture',
      format: run.provenance.summary,
      tables: describe(run.tables),
      metadata: [],
      files: run.provenance.details.filesRead as FileRead[],
      diagnostics: run.diagnostics,
    };
  }
  const diagnostics = new Diagnostics();
  const trace = await openTrace(path, { ...options, diagnostics });
  return {
    path,
    kind: 'file',
    format: trace.format,
    tables: describe(trace.tables),
    metadata: [...trace.metadata],
    files: [],
    diagnostics: diagnostics.list(),
  };
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError({ file: path }, error.code === 'ENOENT' ? 'no such file or folder' : error.message);
  });
  return info.isDirectory();
}

function describe(tables: TraceTables): TableInspection[] {
  return Object.entries(tables).map(([name, table]) => ({
    name,
    rows: table.numRows,
    columns: table.columnNames,
    ...(table.columnNames.includes('time_s') ? timeRange(table.frame.column('time_s') as Iterable<number | null>) : {}),
  }));
}

function timeRange(times: Iterable<number | null>): { from_s?: number; to_s?: number } {
  let [from_s, to_s] = [Infinity, -Infinity];
  for (const time of times) {
    if (time === null || Number.isNaN(time)) continue;
    if (time < from_s) from_s = time;
    if (time > to_s) to_s = time;
  }
  return from_s <= to_s ? { from_s, to_s } : {};
}
