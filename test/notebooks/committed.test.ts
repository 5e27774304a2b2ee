import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = resolve(__dirname, '../../notebooks');
const SIZE_LIMIT_BYTES = 1_500_000;

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Cell {
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly source: readonly string[];
  readonly outputs?: readonly Output[];
}

const notebooks = readdirSync(FOLDER).filter((file) => file.endsWith('.ipynb'));

describe.each(notebooks)('notebooks/%s', (file) => {
  const path = join(FOLDER, file);
  const text = readFileSync(path, 'utf8');
  const { cells, metadata } = JSON.parse(text) as { cells: Cell[]; metadata: { kernelspec: { name: string } } };
  const code = cells.filter((cell) => cell.cell_type === 'code' && cell.source.join('').trim() !== '');

  it('is executed from first to last cell', () => {
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(metadata.kernelspec.name).toBe('tslab');
  });

  it('carries a picture beside every interactive figure', () => {
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    const html = outputs.filter((o) => String(o.data?.['text/html'] ?? '').includes('<script'));
    for (const output of html) expect(Object.keys(output.data ?? {})).toContain('image/png');
    expect(outputs.some((o) => o.data?.['image/png'] !== undefined)).toBe(true);
  });

  it('has no error in its outputs and needs no network', () => {
    const stderr = code.flatMap((cell) => cell.outputs ?? []).filter((o) => o.name === 'stderr');
    expect(stderr.map((o) => o.text?.join(''))).toEqual([]);
    expect(text).not.toMatch(/<(script|link)[^>]+(src|href)=\\"https?:/);
  });

  it('is small enough for the repository', () => {
    expect(statSync(path).size).toBeLessThan(SIZE_LIMIT_BYTES);
  });

  it('begins with a heading and imports the library by its name', () => {
    expect(cells[0].source.join('')).toMatch(/^# \S/);
    expect(code.map((cell) => cell.source.join('')).join('\n')).toContain("from 'falcon-lab'");
  });
});

describe('the pictures of the README', () => {
  it.each([
    ['docs/scoreboard.png', '00-overview.ipynb'],
    ['docs/fig10.png', 'fig10-udp-packet-rate.ipynb'],
  ])('%s is that of %s', (picture, file) => {
    const { cells } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { cells: Cell[] };
    const pngs = cells.flatMap((cell) => cell.outputs ?? []).flatMap((o) => o.data?.['image/png'] ?? []);
    const first = Buffer.from([pngs[0]].flat().join(''), 'base64');
    expect(readFileSync(resolve(FOLDER, '..', picture)).equals(first)).toBe(true);
    expect(readFileSync(resolve(FOLDER, '../README.md'), 'utf8')).toContain(`](${picture})`);
  });
});

describe('the notebooks', () => {
  it('are there', () => {
    expect(notebooks.length).toBeGreaterThanOrEqual(3);
  });
});
