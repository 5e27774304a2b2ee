// npm test: everything that must hold before a change is shared.
// Ends with one line, `N passed, N failed, N skipped`: the tests, each check as one more test, each notebook as one more.
//   npm test -- PATH…   runs only the tests of these paths, and no notebook
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, missingJupyter } from './lib/jupyter.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const bin = (name) => join('node_modules', '.bin', name);

const checks = [
  ['lint', bin('eslint'), ['.']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['types of tests', bin('tsc'), ['--noEmit', '-p', 'test/tsconfig.json']],
  ['build', process.execPath, ['scripts/build.mjs']],
  ['declarations in the notebooks’ TypeScript', process.execPath, ['scripts/check-declarations.mjs']],
];

let passed = 0;
let failed = 0;
let skipped = 0;
const broken = [];

for (const [name, command, args] of checks) {
  const started = Date.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  const ok = status === 0;
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (ok) passed++;
  else {
    failed++;
    broken.push(name);
  }
}

mkdirSync('out', { recursive: true });
const report = 'out/vitest.json';
rmSync(report, { force: true });
const vitest = spawnSync(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  skipped += result.numPendingTests + result.numTodoTests;
  // A file that cannot be loaded has no tests that could fail.
  const unloaded = result.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0);
  failed += unloaded.length;
  broken.push(...unloaded.map((f) => f.name));
  if (vitest.status !== 0 && result.numFailedTests === 0 && unloaded.length === 0) {
    failed++;
    broken.push('vitest');
  }
} catch {
  failed++;
  broken.push('vitest (no report)');
}

if (process.argv.length === 2) executeNotebooks();

if (broken.length > 0) console.log(`failed: ${broken.join(', ')}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);

/** Executes each notebook as `npm start` does; without a Jupyter they are skipped, and it says so. */
function executeNotebooks() {
  const notebooks = readdirSync('notebooks').filter((file) => file.endsWith('.ipynb')).length;
  if (findPython('execute', console.log) === undefined) {
    console.log(`${notebooks} notebooks skipped. ${missingJupyter()}`);
    skipped += notebooks;
    return;
  }
  const { status } = spawnSync(process.execPath, ['scripts/notebooks.mjs', '--out', 'out/test'], { stdio: 'inherit' });
  if (status === 0) {
    passed += notebooks;
  } else {
    failed++;
    broken.push('notebooks');
  }
}
