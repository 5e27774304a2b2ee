import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(__dirname, '../src');

/** Which rooms a room may import from; the table of the README of src. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  table: ['core'],
  kernel: ['core'],
  experiment: ['core', 'kernel'],
  sim: ['core', 'table', 'kernel', 'experiment'],
  trace: ['core', 'table'],
  run: ['core', 'table', 'kernel', 'experiment', 'sim', 'trace'],
  analysis: ['core', 'table', 'kernel', 'experiment'],
  verify: ['core', 'table', 'kernel', 'experiment', 'sim', 'run', 'analysis'],
  plot: ['core', 'table'],
  figures: ['core', 'table', 'analysis', 'experiment', 'plot'],
  capture: ['core', 'experiment'],
  lab: ['core', 'experiment', 'run', 'figures', 'plot'],
  cli: ['*'],
};

export function forbiddenImports(file: string, text: string): string[] {
  const [room] = relative(SRC, file).split(sep);
  if (room.endsWith('.ts')) return []; // src/index.ts re-exports everything
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return [`${room} is not a room of src`];
  const found: string[] = [];
  for (const [, specifier] of text.matchAll(/(?:from|import\(|require\()\s*'(\.[^']*)'/g)) {
    const [target] = relative(SRC, resolve(dirname(file), specifier)).split(sep);
    if (target === room || allowed.includes('*') || allowed.includes(target)) continue;
    found.push(
      `${relative(SRC, file)} imports ${specifier}, but ${room} may import only ${allowed.join(', ') || 'nothing'}`,
    );
  }
  return found;
}

describe('the rooms of src', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));

  it('import only what the shape of the house allows', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((f) => forbiddenImports(join(SRC, f), readFileSync(join(SRC, f), 'utf8')))).toEqual([]);
  });

  it('would be caught importing upwards', () => {
    const file = join(SRC, 'core/units.ts');
    expect(forbiddenImports(file, "import { Table } from '../table';")).toHaveLength(1);
    expect(forbiddenImports(file, "import { quote } from './errors';")).toEqual([]);
  });

  it('each have one line in src/README.md', () => {
    const readme = readFileSync(join(SRC, 'README.md'), 'utf8');
    for (const room of Object.keys(MAY_IMPORT)) expect(readme).toMatch(new RegExp(`\\| \`?${room}\`? +\\|`));
  });
});
