import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DETECTION_LIMIT, detectFormat, openSource, systemFormats, traceFormats } from '../../src/trace';
import { expectGolden, inChunks, outcomeText } from './traceSupport';

const FIXTURES = join(__dirname, 'fixtures');
const GOLDEN = join(__dirname, 'golden');

/** What makes careless patterns try every way to split a line. */
const HOSTILE = [' ', '1', '1 ', ': ', ':', 'a', '"', '\\\\"', '[', '](', ',', ',/', '<a ', '--', '@[', '.'] as const;

/** Where the heads of good lines are cut, to be followed by these. */
const HEADS = [/\d/, /\s/, /[,:=[]/] as const;

interface Fixture {
  readonly format: string;
  readonly name: string;
  readonly bytes: Buffer;
}

const fixtures: Fixture[] = systemFormats.flatMap(({ id }) =>
  readdirSync(join(FIXTURES, id))
    .sort()
    .map((name) => ({ format: id, name, bytes: readFileSync(join(FIXTURES, id, name)) })),
);

describe.each(fixtures)('$format/$name', ({ format, name, bytes }) => {
  it('is detected and read as before', async () => {
    const { format: detected } = await detectFormat(await openSource(bytes, name));
    expect(detected.id).toBe(format);
    expectGolden(join(GOLDEN, format, `${name}.golden`), await outcomeText(bytes));
  });

  it('is taken for nothing else', () => {
    const takers = traceFormats.filter((f) => f.detect(bytes.subarray(0, DETECTION_LIMIT), true) === 'yes');
    expect(takers.map(({ id }) => id)).toEqual([format]);
  });

  it('reads the same in chunks of any size, gzipped, and as UTF-16', async () => {
    const whole = await outcomeText(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        expect(await outcomeText(inChunks(bytes, sizes))).toBe(whole);
      }),
      { numRuns: 15, examples: [[[1]]] },
    );
    expect(await outcomeText(gzipSync(bytes))).toBe(whole);
    const utf16 = Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le');
    expect(await outcomeText(utf16)).toBe(whole);
  });

  it('is listed with its origin', () => {
    expect(readFileSync(join(FIXTURES, 'README.md'), 'utf8')).toContain(`${format}/${name}`);
  });
});

describe.each(systemFormats.map(({ id, fills }) => ({ id, fills })))('$id', ({ id, fills }) => {
  const own = fixtures.filter(({ format }) => format === id);

  it('says which tables it fills, and keeps to it', async () => {
    expect(fills).toBeDefined();
    for (const { bytes } of own) {
      const text = await outcomeText(bytes);
      for (const [, table] of text.matchAll(/^table (\w+):/gm)) expect(fills).toContain(table);
    }
  });

  it('survives truncation, flipped bits, NULs and inserted text: a result or one clear error', async () => {
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat({ max: 7 }) }),
      fc.record({ kind: fc.constant('nul' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), text: fc.string({ maxLength: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...own),
        fc.array(damage, { minLength: 1, maxLength: 6 }),
        async (fixture, damages) => {
          let bytes: Buffer = Buffer.from(fixture.bytes);
          for (const d of damages) {
            const at = bytes.length === 0 ? 0 : d.at % bytes.length;
            if (d.kind === 'cut') bytes = bytes.subarray(0, at);
            else if (d.kind === 'flip' && bytes.length > 0) bytes[at] ^= 1 << d.bit;
            else if (d.kind === 'nul' && bytes.length > 0) bytes[at] = 0;
            else if (d.kind === 'insert')
              bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(d.text), bytes.subarray(at)]);
          }
          // Both with detection and, as for a named format, without.
          await outcomeText(bytes);
          expect(await outcomeText(bytes, { format: id })).toMatch(/^(?:format|error) /);
        },
      ),
      { numRuns: 80 },
    );
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('does not slow down on long hostile lines', async () => {
    const [{ bytes }] = own;
    // Long enough for a quadratic pattern to take minutes.
    const LENGTH = 100_000;
    const lines = bytes.toString('utf8').split('\n', 12);
    const heads = new Set(['', ...lines.flatMap((line) => HEADS.map((end) => line.slice(0, line.search(end) + 1)))]);
    for (const pattern of HOSTILE) {
      const line = pattern.repeat(LENGTH / pattern.length);
      for (const head of heads) {
        await outcomeText(Buffer.concat([bytes, Buffer.from(`\n${head}${line}!\n`)]), { format: id });
      }
    }
  });

  it('never throws from detection, whatever the prefix', () => {
    const format = systemFormats.find((f) => f.id === id)!;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (prefix, complete) => {
        const answer = format.detect(prefix, complete);
        expect(['yes', 'no', 'more']).toContain(answer);
      }),
      { numRuns: 100 },
    );
    for (const { bytes } of own) {
      for (let end = 0; end <= Math.min(bytes.length, 400); end++) {
        // A prefix of a good file is never refused.
        expect(format.detect(bytes.subarray(0, end), false)).not.toBe('no');
      }
    }
  });
});
