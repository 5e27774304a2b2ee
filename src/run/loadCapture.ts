import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Diagnostics, InputError } from '../core';
import type { OnProgress } from '../core';
import { concatTables, runSchemas } from '../table';
import type { RunTableName, Schema, Table } from '../table';
import { detectFormat, openSource } from '../trace';
import type { TraceTables } from '../trace';
import { captureExperiment } from './captureExperiment';
import { withDelivery } from './delivery';
import { MANIFEST, readManifest, summarize } from './manifest';
import type { CaptureFile } from './manifest';
import { mergeResults } from './mergeResults';
import type { Run } from './run';

export interface LoadCaptureOptions {
  /** Tables to load; files of formats that hold none of them are not read. Default: all. */
  readonly tables?: readonly RunTableName[];
  /** Progress over the files, in bytes as stored. */
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Loads a capture folder as a run. Each file's format is told from its content; the manifest says what
 * content cannot: network namespace and repetition. Files of unknown format and damaged files are
 * counted in the diagnostics, and the rest is loaded.
 * @param path the folder, e.g. `data/captures/overlay-udp-16`
 * @throws InputError if it is no folder, its manifest is wrong, or none of its files can be used
 */
export async function loadCapture(path: string, options: LoadCaptureOptions = {}): Promise<Run> {
  const names = await fileNames(path);
  const manifest = await readManifest(path);
  const id = manifest?.id ?? basename(resolve(path));
  const about = new Map((manifest?.files ?? []).map((file) => [file.name, file]));
  const diagnostics = new Diagnostics();
  for (const name of about.keys()) {
    if (!names.includes(name)) {
      diagnostics.count('capture/missing-file', 'file of the manifest that is not there', { file: join(path, name) });
    }
  }
  const files: LoadedFile[] = [];
  for (const name of names) files.push(await loadFile(path, name, id, about.get(name), diagnostics, options));
  if (!files.some((file) => file.format !== null)) {
    const seen = files[0]?.problem ?? 'none in it';
    throw InputError.expected({ file: path }, 'a capture folder with at least one trace', seen);
  }
  const experiment = manifest === undefined ? undefined : captureExperiment(manifest);
  const parts = files.map((file) => file.tables);
  const tables = withDelivery(mergeResults(joinTables(parts)), id, manifest);
  return {
    id,
    source: 'captured',
    tables: options.tables === undefined ? tables : pick(tables, options.tables),
    provenance: {
      summary: summarize(id, manifest),
      details: { ...manifest, folder: path, experiment, filesRead: files.map(outcome) },
    },
    diagnostics: diagnostics.list(),
  };
}

/** Folder of a capture that comes with falcon-lab, e.g. `bundledCapture('overlay-udp-16')`. */
export function bundledCapture(id: string): string {
  return join(__dirname, '../../data/captures', id);
}

async function fileNames(path: string): Promise<string[]> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError({ file: path }, error.code === 'ENOENT' ? 'no such folder' : error.message);
  });
  if (!info.isDirectory()) throw InputError.expected({ file: path }, 'a capture folder', 'a file');
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== MANIFEST && !/^(?:\.|README)/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** What became of one file. */
interface LoadedFile {
  readonly name: string;
  /** Null if no format recognised it, or its parser refused it. */
  readonly format: string | null;
  readonly tables: TraceTables;
  readonly metadata: ReadonlyMap<string, string>;
  readonly problem?: string;
}

async function loadFile(
  folder: string,
  name: string,
  run: string,
  about: CaptureFile | undefined,
  diagnostics: Diagnostics,
  { tables: wanted, onProgress, signal }: LoadCaptureOptions,
): Promise<LoadedFile> {
  const file = join(folder, name);
  const { namespace, repeat } = about ?? {};
  try {
    const { source, format } = await detectFormat(await openSource(file));
    if (!isWanted(format.fills, wanted)) {
      await source[Symbol.asyncIterator]().return?.();
      return { name, format: format.id, tables: {}, metadata: new Map() };
    }
    const trace = await format.parse(source, { run, file, diagnostics, namespace, repeat, onProgress, signal });
    return { name, format: trace.format, tables: trace.tables, metadata: trace.metadata };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    diagnostics.count('capture/unusable-file', 'file that could not be used', error.place, error.message);
    return { name, format: null, tables: {}, metadata: new Map(), problem: error.message };
  }
}

/** What became of a file of a capture, in the provenance of its run (`details.filesRead`). */
export interface FileRead {
  readonly name: string;
  /** Null if it could not be used. */
  readonly format: string | null;
  readonly problem?: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** The file's own words as pairs, since their names are untrusted. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

function outcome({ name, format, metadata, problem, tables }: LoadedFile): FileRead {
  const rows = Object.fromEntries(Object.entries(tables).map(([table, { numRows }]) => [table, numRows]));
  return { name, format, ...(problem === undefined ? {} : { problem }), rows, metadata: [...metadata] };
}

/** What arrived is told by counters that nobody asked for. */
const NEEDS: { readonly [K in RunTableName]?: readonly RunTableName[] } = {
  messageRates: ['netSnmp', 'softnet'],
  drops: ['netSnmp', 'softnet'],
  counters: ['netSnmp', 'softnet'],
};

function isWanted(fills: readonly RunTableName[] | undefined, wanted: readonly RunTableName[] | undefined): boolean {
  if (fills === undefined || wanted === undefined) return true;
  return wanted.some((name) => [name, ...(NEEDS[name] ?? [])].some((table) => fills.includes(table)));
}

function joinTables(parts: readonly TraceTables[]): TraceTables {
  const joined: { [K in RunTableName]?: Table<Schema> } = {};
  for (const name of Object.keys(runSchemas) as RunTableName[]) {
    const tables = parts.flatMap((part) => (part[name] === undefined ? [] : [part[name] as Table<Schema>]));
    if (tables.length > 0)
      joined[name] = tables.length === 1 ? tables[0] : concatTables(runSchemas[name] as Schema, tables);
  }
  return joined as TraceTables;
}

function pick(tables: TraceTables, names: readonly RunTableName[]): TraceTables {
  return Object.fromEntries(Object.entries(tables).filter(([name]) => names.includes(name as RunTableName)));
}
