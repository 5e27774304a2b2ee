import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { collapsePerfScript, detectFormat, openSource } from '../../src/trace';
import { InputError } from '../../src/core';
import { expectGolden, inChunks, outcomeText } from './traceSupport';

const FIXTURES = join(__dirname, 'fixtures');
const GOLDEN = join(__dirname, 'golden');

function fixturesOf(format: string) {
  return readdirSync(join(FIXTURES, format))
    .sort()
    .map((name) => ({ format, name, bytes: readFileSync(join(FIXTURES, format, name)) }));
}

const perfScript = fixturesOf('perf-script');

describe.each([...perfScript, ...fixturesOf('folded')])('$format/$name', ({ format, name, bytes }) => {
  it('is detected and read as before', async () => {
    const { format: detected } = await detectFormat(await openSource(bytes, name));
    expect(detected.id).toBe(format);
    expectGolden(join(GOLDEN, format, `${name}.golden`), await outcomeText(bytes));
  });

  it('reads the same in chunks of any size, and gzipped', async () => {
    const whole = await outcomeText(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        expect(await outcomeText(inChunks(bytes, sizes))).toBe(whole);
      }),
      { numRuns: 8, examples: [[[1]]] },
    );
    expect(await outcomeText(gzipSync(bytes))).toBe(whole);
  });

  it('is listed with its origin', () => {
    expect(readFileSync(join(FIXTURES, 'README.md'), 'utf8')).toContain(`| ${format}/${name} |`);
  });
});

/** Folded stacks under several rules, or the error. */
async function folded(bytes: Buffer): Promise<string> {
  const variants = [
    {},
    { tid: true, kernel: true, jit: true },
    { addrs: true, count: 'samples' as const },
    { srcline: true },
  ];
  const texts: string[] = [];
  for (const compat of [undefined, 'flamegraph' as const]) {
    for (const options of variants) {
      texts.push(`# ${JSON.stringify({ ...options, compat })}`);
      try {
        const { lines, ...met } = await collapsePerfScript(bytes, { ...options, compat });
        texts.push(...lines(), `# ${JSON.stringify(met)}`);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        texts.push(`# error ${error.message}`);
      }
    }
  }
  return `${Buffer.from(texts.join('\n'), 'latin1').toString('utf8')}\n`;
}

describe.each(perfScript)('collapse of $name', ({ name, bytes }) => {
  it('is as before', async () => {
    expectGolden(join(GOLDEN, 'collapse', `${name}.golden`), await folded(bytes));
  });
});
