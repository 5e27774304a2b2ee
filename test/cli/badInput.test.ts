import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main';

/** Runs a command line in this process. */
async function falconLab(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
      stdout += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      (rest.at(-1) as (() => void) | undefined)?.();
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      stderr += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    }),
  ];
  try {
    return { code: await main(argv), stdout, stderr };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
    process.exitCode = undefined;
  }
}

const capture = (name: string): Buffer => readFileSync(join(__dirname, '../../data/captures/host-udp-16', name));

describe('bad input', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'falcon-lab-bad-'));
    writeFileSync(path('empty.txt'), '');
    writeFileSync(path('blank.txt'), ' \n\n');
    writeFileSync(path('perf.txt'), Buffer.concat([Buffer.from('PERFILE2'), Buffer.alloc(400, 0xff)]));
    writeFileSync(path('swapped.txt'), Buffer.concat([Buffer.from('2ELIFREP'), Buffer.alloc(200, 7)]));
    writeFileSync(path('truncated.gz'), capture('perf-cpu.txt.gz').subarray(0, 20_000));
    const damaged = Buffer.from(capture('perf-cpu.txt.gz'));
    damaged.fill(0x55, 3000, 3400);
    writeFileSync(path('damaged.gz'), damaged);
    writeFileSync(path('empty.gz'), gzipSync(''));
    writeFileSync(path('words.txt'), 'lorem ipsum\ndolor sit amet\n');
    writeFileSync(path('package.json'), '{"name": "x"}\n');
    writeFileSync(path('program'), Buffer.concat([Buffer.from('\u007fELF\u0002\u0001'), Buffer.alloc(100)]));
    writeFileSync(path('header.txt'), '# ========\n# captured on    : today\n# ========\n#\n');
    writeFileSync(path('unknown-field.json'), '{"traffic": [], "speling": 1}');
    writeFileSync(path('cut.json'), '{"traffic": [');
    mkdirSync(path('folder'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const cases: [command: string, file: string, says: RegExp][] = [
    ['missing.txt', /no such file/],
    ['empty.txt', /the input is empty/],
    ['blank.txt', /white space/],
    ['perf.txt', /perf\.data|PERFILE2/],
    ['swapped.txt', /perf\.data|2ELIFREP|byte order/],
    ['truncated.gz', /truncated|end early/],
    ['damaged.gz', /damaged|truncated/],
    ['empty.gz', /empty|no |white space/],
    ['words.txt', /lorem ipsum/],
    ['program', /ELF/],
    ['header.txt', /header|record/],
    ['folder', /directory|folder/],
  ].flatMap(([file, says]) =>
    ['inspect', 'collapse'].map((command) => [command, file, says] as [string, string, RegExp]),
  );
  cases.push(
    ['simulate', 'missing.json', /no such file/],
    ['simulate', 'empty.txt', /empty/],
    ['simulate', 'cut.json', /JSON/],
    ['simulate', 'unknown-field.json', /speling/],
    ['inspect', 'package.json', /JSON/],
    ['collapse', 'package.json', /JSON|name/],
  );

  it.each(cases)('%s %s: one clear line, exit code 1', async (command, file, says) => {
    const { code, stdout, stderr } = await falconLab(command, path(file));
    expect(code).toBe(1);
    expect(stderr.replace(/\n$/, '')).not.toContain('\n');
    expect(stderr.startsWith('falcon-lab: ')).toBe(true);
    expect(stderr).toContain(file);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
  });

  it('of gigabytes in a small gzip file stops at the limit that was set', async () => {
    writeFileSync(path('bomb.gz'), gzipSync('CPU0 CPU1\n HI: 1 2\n'.repeat(500_000)));
    const { code, stderr } = await falconLab('inspect', '--max-inflated', '1000000', path('bomb.gz'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/bomb\.gz: gzip data inflate beyond the limit of 1000000 bytes\n$/);
  });

  it('is no stack trace in a process of its own either', () => {
    const argv = ['--import', 'tsx', join(__dirname, '../../src/cli/main.ts'), 'inspect', path('truncated.gz')];
    const { status, stderr, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^falcon-lab: .*truncated\.gz: /)]);
  });

  it('of any kind never ends inspect with anything but a report or one line', async () => {
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ maxLength: 400 }).map((s) => Buffer.from(s)),
      fc
        .constantFrom('# 1\n', 'sockperf: ', '{"start":', '<?xml', 'CPU0 CPU1\n', 'PERFILE2', '<svg')
        .chain((head) => fc.string({ maxLength: 200 }).map((s) => Buffer.from(head + s))),
    );
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        writeFileSync(path('any'), bytes);
        const { code, stdout, stderr } = await falconLab('inspect', path('any'));
        if (code === 0) expect(stdout).toContain('skipped or odd:');
        else expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('odd input', () => {
  it('is counted, with the first line of each kind', async () => {
    const file = join(__dirname, '../trace/fixtures/proc-softirqs/damaged.txt');
    const { code, stdout } = await falconLab('inspect', '--json', file);
    expect(code).toBe(0);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: unknown[] };
    expect(diagnostics).toMatchObject([
      { kind: 'proc-softirqs/unparsed-line', count: 4, first: { line: 4 }, example: '      NET_RX:  12x4  5' },
      { kind: 'proc-softirqs/comment', count: 1, first: { line: 6 } },
    ]);
  });
});
