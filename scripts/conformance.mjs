// Compares `falcon-lab collapse` with recorded outputs of stackcollapse-perf.pl:
//   npm run conformance -- DIR
// For each DIR/results/CASE-collapsed-OPTION.txt, `collapse --OPTION` is run on DIR/perf/CASE.txt (or
// DIR/CASE.txt) and compared after sorting by bytes: first as it is, and, where stackcollapse-perf.pl
// is at fault (docs/collapse.md), with `--compat flamegraph`. A case passes if either is the same.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const CLI = 'dist/cli/main.js';
const [dir] = process.argv.slice(2);
if (dir === undefined || !existsSync(join(dir, 'results'))) {
  console.error('usage: npm run conformance -- DIR, where DIR has results/CASE-collapsed-OPTION.txt and perf/CASE.txt');
  process.exit(2);
}
if (!existsSync(CLI)) execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });

function sortedLines(bytes) {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.sort();
}

function collapse(args) {
  const run = spawnSync(process.execPath, [CLI, 'collapse', ...args], { maxBuffer: 2 ** 30 });
  return { lines: sortedLines(run.stdout), failed: run.status !== 0, error: run.stderr.toString().trim() };
}

/** Lines of one and not of the other, so that a failure explains itself. */
function difference(got, want) {
  const [has, wants] = [new Set(got), new Set(want)];
  const extra = got.filter((line) => !wants.has(line)).slice(0, 3);
  const missing = want.filter((line) => !has.has(line)).slice(0, 3);
  return [...extra.map((l) => `  + ${l}`), ...missing.map((l) => `  - ${l}`)].map((l) => l.slice(0, 300)).join('\n');
}

const same = (a, b) => a.length === b.length && a.every((line, i) => line === b[i]);
const tally = { pass: 0, compat: 0, fail: 0 };
for (const file of readdirSync(join(dir, 'results')).sort()) {
  const match = /^(.*)-collapsed(?:-(.+))?\.txt$/.exec(file);
  if (match === null) continue;
  const [, name, option] = match;
  const input = [join(dir, 'perf', `${name}.txt`), join(dir, `${name}.txt`)].find(existsSync);
  if (input === undefined) {
    console.log(`FAIL ${file}: no input ${name}.txt`);
    tally.fail++;
    continue;
  }
  const want = sortedLines(readFileSync(join(dir, 'results', file)));
  // Options may be joined, as in inferno's names: CASE-collapsed-pid+addrs.txt
  const flags = (option ?? '')
    .split(/[+,]/)
    .filter((o) => o !== '')
    .map((o) => `--${o}`);
  const plain = collapse([...flags, input]);
  if (!plain.failed && same(plain.lines, want)) {
    tally.pass++;
    console.log(`pass ${file}`);
    continue;
  }
  const compatible = collapse([...flags, '--compat', 'flamegraph', input]);
  if (same(compatible.lines, want)) {
    tally.compat++;
    console.log(
      `pass ${file} (with --compat flamegraph; by default ${plain.lines.length} lines instead of ${want.length}, or other counts)`,
    );
  } else {
    tally.fail++;
    console.log(
      `FAIL ${file}\n${difference(compatible.lines, want)}${compatible.failed ? `\n  ${compatible.error}` : ''}`,
    );
  }
}
console.log(`${tally.pass} the same, ${tally.compat} the same with --compat flamegraph, ${tally.fail} failed`);
process.exit(tally.fail > 0 || tally.pass + tally.compat === 0 ? 1 : 0);
