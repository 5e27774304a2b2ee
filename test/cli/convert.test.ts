import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main';

const PERF_DATA = join(__dirname, '../trace/fixtures/perf-data');
const CAPTURE = join(__dirname, '../../data/captures/host-udp-16/perf-softirq.txt.gz');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'falcon-lab-test-'));
  writeFileSync(join(folder, 'a.folded'), 'x;a;b 5\nx;a 2\ny;c 1\n');
  writeFileSync(join(folder, 'diff.folded'), 'x;a;b 5 7\nx;a 2 0\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command line in this process; what it wrote, and its exit code. */
async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const into = (list: string[]) => (piece: string | Uint8Array) => {
    list.push(Buffer.from(piece as string).toString('utf8'));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(into(err)),
  ];
  try {
    const code = await main(argv);
    return { code, out: out.join(''), err: err.join('') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** What a command line that succeeds prints. */
async function runOut(...argv: string[]): Promise<string> {
  const { code, out, err } = await run(...argv);
  expect([code, err.startsWith('falcon-lab: ') ? err : '']).toEqual([0, '']);
  return out;
}

describe('falcon-lab convert', () => {
  it('brings a flame graph there and back', async () => {
    for (const inverted of [[], ['--inverted']]) {
      const svg = join(folder, 'a.svg');
      expect(await runOut('convert', join(folder, 'a.folded'), '--to', 'svg', '-o', svg, ...inverted)).toBe('');
      expect(await runOut('convert', svg, '--to', 'folded')).toBe('x;a 2\nx;a;b 5\ny;c 1\n');
    }
  });

  it.each([
    ['html', /^<!doctype html>/i],
    ['speedscope', /"\$schema":"https:\/\/www\.speedscope\.app/],
    ['firefox', /"preprocessedProfileVersion":47/],
    ['csv', /^source,run,cpu,comm,event,stack,samples,weight\n/],
  ])('writes %s', async (to, expected) => {
    expect(await runOut('convert', join(folder, 'a.folded'), '--to', to)).toMatch(expected);
  });

  it('writes binary formats to a file', async () => {
    for (const [to, magic] of [
      ['pprof', '1f8b'],
      ['parquet', '50415231'],
    ] as const) {
      const file = join(folder, `a.${to}`);
      await runOut('convert', join(folder, 'a.folded'), '--to', to, '-o', file);
      expect(readFileSync(file).toString('hex').startsWith(magic)).toBe(true);
    }
  });

  it('keeps both counts of a differential file', async () => {
    expect(await runOut('convert', join(folder, 'diff.folded'), '--to', 'folded')).toBe('x;a 2 0\nx;a;b 5 7\n');
  });

  it('follows packets in Chrome traces and tables of tracepoints', async () => {
    const csv = await runOut('convert', CAPTURE, '--to', 'csv', '--table', 'journeys');
    expect(csv.split('\n')).toHaveLength(10035 + 2);
    const file = join(folder, 'c.json');
    await runOut('convert', CAPTURE, '--to', 'chrome', '-o', file);
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8'));
    const count = (test: (e: { name: string; ph: string; cat?: string }) => boolean) => traceEvents.filter(test).length;
    expect(count((e) => e.name === 'NET_RX' && e.ph === 'X')).toBe(10035);
    expect(count((e) => e.cat === 'stage')).toBe(10035);
  });

  it.each([
    [['--to', 'svgg'], /^falcon-lab: --to: expected one of folded, svg, html, .*, saw "svgg"\n$/],
    [
      ['--to', 'chrome'],
      /^falcon-lab: .*a.folded: expected rows of events or samples or journeys, saw stacks \(3 rows\)\n$/,
    ],
    [['--to', 'csv', '--table', 'x'], /^falcon-lab: .*expected --table to name one of stacks, saw "x"\n$/],
    [['--to', 'csv', '-o', '/nowhere/x'], /^falcon-lab: \/nowhere\/x: ENOENT/],
  ])('explains %s', async (flags, message) => {
    const { code, err } = await run('convert', join(folder, 'a.folded'), ...flags);
    expect(err).toMatch(message);
    expect(code).toBe(1);
  });
});

describe('falcon-lab script', () => {
  it('prints what perf script prints', async () => {
    const flags = ['--kallsyms', join(PERF_DATA, 'kallsyms'), '--symfs', join(PERF_DATA, 'root')];
    const expected = gunzipSync(readFileSync(join(PERF_DATA, 'user.script.gz'))).toString('utf8');
    expect(await runOut('script', join(PERF_DATA, 'user.data.gz'), ...flags)).toBe(expected);
  });
});

describe('falcon-lab journeys', () => {
  it('prints stages, what was linked, and cores', async () => {
    const text = await runOut('journeys', CAPTURE);
    expect(text).toMatch(/1 +backlog +eth0 +0 +10035 +10035 /);
    expect(text).toMatch(/10035 packets followed/);
    expect(text).toMatch(/\n +0 +10035 .* 1\.00 +1\.00 +0\n$/);
    const json = JSON.parse(await runOut('journeys', CAPTURE, '--json'));
    expect(json.stages[0]).toMatchObject({ stage: 'backlog', device: 'eth0', packets: 10035 });
    expect(json.cores[0]).toMatchObject({ cpu: 0, runs: 10035, polls_per_run: 1 });
  });

  it('explains a trace without packets', async () => {
    const { code, err } = await run('journeys', join(folder, 'a.folded'));
    expect(err).toMatch(/expected tracepoints \(net:\*, napi:\*, irq:\*\), saw folded with stacks\n$/);
    expect(code).toBe(1);
  });
});
