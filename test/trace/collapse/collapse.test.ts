import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collapsePerfScript } from '../../../src/trace';
import type { CollapseOptions } from '../../../src/trace';
import { PieceFile, pieceBorders } from '../../../src/trace/collapse/fileReader';
import { collapsePieces } from '../../../src/trace/collapse/parallel';
import { collapseRules } from '../../../src/trace/collapse/options';
import { kernelFromSource } from './kernelModule';

const SAMPLE = `swapper     0 [000]  8126.035479:     500 cycles: 
\tffffffff8168d5c4 net_rx_action+0x44 ([kernel.kallsyms])
\tffffffff81690759 do_idle+0xb9 ([kernel.kallsyms])

swapper     0 [000]  8126.035480:       7 instructions: 
\tffffffff8168d5c4 net_rx_action+0x44 ([kernel.kallsyms])

`;

async function lines(text: string | Buffer, options: CollapseOptions = {}): Promise<string[]> {
  const result = await collapsePerfScript(Buffer.from(text as string), options);
  return [...result.lines()];
}

describe('collapse', () => {
  it('keeps the first event, or the one asked for, and says what it left out', async () => {
    const result = await collapsePerfScript(Buffer.from(SAMPLE));
    expect([...result.lines()]).toEqual(['swapper;do_idle;net_rx_action 500']);
    expect(result).toMatchObject({ event: 'cycles', otherEvents: ['instructions'], diagnostics: [] });
    expect(result.counts).toEqual({ records: 2, withoutStack: 0, filtered: 1, lines: 7 });
    expect(await lines(SAMPLE, { eventFilter: 'instructions' })).toEqual(['swapper;net_rx_action 7']);
  });

  it('counts samples, marks the kernel, skips callers', async () => {
    expect(await lines(SAMPLE, { count: 'samples', kernel: true })).toEqual([
      'swapper;do_idle_[k];net_rx_action_[k] 1',
    ]);
    expect(await lines(SAMPLE, { skipAfter: ['net_rx_action'] })).toEqual(['net_rx_action 500']);
    expect(await lines(SAMPLE, { tid: true })).toEqual(['swapper-?/0;do_idle;net_rx_action 500']);
  });

  it('reads gzip, CRLF and UTF-16 alike', async () => {
    const want = await lines(SAMPLE);
    expect(await lines(gzipSync(SAMPLE))).toEqual(want);
    expect(await lines(SAMPLE.replaceAll('\n', '\r\n'))).toEqual(want);
    expect(await lines(Buffer.from(`\ufeff${SAMPLE}`, 'utf16le'))).toEqual(want);
    expect(await lines(`\ufeff${SAMPLE}`)).toEqual(want);
  });

  it('keeps bytes that are no UTF-8', async () => {
    const text = Buffer.from('x 1 [000] 1.000000: 1 cycles: \n\tff a\xff\xc3 (/b)\n\n', 'latin1');
    expect(await lines(text)).toEqual(['x;a\xff\xc3 1']);
  });

  it('counts the last sample without an empty line, but not for --compat flamegraph', async () => {
    const cut = SAMPLE.replace(/\n\nswapper[^]*$/, '\n');
    expect(await lines(cut)).toEqual(['swapper;do_idle;net_rx_action 500']);
    await expect(lines(cut, { compat: 'flamegraph' })).rejects.toThrow(/1 events/);
  });

  it.each([
    ['', /the input is empty/],
    ['\n\n', /saw only white space: 2 lines, no event/],
    ['{"a": 1}\n', /saw JSON/],
    ['hello\nworld\n', /:1: expected .* saw text that begins with "hello": 2 lines, no event; first odd line "hello"/],
    ['# captured on: x\n#\n', /2 lines, no event/],
    ['a 1 [000] 1.000000: 1 cycles: \n\n', /1 events, 1 without a call chain/],
    [SAMPLE, /2 events, 2 of other events than "none": "cycles", "instructions"/, { eventFilter: 'none' }],
  ] as [string, RegExp, CollapseOptions?][])(
    'says what %j holds instead of samples',
    async (text, message, options) => {
      await expect(lines(text, options)).rejects.toThrow(message);
    },
  );
});

describe('pieces of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'falcon-collapse-'));
  const path = join(folder, 'perf.txt');
  let module: WebAssembly.Module;
  beforeAll(async () => {
    const records = Array.from(
      { length: 5000 },
      (_, i) =>
        `app ${i % 3} [000] ${i}.000000: ${i} cycles: \n\tff f${i % 50} (/a)\n\tee main+0x1 (/a)\n${i % 997 === 0 ? 'odd line\n' : ''}\n`,
    );
    writeFileSync(path, records.join(''));
    module = await kernelFromSource();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('end behind empty lines, and cover the file', () => {
    const file = new PieceFile(path);
    const borders = pieceBorders(file, 10_000);
    expect(borders.length).toBeGreaterThan(15);
    expect([borders[0], borders[borders.length - 1]]).toEqual([0, file.bytes]);
    for (const border of borders.slice(1)) {
      const before = Buffer.alloc(2);
      file.read(before, border - 2);
      expect(before.toString()).toBe('\n\n');
    }
    file.close();
  });

  it('give the same whatever their size', async () => {
    const whole = await collapsePerfScript(path, { noKernel: true });
    const want = new Map([...whole.lines()].map((line) => line.split(/ (?=\d+$)/) as [string, string]));
    for (const size of [1_000, 20_000, 10_000_000]) {
      const file = new PieceFile(path);
      const borders = pieceBorders(file, size);
      const shared = new Int32Array(new SharedArrayBuffer(8));
      const task = { path, name: path, rules: collapseRules({ eventFilter: 'cycles' }), module, borders, shared };
      const { stacks, reports } = collapsePieces(task, file);
      file.close();
      expect(new Map(stacks.map(([stack, count]) => [stack, String(count)]))).toEqual(want);
      expect(reports.reduce((sum, r) => sum + r.counts.lines, 0)).toBe(whole.counts.lines);
      expect(reports.flatMap((r) => r.diagnostics).reduce((sum, d) => sum + d.count, 0)).toBe(6);
    }
  });
});
