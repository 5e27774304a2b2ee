// Finds a Jupyter, and gives it a kernel of this project without touching anything outside the project.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join, resolve } from 'node:path';

export const KERNEL = 'tslab';
/** The kernel that executes notebooks in turn; execute_notebooks.py asks for it by this name. */
const RUNNER_KERNEL = 'falcon-lab-runner';
const STATE = '.cache/jupyter';
const NEEDED = { execute: 'nbclient, nbconvert, nbformat', lab: 'nbclient' };

/**
 * A Python that can execute notebooks, or that can open them (`purpose: 'lab'`).
 * Looked for in this order: the interpreter behind `jupyter` on PATH, python3 on PATH, `.venv`, and the
 * distribution's packages if this process may install them. Undefined if there is none.
 */
export function findPython(purpose, say) {
  const found = candidates().find((python) => canImport(python, NEEDED[purpose]));
  if (found !== undefined || purpose !== 'execute' || !mayInstall()) return found;
  say('no Jupyter found; installing the distribution’s package jupyter-nbconvert …');
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    execFileSync('apt-get', ['update', '-qq'], quiet);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'jupyter-nbconvert'], quiet);
  } catch {
    return undefined;
  }
  return ['/usr/bin/python3', ...candidates()].find((python) => canImport(python, NEEDED.execute));
}

/** The one message for when there is no Jupyter. */
export function missingJupyter() {
  const command = existsSync('/usr/bin/apt-get')
    ? 'sudo apt-get install -y jupyter-nbconvert'
    : 'python3 -m venv .venv && .venv/bin/pip install nbconvert nbclient ipykernel';
  return `Jupyter is needed to run the notebooks and was not found (neither on PATH nor in .venv). Install it with\n  ${command}\nand run the command again.`;
}

/** The environment in which Jupyter finds our kernel first and keeps its state inside the project. */
export function jupyterEnvironment() {
  const state = resolve(STATE);
  for (const name of ['config', 'data', 'runtime', 'ipython']) mkdirSync(join(state, name), { recursive: true });
  const tslab = createRequire(resolve('package.json')).resolve('tslab/bin/tslab');
  writeKernelSpec(state, KERNEL, [tslab, 'kernel', '--config-path={connection_file}']);
  return {
    ...process.env,
    JUPYTER_PATH: [state, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter),
    JUPYTER_CONFIG_DIR: join(state, 'config'),
    JUPYTER_DATA_DIR: join(state, 'data'),
    JUPYTER_RUNTIME_DIR: join(state, 'runtime'),
    IPYTHONDIR: join(state, 'ipython'),
    PYDEVD_DISABLE_FILE_VALIDATION: '1',
  };
}

/** The same for execute_notebooks.py, which also finds the kernel that executes notebooks in turn. */
export function runnerEnvironment() {
  const environment = jupyterEnvironment();
  const folder = resolve(STATE, 'runner');
  writeKernelSpec(folder, RUNNER_KERNEL, [resolve('scripts/lib/notebook-kernel.mjs'), '{connection_file}']);
  return { ...environment, JUPYTER_PATH: [folder, environment.JUPYTER_PATH].join(delimiter) };
}

function writeKernelSpec(state, name, args) {
  const folder = join(state, 'kernels', name);
  mkdirSync(folder, { recursive: true });
  const spec = { argv: [process.execPath, ...args], display_name: 'TypeScript', language: 'typescript' };
  writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(spec, null, 1)}\n`);
}

function candidates() {
  const venv = join(process.cwd(), '.venv/bin/python');
  return [behindJupyter(), 'python3', 'python', existsSync(venv) ? venv : undefined].filter((p) => p !== undefined);
}

/** The interpreter in the first line of the `jupyter` script: it is the one that has Jupyter's modules. */
function behindJupyter() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const script = join(folder, 'jupyter');
    if (!existsSync(script)) continue;
    const [, interpreter] = /^#!\s*(\S+)/.exec(readFileSync(script, 'latin1').slice(0, 300)) ?? [];
    if (interpreter !== undefined && !interpreter.endsWith('/env')) return interpreter;
  }
  return undefined;
}

function canImport(python, modules) {
  return spawnSync(python, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0;
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}
