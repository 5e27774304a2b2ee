import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/core';
import { openSource } from '../../src/trace';
import { forEachLine, prefixLines } from '../../src/trace/lines';
import { inChunks, outcomeText } from './traceSupport';

async function linesOf(chunks: AsyncIterable<Uint8Array>): Promise<{ lines: string[]; open: boolean; odd: string[] }> {
  const diagnostics = new Diagnostics();
  const lines: string[] = [];
  let open = false;
  const source = await openSource(chunks, 'input');
  await forEachLine(source, { run: 'r', file: 'input', diagnostics }, (text, line, terminated) => {
    expect(line).toBe(lines.push(text));
    open = !terminated;
  });
  return { lines, open, odd: diagnostics.summary() };
}

describe('forEachLine', () => {
  it('splits any text at any chunk border as if it were whole', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', 'ä', '→', '😀', '\u0000'), minLength: 1 });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        text,
        sizes,
        fc.constantFrom('utf8', 'utf16le', 'bom'),
        async (content, chunkSizes, encoding) => {
          const mark = encoding === 'utf8' ? '' : '\ufeff';
          const bytes = Buffer.from(mark + content, encoding === 'utf16le' ? 'utf16le' : 'utf8');
          const expected = content.split(/\r?\n/);
          const last = expected.pop() as string;
          const { lines, open } = await linesOf(inChunks(bytes, chunkSizes));
          expect(lines).toEqual(last === '' ? expected : [...expected, last]);
          expect(open).toBe(last !== '');
        },
      ),
    );
  });

  it('cuts and counts a line of 100 MB in bounded memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const block = Buffer.alloc(2 ** 20, 'x');
      for (let i = 0; i < 100; i++) yield block;
      yield Buffer.from('\nnext\n');
    }
    const { lines, odd } = await linesOf(endless());
    expect(lines.map((line) => line.length)).toEqual([2 ** 20, 4]);
    expect(odd).toEqual([expect.stringMatching(/^1 × overlong line, cut \(first at input:1 /)]);
  });
});

describe('prefixLines', () => {
  it('leaves out a last line that may go on', () => {
    expect(prefixLines(Buffer.from('a\nb\nc'), false)).toEqual(['a', 'b']);
    expect(prefixLines(Buffer.from('a\nb\nc'), true)).toEqual(['a', 'b', 'c']);
    expect(prefixLines(Buffer.from('a\nb\n'), true)).toEqual(['a', 'b']);
  });
});

describe('JSON input', () => {
  it('nested 100,000 deep ends with a result or one error', async () => {
    const deep = `{"start":{"version":"iperf 3.1","x":${'['.repeat(100_000)}${']'.repeat(100_000)}},"big":1234567890123456789}`;
    expect(await outcomeText(Buffer.from(deep), { format: 'iperf3' })).toMatch(/^error /);
  });
});
