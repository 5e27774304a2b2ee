// npm run lab: opens the notebooks in JupyterLab (or classic Notebook) with the project's own kernel.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { jupyterEnvironment } from './lib/jupyter.mjs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const environment = jupyterEnvironment();
if (existsSync('.venv/bin')) environment.PATH = `${environment.PATH}:${process.cwd()}/.venv/bin`;

const application = ['lab', 'notebook'].find(
  (name) => spawnSync('jupyter', [name, '--version'], { env: environment, stdio: 'ignore' }).status === 0,
);
if (application === undefined) {
  const command = existsSync('/usr/bin/apt-get')
    ? 'sudo apt-get install -y jupyter-notebook'
    : 'python3 -m venv .venv && .venv/bin/pip install jupyterlab';
  process.stderr.write(
    `falcon-lab: neither JupyterLab nor Jupyter Notebook was found. Install one with\n  ${command}\n`,
  );
  process.exit(1);
}
const child = spawn('jupyter', [application, '--notebook-dir=notebooks', ...process.argv.slice(2)], {
  env: environment,
  stdio: 'inherit',
});
child.on('exit', (code) => process.exit(code ?? 1));
