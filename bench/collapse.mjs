// `falcon-lab collapse` on perf script text that is made from our captures by repetition: 40 MB, 200 MB
// and with `-- --large` 2 GB; "varied" has other addresses in every copy. Each measurement is a process of
// its own, start included; rows that end in "after node's start" count from when node has started itself
// (about 60 ms), as the recorded rates of the peers' JavaScript do. Beside it stands stackcollapse-perf.pl, if it is on the PATH or named by
// STACKCOLLAPSE_PERF; else a ratio to a recorded rate of it, which says so in its name.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { captureText, writeRepeated, writeVaried } from './lib/inputs.mjs';

/** stackcollapse-perf.pl on un-repeated 40 MB (ours is 23 MB of captures, twice; `varied` repeats no address), AMD EPYC, 2 CPUs, quiet: MB/s. From a measurement of the peer. */
const RECORDED_PERL_MB_PER_S = 26.6;

const folder = mkdtempSync(join(tmpdir(), 'falcon-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

let one;
function input(name, bytes, varied) {
  const file = join(folder, `${name}.txt`);
  if (!existsSync(file)) {
    one ??= captureText('perf-cpu.txt.gz');
    if (varied) writeVaried(file, one, bytes);
    else writeRepeated(file, Buffer.from(one, 'latin1'), { bytes });
    readFileSync(file); // into the page cache
  }
  return file;
}

/** Runs a command with its output thrown away; seconds and peak memory. */
function timed(command, args) {
  const sink = openSync('/dev/null', 'w');
  const start = performance.now();
  const run = spawnSync(command, args, { stdio: ['ignore', sink, 'pipe'] });
  const seconds = (performance.now() - start) / 1000;
  closeSync(sink);
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${run.stderr}`);
  return seconds;
}

const rate = (file, seconds) => statSync(file).size / 1e6 / seconds;
const collapse = (file, threads) =>
  rate(file, timed(process.execPath, ['dist/cli/main.js', 'collapse', '--threads', String(threads), file]));

/** As `collapse`, from the end of node's bootstrap to the end of the process. */
function collapseAfterStart(file, threads) {
  const hook = join(folder, 'time.cjs');
  writeFileSync(
    hook,
    `if (require('node:worker_threads').isMainThread)
       process.on('exit', () =>
         process.stderr.write(String(performance.now() - performance.nodeTiming.bootstrapComplete)));`,
  );
  const args = ['--require', hook, 'dist/cli/main.js', 'collapse', '--threads', String(threads), file];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (run.status !== 0) throw new Error(`collapse ${file}: ${run.stderr}`);
  return rate(file, Number(/([\d.]+)$/.exec(run.stderr)[1]) / 1000);
}

/** Peak resident memory of the process, workers included; it is asked as it ends. */
function peakMegabytes(file, threads) {
  const hook = join(folder, 'peak.cjs');
  writeFileSync(
    hook,
    `if (require('node:worker_threads').isMainThread)
       process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)));`,
  );
  const args = ['--require', hook, 'dist/cli/main.js', 'collapse', '--threads', String(threads), file];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  return (Number(/(\d+)$/.exec(run.stderr)[1]) * 1024) / 1e6;
}

function findPerl() {
  const named = process.env.STACKCOLLAPSE_PERF;
  if (named !== undefined) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((f) => join(f, 'stackcollapse-perf.pl')).find((file) => existsSync(file));
}

const large = process.env.FALCON_BENCH_LARGE === '1';
const inputs = [
  { name: '40 MB', bytes: 40e6, varied: false },
  { name: '40 MB varied', bytes: 40e6, varied: true },
  { name: '200 MB repeated', bytes: 200e6, varied: false },
  { name: '200 MB varied', bytes: 200e6, varied: true },
  ...(large ? [{ name: '2 GB repeated', bytes: 2e9, varied: false }] : []),
];
const fileOf = ({ name, bytes, varied }) => input(name.replaceAll(' ', '-'), bytes, varied);

function rowsOf(shape) {
  return [1, 2].flatMap((threads) => {
    const name = `collapse: ${shape.name}, ${threads} thread${threads > 1 ? 's' : ''}`;
    return [
      { name, unit: 'MB/s', measure: () => collapse(fileOf(shape), threads) },
      {
        name: `${name}, after node's start`,
        unit: 'MB/s',
        measure: () => collapseAfterStart(fileOf(shape), threads),
      },
    ];
  });
}

function ratioRows() {
  const perl = findPerl();
  const shape = inputs[0];
  return [1, 2].map((threads) => ({
    name:
      perl === undefined
        ? `collapse: ${shape.name}, ${threads} thread(s), times the RECORDED ${RECORDED_PERL_MB_PER_S} MB/s of stackcollapse-perf.pl (the tool is not here)`
        : `collapse: ${shape.name}, ${threads} thread(s), times stackcollapse-perf.pl measured now`,
    unit: '×',
    repeats: 3,
    measure: () => {
      const file = fileOf(shape);
      const theirs = perl === undefined ? RECORDED_PERL_MB_PER_S : rate(file, timed('perl', [perl, file]));
      return collapse(file, threads) / theirs;
    },
  }));
}

const biggest = inputs[inputs.length - 1];
export const rows = [
  ...inputs.flatMap(rowsOf),
  ...[1, 2].map((threads) => ({
    name: `collapse: peak memory on ${biggest.name}, ${threads} thread(s)`,
    unit: 'MB',
    repeats: 1,
    measure: () => peakMegabytes(fileOf(biggest), threads),
  })),
  ...ratioRows(),
];
