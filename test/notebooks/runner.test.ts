import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '../..');
const PYTHONS = ['/usr/bin/python3', 'python3', join(ROOT, '.venv/bin/python')];
const jupyter = PYTHONS.some((p) => spawnSync(p, ['-c', 'import nbclient, nbconvert']).status === 0);
if (!jupyter) process.stderr.write('test/notebooks: skipped what executes notebooks, since there is no Jupyter here\n');

const folder = mkdtempSync(join(tmpdir(), 'falcon-notebooks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts/notebooks.mjs'), '--out', folder, ...args],
    {
      encoding: 'utf8',
    },
  );
  return { status, stderr };
}

/** A folder with one notebook of the given cells. */
function notebookOf(name: string, cells: readonly string[]): string {
  return notebooksOf({ [name]: cells });
}

/** A folder with notebooks, each of the given cells. */
function notebooksOf(notebooks: Readonly<Record<string, readonly string[]>>): string {
  const source = mkdtempSync(join(folder, 'source-'));
  for (const [name, cells] of Object.entries(notebooks)) {
    const notebook = {
      cells: cells.map((text, i) => ({
        cell_type: 'code',
        id: `c${i}`,
        metadata: {},
        outputs: [],
        source: text,
        execution_count: null,
      })),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(join(source, `${name}.ipynb`), JSON.stringify(notebook));
  }
  return source;
}

interface Executed {
  readonly cells: { execution_count: number; outputs: { text: string[]; data: Record<string, string[]> }[] }[];
}

function executed(name: string): Executed {
  return JSON.parse(readFileSync(join(folder, `notebooks/${name}.ipynb`), 'utf8')) as Executed;
}

describe.runIf(jupyter)('npm start', () => {
  it('executes a notebook and leaves it, numbered and normalised, with a report', () => {
    const source = notebookOf('fine', ["import { Random } from 'falcon-lab';\nconsole.log(1 + 1);", 'console.log(3)']);
    const { status, stderr } = run('--source', source);
    expect(stderr).toContain('1 of 1 notebooks executed');
    expect(status).toBe(0);
    const { cells } = executed('fine');
    expect(cells.map((c) => c.execution_count)).toEqual([1, 2]);
    expect(cells[0].outputs[0].text).toEqual(['2\n']);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('html/fine.html');
    expect(readFileSync(join(folder, 'html/fine.html'), 'utf8')).not.toMatch(/<script[^>]*\ssrc=/);
  });

  it('fails for a failing cell and names notebook, cell and error', () => {
    const source = notebookOf('broken', ['const a = 1;', 'throw new Error("told you so");', 'console.log(a)']);
    const { status, stderr } = run('--source', source);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /notebook broken, code cell 2 \(throw new Error\("told you so"\);\) failed:\n[^]*Error: told you so/,
    );
  });

  it('fails for a rejection that nobody awaits', () => {
    const source = notebookOf('rejected', [
      'void Promise.reject(new Error("lost"));\nawait new Promise((r) => setTimeout(r, 300));',
    ]);
    const { status, stderr } = run('--source', source);
    expect(status).toBe(1);
    expect(stderr).toContain('UnhandledPromiseRejection');
  });

  it('gives a notebook nothing of the one that its kernel executed before', () => {
    const pid = 'console.log(process.pid);';
    const source = notebooksOf({
      'a-first': ["const left = 'over';", pid],
      'b-second': ['console.log(typeof left);'],
      'c-third': ['const left = 7;', 'console.log(left + 1);', pid],
    });
    const { status, stderr } = run('--source', source, '--jobs', '1');
    expect(status).toBe(1);
    expect(stderr).toMatch(/notebook b-second, code cell 1 [^]*Cannot find name 'left'/);
    expect(stderr).toContain('2 of 3 notebooks executed');
    expect(executed('c-third').cells[1].outputs[0].text).toEqual(['8\n']);
    // A failure ends the kernel as well, since it may have left anything behind.
    expect(executed('c-third').cells[2].outputs[0].text).not.toEqual(executed('a-first').cells[1].outputs[0].text);
  });

  it('executes notebooks in turn in one process, and each shows its figures as if it were alone', () => {
    const cells = [
      "import { show } from 'falcon-lab';",
      "const figure: any = { kind: 'plot', id: 'p', title: 't', caption: 'c', width_px: 300, height_px: 200, data: [], layout: {} };\nawait show(figure);",
      'console.log(process.pid);',
    ];
    const source = notebooksOf({ 'd-first': cells, 'e-second': cells });
    expect(run('--source', source, '--jobs', '1').status).toBe(0);
    const [first, second] = [executed('d-first'), executed('e-second')];
    expect(second.cells[2].outputs[0].text).toEqual(first.cells[2].outputs[0].text);
    expect(second.cells[1].outputs).toEqual(first.cells[1].outputs);
    expect(second.cells[1].outputs[0].data['text/html'].join('')).toContain('DecompressionStream');
  });
});
