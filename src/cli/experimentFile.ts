import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InputError, quote } from '../core';
import { resolveExperiment } from '../experiment';
import type { Experiment } from '../experiment';
import type { Run } from '../run';

/**
 * Reads an experiment from a JSON file, or from standard input for `-`.
 * @param seed replaces the file's, if given
 * @throws InputError if it cannot be read, is no JSON or cannot be simulated
 */
export async function readExperimentFile(file: string, seed?: string): Promise<Experiment> {
  const name = file === '-' ? '<stdin>' : file;
  const input = parseJson(name, await readText(file, name));
  if (seed === undefined) return resolveExperiment(input, { file: name });
  if (!/^-?\d{1,15}$/.test(seed)) throw InputError.expected({ file: '--seed' }, 'a whole number', quote(seed));
  return resolveExperiment({ ...(input as object), seed: Number(seed) }, { file: name });
}

async function readText(file: string, name: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT'
        ? 'no such file'
        : code === 'EISDIR'
          ? 'is a directory'
          : `cannot be read (${code ?? 'unknown error'})`;
    throw new InputError({ file: name }, what);
  }
}

function parseJson(file: string, json: string): unknown {
  if (json.trim() === '') throw InputError.expected({ file }, 'an experiment as JSON', 'nothing');
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InputError({ file }, `not JSON: ${(error as Error).message}`);
  }
}

/**
 * A run as JSON, piece by piece: `{id, source, provenance, tables: {name: [row, …]}}`.
 * @param only names of the tables wanted, separated by commas
 * @throws InputError if the run lacks one of them
 */
export function* runToJson(run: Run, only?: string): Generator<string> {
  const names = Object.keys(run.tables) as (keyof Run['tables'])[];
  const wanted = only === undefined ? names : only.split(',').map((name) => pick(name.trim(), names));
  yield `{"id":${JSON.stringify(run.id)},"source":${JSON.stringify(run.source)},`;
  yield `"provenance":${JSON.stringify(run.provenance)},"tables":{`;
  let first = true;
  for (const name of wanted) {
    const table = run.tables[name];
    if (table === undefined) continue;
    yield `${first ? '' : ','}\n${JSON.stringify(name)}:[`;
    first = false;
    let separator = '\n';
    for (const row of table.rows()) {
      yield separator + JSON.stringify(row);
      separator = ',\n';
    }
    yield ']';
  }
  yield '}}\n';
}

function pick(name: string, names: readonly (keyof Run['tables'])[]): keyof Run['tables'] {
  const found = names.find((n) => n === name);
  if (found === undefined)
    throw InputError.expected({ file: '--tables' }, `names out of ${names.join(', ')}`, quote(name));
  return found;
}
