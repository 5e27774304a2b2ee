import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { sourceState } from './source-state.mjs';

/** Installs what the lock file asks for and compiles, each only if needed. Expects to be in the project's folder. */
export function setUp() {
  if (!dependenciesInPlace()) {
    say('installing the locked dependencies (npm ci) …');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  const state = sourceState();
  if (!existsSync('dist/.state') || readFileSync('dist/.state', 'utf8') !== state) {
    say('compiling …');
    run(process.execPath, ['scripts/build.mjs']);
    writeFileSync('dist/.state', state);
  }
}

function say(text) {
  process.stderr.write(`falcon-lab: ${text}\n`);
}

/**
 * Whether node_modules holds what the lock file asks for. npm keeps a lock file of its own in there;
 * packages that it left out because they are for other machines are optional.
 */
function dependenciesInPlace() {
  if (!existsSync('node_modules/.package-lock.json')) return false;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  const found = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const installed = found[path];
    if (installed === undefined) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return installed.version === entry.version && existsSync(path);
  });
}

function run(command, args) {
  try {
    execFileSync(command, args, { stdio: 'inherit' });
  } catch (error) {
    say(`${command} ${args.join(' ')} failed${error.code === 'ENOENT' ? ': not found' : ''}`);
    process.exit(1);
  }
}
