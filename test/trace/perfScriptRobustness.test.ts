import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core';
import { StackTree } from '../../src/table';
import { collapsePerfScript, foldedLines, openTrace, parseFoldedLine, payloadFields } from '../../src/trace';
import { inChunks, outcomeText } from './traceSupport';

const FIXTURES = join(__dirname, 'fixtures/perf-script');
const texts = readdirSync(FIXTURES).map((name) => readFileSync(join(FIXTURES, name)));

/** A text made of one piece again and again, never whole in memory. */
async function* repeated(piece: string, times: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(piece.repeat(Math.ceil(65536 / piece.length)), 'latin1');
  for (let left = times * piece.length; left > 0; left -= bytes.length) {
    yield left >= bytes.length ? bytes : bytes.subarray(0, left);
  }
}

async function* concat(...parts: (string | AsyncIterable<Uint8Array>)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part, 'latin1');
    else for await (const chunk of part) yield chunk;
  }
}

const HEADER = 'app  5000 [000]   200.000001:          1 cycles: \n';

describe('perf script text', () => {
  it('that is damaged gives a result or one clear error, and the same in chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        async (text, changes, end, chunk) => {
          const bytes = Buffer.from(text.subarray(0, Math.max(1, Math.ceil(end * text.length))));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const options = { format: 'perf-script' };
          expect(await outcomeText(inChunks(bytes, [chunk]), options)).toBe(await outcomeText(bytes, options));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('with a line of 100 MB without an end is cut there, counted, and costs no memory', async () => {
    const before = process.memoryUsage().rss;
    for (const noKernel of [true, false]) {
      const source = concat(HEADER, '\tff main (/a)\n\tee ', repeated('y', 100e6), ' (/a)\n\tdd outer (/a)\n\n');
      const result = await collapsePerfScript(source, { noKernel });
      expect(result.diagnostics.map((d) => [d.kind, d.count])).toEqual([['perf-script/overlong-line', 1]]);
      expect(result.counts.lines).toBe(5);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it('without any newline is an error that says so, not an attempt to hold it', async () => {
    await expect(openTrace(repeated('z', 20e6), { format: 'perf-script' })).rejects.toThrow(InputError);
    await expect(collapsePerfScript(repeated('z', 20e6))).rejects.toThrow(/1 lines, no event/);
  });

  it('with a stack of 100,000 frames keeps them all', async () => {
    const source = concat(HEADER, repeated('\tff frame+0x1 (/a)\n', 100_000), '\n');
    const { tables } = await openTrace(source, { format: 'perf-script' });
    expect(tables.samples?.column('stack').at(0).split(';')).toHaveLength(100_000);
  });

  it('with a million distinct symbols is read to its end', async () => {
    async function* symbols(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 1e6; i += 1000) {
        const frames = Array.from({ length: 1000 }, (_, k) => `\tff s${i + k} (/a)\n`);
        yield Buffer.from(`${HEADER}${frames.join('')}\n`);
      }
    }
    const result = await collapsePerfScript(symbols());
    expect(result.stacks).toBe(1000);
    expect(result.counts).toMatchObject({ records: 1000, lines: 1_002_000 });
  });

  it('cannot put anything on a prototype', async () => {
    const evil = '__proto__ 1 [000] 1.000000: 1 constructor: \n\tff __proto__ (/toString)\n\n# __proto__ : polluted\n';
    const { tables, metadata } = await openTrace(Buffer.from(evil), { format: 'perf-script' });
    expect([...(tables.samples?.rows() ?? [])][0]).toMatchObject({ comm: '__proto__', event: 'constructor' });
    expect(metadata.get('__proto__')).toBe('polluted');
    expect(payloadFields('__proto__=1 dev=eth0').get('__proto__')).toBe('1');
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe('openTrace', () => {
  it.each([
    ['PERFILE2 and rubbish', /perf\.data/],
    ['{"traceEvents": []}', /saw JSON/],
    ['   \n\n', /saw only white space/],
    ['\u0000\u0001\u0002', /saw binary data/],
    ['just some words\n', /saw text that begins with "just some words"/],
  ])('says what %j is', async (text, message) => {
    await expect(openTrace(Buffer.from(text), { name: 'f' })).rejects.toThrow(message);
    await expect(openTrace(Buffer.from(text), { name: 'f' })).rejects.toThrow(InputError);
  });

  it('refuses a format that it does not know', async () => {
    await expect(openTrace(Buffer.from('x'), { format: 'nonsense' })).rejects.toThrow(/saw "nonsense"/);
  });
});

describe('folded stacks', () => {
  it('come back as they were written', async () => {
    const frame = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((name) => !/[;\r\n\u0000]|^\s|\s$|^#/.test(name));
    const stacks = fc.array(
      fc.tuple(fc.array(frame, { minLength: 2, maxLength: 6 }), fc.integer({ min: 1, max: 1e9 })),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(stacks, async (rows) => {
        const tree = new StackTree();
        for (const [frames, value] of rows) tree.add(frames, value);
        const text = [...foldedLines(tree)].join('\n');
        // A last frame that ends in digits looks like a first count, if all of them do.
        fc.pre(text.split('\n').some((line) => parseFoldedLine(line, true) === undefined));
        const { tables } = await openTrace(Buffer.from(text), { format: 'folded' });
        if (tables.stacks === undefined) throw new Error('no stacks');
        expect([...foldedLines(StackTree.fromTable(tables.stacks))]).toEqual(text.split('\n'));
      }),
      { numRuns: 300 },
    );
  });

  it('have two counts where they are differential', () => {
    const [before, after] = [new StackTree(), new StackTree()];
    before.add(['a', 'b'], 3);
    after.add(['a', 'c'], 5);
    expect([...foldedLines(StackTree.diff(before, after))]).toEqual(['a;b 3 0', 'a;c 0 5']);
  });
});
