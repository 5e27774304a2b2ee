// npm start: executes every notebook headless, leaves executed notebooks and an HTML report in out/.
//   node scripts/notebooks.mjs [NAME…] [--update] [--jobs N] [--out DIR] [--source DIR]
// NAME is a notebook's name or its beginning (fig04). --update writes the executed notebooks back to notebooks/, and the
// pictures of the README that they hold to docs/.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { findPython, missingJupyter, runnerEnvironment } from './lib/jupyter.mjs';
import {
  firstPicture,
  normalise,
  readNotebook,
  SIZE_LIMIT_BYTES,
  titleOf,
  writeNotebook,
} from './lib/notebook-file.mjs';
import { ProgressLines } from './lib/progress-lines.mjs';
import { writeIndex } from './lib/report-index.mjs';
import { fileURLToPath } from 'node:url';

const CELL_TIMEOUT_S = 1200;
/** The first picture of a notebook is one of the README's. */
const README_PICTURES = { '00-overview': 'docs/scoreboard.png', 'fig10-udp-packet-rate': 'docs/fig10.png' };

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    update: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    out: { type: 'string', default: 'out' },
    source: { type: 'string', default: 'notebooks' },
  },
});

const names = readdirSync(options.source)
  .filter((file) => file.endsWith('.ipynb'))
  .map((file) => file.replace(/\.ipynb$/, ''))
  .filter((name) => positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted)))
  .sort();
if (names.length === 0) fail(`no notebook of ${options.source} is called ${positionals.join(', ') || '*.ipynb'}`);

const python = findPython('execute', say);
if (python === undefined) fail(missingJupyter());

const out = resolve(options.out);
const [executedFolder, htmlFolder] = [join(out, 'notebooks'), join(out, 'html')];
for (const folder of [executedFolder, htmlFolder]) mkdirSync(folder, { recursive: true });

const jobs = names.map((name) => ({
  name,
  folder: resolve('notebooks'),
  source: resolve(options.source, `${name}.ipynb`),
  executed: join(executedFolder, `${name}.ipynb`),
  html: join(htmlFolder, `${name}.html`),
}));
const results = await execute(jobs);
const failures = results.filter((result) => result.error !== undefined);

for (const { name, executed } of jobs) {
  if (failures.some((f) => f.name === name)) continue;
  const notebook = normalise(readNotebook(executed));
  const bytes = writeNotebook(executed, notebook);
  if (bytes > SIZE_LIMIT_BYTES)
    failures.push({ name, cell: 0, error: `${bytes} bytes, more than ${SIZE_LIMIT_BYTES}` });
  else if (options.update) {
    writeNotebook(join(options.source, `${name}.ipynb`), notebook);
    const picture = README_PICTURES[name];
    if (picture !== undefined) writeFileSync(picture, Buffer.from(firstPicture(notebook), 'base64'));
  }
}
const index = writeIndex(
  out,
  results.map((r) => ({ ...r, notebook: tryRead(join(executedFolder, `${r.name}.ipynb`)) })),
  titleOf,
);

for (const { name, cell, source, error } of failures) {
  const where = cell > 0 ? `, code cell ${cell} (${firstLine(source)})` : '';
  say(`notebook ${name}${where} failed:\n${indent(error)}`);
}
say(`${names.length - failures.length} of ${names.length} notebooks executed; report: ${index}`);
process.exit(failures.length === 0 ? 0 : 1);

/** Runs the jobs in one Python process, `--jobs` at a time, and shows how far each is. */
async function execute(all) {
  const progress = new ProgressLines(all.length);
  const child = spawn(python, ['scripts/lib/execute_notebooks.py'], {
    env: runnerEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(JSON.stringify({ jobs: all, parallel: Number(options.jobs), timeout_s: CELL_TIMEOUT_S }));
  // Jupyter logs on stderr; worth reading only if the process itself breaks.
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
  const started = new Map();
  const finished = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.event === 'start') started.set(event.name, Date.now());
    if (event.event === 'cell') progress.cell(event.name, event.done, event.total);
    if (event.event !== 'done' && event.event !== 'failed') continue;
    const seconds = (Date.now() - started.get(event.name)) / 1000;
    finished.push({ name: event.name, seconds, cell: event.cell, source: event.source, error: event.error });
    progress.finished(event.name, seconds, event.event === 'failed');
  }
  progress.end();
  if (finished.length < all.length) fail(`the notebook runner broke off:\n${indent(log)}`);
  return finished.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function tryRead(path) {
  try {
    return readNotebook(path);
  } catch {
    return undefined;
  }
}

function firstLine(source) {
  return (
    source
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

function indent(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function say(text) {
  process.stderr.write(`falcon-lab: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
