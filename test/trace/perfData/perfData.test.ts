import fc from 'fast-check';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Diagnostics, InputError } from '../../../src/core';
import { openSource, openTrace, perfDataFormatWith, perfDataText } from '../../../src/trace';
import { collapsePerfScript } from '../../../src/trace/collapse';
import { inChunks } from '../traceSupport';

const FIXTURES = join(__dirname, '../fixtures/perf-data');
const names = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.data.gz'))
  .map((name) => name.slice(0, -'.data.gz'.length));
const SYMBOLS = { kallsyms: join(FIXTURES, 'kallsyms'), symfs: join(FIXTURES, 'root') };

const recorded = (name: string) => gunzipSync(readFileSync(join(FIXTURES, `${name}.data.gz`)));
const printedByPerf = (name: string) => gunzipSync(readFileSync(join(FIXTURES, `${name}.script.gz`))).toString('utf8');

async function print(input: string | Uint8Array | AsyncIterable<Uint8Array>, symbols = SYMBOLS) {
  const diagnostics = new Diagnostics();
  const context = { run: 'r', file: 'perf.data', diagnostics };
  const { text, metadata } = await perfDataText(await openSource(input, 'perf.data'), context, symbols);
  let all = '';
  for await (const piece of text) all += piece;
  return { text: all, diagnostics, metadata };
}

/** perf 6.1 leaves out offsets and files of a tracepoint's frames if it reads from a pipe. */
function asPerfDoesInPipeMode(text: string): string {
  return text.replace(/^(\t *[0-9a-f]+ (?:\[unknown\]|[^ +]+))(?:\+0x[0-9a-f]+)? \([^\n]*\)$/gm, '$1');
}

describe.each(names)('perf.data: %s', (name) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'falcon-lab-test-'));
    writeFileSync(join(folder, 'perf.data'), recorded(name));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads as perf script prints it, from a file, gzip, and chunks of any size', async () => {
    const expected = printedByPerf(name);
    const compared = (text: string) => (name === 'trace-pipe' ? asPerfDoesInPipeMode(text) : text);
    expect(expected.length).toBeGreaterThan(1000);
    expect(compared((await print(join(folder, 'perf.data'))).text)).toBe(expected);
    expect(compared((await print(join(FIXTURES, `${name}.data.gz`))).text)).toBe(expected);
    expect(compared((await print(inChunks(recorded(name), [1, 7, 4096]))).text)).toBe(expected);
  });

  it.skipIf(name === 'trace-pipe')('gives the tables that the text gives', async () => {
    expect((await openTrace(join(folder, 'perf.data'))).format).toBe('perf-data');
    const diagnostics = new Diagnostics();
    const source = await openSource(join(folder, 'perf.data'));
    const trace = await perfDataFormatWith({ ...SYMBOLS, nanoseconds: false }).parse(source, {
      run: 'r',
      file: 'x',
      diagnostics,
    });
    const text = await openTrace(Buffer.from(printedByPerf(name)), { run: 'r' });
    expect(Object.keys(trace.tables)).toEqual(Object.keys(text.tables));
    for (const [table, rows] of Object.entries(text.tables)) {
      const without = (list: Iterable<Record<string, unknown>>) =>
        Array.from(list, (row) => ({ ...row, pid: undefined })); // perf script prints the tid alone
      const ours = trace.tables[table as keyof typeof trace.tables]!;
      expect(without(ours.rows() as never)).toEqual(without(rows.rows() as never));
    }
  });

  it('survives truncation and flipped bits: text, diagnostics, or one clear error', async () => {
    const bytes = recorded(name);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length),
        fc.array(fc.tuple(fc.nat(Math.min(bytes.length, 4000) - 1), fc.nat(255)), { maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }),
        async (length, early, anywhere) => {
          const damaged = Buffer.from(bytes);
          for (const [at, value] of [...early, ...anywhere]) damaged[at] = value;
          try {
            await print(damaged.subarray(0, length % 3 === 0 ? length : bytes.length));
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as Error).message).not.toContain('\n');
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 30_000);
});

describe('perf.data', () => {
  it('states what its header says', async () => {
    const { metadata } = await print(recorded('chain'));
    expect(metadata.get('perf version')).toBe('6.1.192');
    expect(metadata.get('cmdline')).toContain('record -q -e cpu-clock -F 499 -g');
    expect((await print(recorded('zstd'))).metadata.get('compressed')).toContain('Zstd');
    // In pipe mode the same facts come as records.
    expect((await print(recorded('pipe'))).metadata.get('arch')).toBe('x86_64');
  });

  it('says whose symbols are missing', async () => {
    const { diagnostics, text } = await print(recorded('user'), { ...SYMBOLS, symfs: '/nowhere' });
    expect(text).toContain('724 [unknown] (/tmp/fix/burn)');
    expect(diagnostics.countOf('perf-data/no-symbols')).toBe(3);
  });

  it('collapses like the text of perf script', async () => {
    for (const name of ['chain', 'zstd', 'user']) {
      const own = await collapsePerfScript(recorded(name), { kernel: true, symbols: SYMBOLS });
      const text = await collapsePerfScript(Buffer.from(printedByPerf(name)), { kernel: true });
      expect([...own.lines()]).toEqual([...text.lines()]);
    }
  });

  it('gives tracepoints with their columns', async () => {
    const { tables } = await openTrace(recorded('trace'));
    const events = [...tables.events!.rows()];
    const received = events.filter((row) => row.event === 'net:netif_receive_skb' && row.device === 'lo');
    // 12 datagrams of 20 bytes with 8 of UDP and 20 of IP.
    expect(received.filter((row) => row.length_bytes === 48).length).toBeGreaterThanOrEqual(12);
    expect(received[0].skb).toMatch(/^0xffff/);
  });

  it('refuses a kallsyms without addresses or symbols', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'falcon-lab-test-'));
    const kallsyms = join(folder, 'kallsyms');
    try {
      writeFileSync(kallsyms, '0000000000000000 T _text\n0000000000000000 T schedule\n');
      await expect(print(recorded('chain'), { ...SYMBOLS, kallsyms })).rejects.toThrow(/all addresses are 0/);
      writeFileSync(kallsyms, 'nothing here\n');
      await expect(print(recorded('chain'), { ...SYMBOLS, kallsyms })).rejects.toThrow(/expected lines of kallsyms/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await expect(print(recorded('chain'), { ...SYMBOLS, kallsyms })).rejects.toThrow(/no such file/);
  });
});
