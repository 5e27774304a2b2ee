// Runs the benchmarks, each a file of this folder by its name, and prints one JSON line a measurement.
//   npm run bench                      all
//   npm run bench -- --only sim        bench/sim.mjs
//   npm run bench -- --only sim,parse  both
//   npm run bench -- --large           with inputs of 2 GB too
// What else there is to say goes to stderr. A benchmark exports `rows`:
//   { name, unit, measure, repeats = 5 }, where `measure` returns a number, at once or later;
// printed is the median of the repeats. It measures what is compiled in dist.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sourceState } from '../scripts/lib/source-state.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEFAULT_REPEATS = 5;

function available() {
  return readdirSync(join(ROOT, 'bench'))
    .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
    .map((file) => basename(file, '.mjs'))
    .sort();
}

function fail(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(1);
}

function chosen() {
  const all = available();
  let only;
  try {
    const options = { only: { type: 'string', multiple: true }, large: { type: 'boolean' } };
    const { values } = parseArgs({ options });
    only = values.only;
    if (values.large === true) process.env.FALCON_BENCH_LARGE = '1';
  } catch (error) {
    fail(error.message);
  }
  if (only === undefined) return all;
  const names = only.flatMap((names) => names.split(','));
  for (const name of names) {
    if (!all.includes(name)) fail(`no benchmark ${JSON.stringify(name)}; there are ${all.join(', ')}`);
  }
  return names;
}

function median(values) {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function runRow({ name, unit, measure, repeats = DEFAULT_REPEATS }) {
  const values = [];
  for (let i = 0; i < repeats; i++) {
    process.stderr.write(`${name}: ${i + 1} of ${repeats} …\n`);
    values.push(await measure());
  }
  process.stdout.write(`${JSON.stringify({ name, value: median(values), unit })}\n`);
}

process.chdir(ROOT);
const names = chosen();
const compiled = existsSync('dist/.state') ? readFileSync('dist/.state', 'utf8') : undefined;
if (!existsSync('dist/index.js')) {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', process.stderr, process.stderr] });
} else if (compiled !== undefined && compiled !== sourceState()) {
  process.stderr.write('bench: src was changed after dist was compiled; `npm run build` first to measure it\n');
}
for (const name of names) {
  const { rows } = await import(`./${name}.mjs`);
  for (const row of rows) await runRow(row);
}
