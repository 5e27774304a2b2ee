import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { KernelReader } from '../../../src/trace/collapse/kernelReader';
import { collapseRules } from '../../../src/trace/collapse/options';
import type { CollapseRules } from '../../../src/trace/collapse/options';
import { CollapseSession } from '../../../src/trace/collapse/session';
import { TextReader } from '../../../src/trace/collapse/textReader';
import type { ChunkReader } from '../../../src/trace/collapse/textReader';
import { anyRules, chunked, chunkSizes, dirtyText } from './dirtyText';
import { kernelFromSource } from './kernelModule';

/** FALCON_FUZZ=20 tries twenty times as many inputs. */
const FUZZ = Number(process.env.FALCON_FUZZ ?? 1);

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await kernelFromSource();
}, 60_000);

/** Everything that a reader found. */
function outcome(rules: CollapseRules, chunks: readonly Uint8Array[], make: (s: CollapseSession) => ChunkReader) {
  const session = new CollapseSession(rules, 'f');
  const reader = make(session);
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines: [...session.tally.lines()], event: session.event, ...session.takeReport() };
}

const withKernel = (session: CollapseSession) => new KernelReader(session, module);
const withText = (session: CollapseSession) => new TextReader(session);

function expectAgreement(text: string | Buffer, rules: CollapseRules = collapseRules({}), sizes: number[] = [1 << 20]) {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const slow = outcome(rules, [bytes], withText);
  expect(outcome(rules, chunked(bytes, sizes), withKernel)).toEqual(slow);
  return slow;
}

const RECORD = (i: number) =>
  `swapper     0 [000]  8126.${String(i).padStart(6, '0')}:     500250 cpu-clock: \n` +
  `\tffffffff8168d5c4 leaf_${i % 7}+0x${i.toString(16)} ([kernel.kallsyms])\n` +
  `\t    ${i.toString(16).padStart(8, '0')} main+0x1 (/usr/bin/app)\n\n`;

describe('the kernel and the text reader', () => {
  it('agree on any text, any rules, any chunks', () => {
    fc.assert(
      fc.property(dirtyText, anyRules, chunkSizes, (text, rules, sizes) => {
        expectAgreement(text, rules, sizes);
      }),
      { numRuns: FUZZ * 300 },
    );
  });

  it('agree on truncated and damaged text', () => {
    const good = Buffer.from(Array.from({ length: 20 }, (_, i) => RECORD(i)).join(''), 'latin1');
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(7)), { maxLength: 10 }),
        anyRules,
        (end, flips, rules) => {
          const bytes = Buffer.from(good);
          for (const [at, bit] of flips) bytes[at] ^= 1 << bit;
          expectAgreement(bytes.subarray(0, end), rules, [1 << 20, 17]);
        },
      ),
      { numRuns: FUZZ * 120 },
    );
  });

  it('agree on records larger than the window, and on lines longer than the limit', () => {
    const frames = Array.from({ length: 100_000 }, (_, i) => `\t${i.toString(16).padStart(16)} f${i % 11}+0x1 (/a)\n`);
    const deep = `x 1 [000] 1.000000: 3 cpu-clock: \n${frames.join('')}\n`;
    const { lines } = expectAgreement(RECORD(1) + deep + RECORD(2));
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line.startsWith('x;'))?.split(';')).toHaveLength(100_001);

    const long = `x 1 [000] 1.000000: 3 cpu-clock: \n\tff ${'y'.repeat(3 << 20)} (/a)\n\tee main (/a)\n\n`;
    const overlong = expectAgreement(RECORD(1) + long + RECORD(2));
    expect(overlong.diagnostics.map((d) => [d.kind, d.count])).toEqual([['perf-script/overlong-line', 1]]);
  });

  it('add up exactly, beyond 2^53 too', () => {
    const big = '9007199254740993';
    const text = Array.from({ length: 3 }, () => `x 1 [000] 1.000000: ${big} cycles: \n\tff main (/a)\n\n`).join('');
    expect(expectAgreement(text).lines).toEqual([`x;main ${BigInt(big) * 3n}`]);
    const many = Array.from({ length: 1000 }, () => `x 1 [000] 1.000000: 9999999999 cycles: \n\tff main (/a)\n\n`).join(
      '',
    );
    expect(expectAgreement(many).lines).toEqual(['x;main 9999999999000']);
  });

  it('agree on more distinct symbols and stacks than the memo holds', () => {
    const text = Array.from(
      { length: 80_000 },
      (_, i) => `x 1 [000] 1.000000: 1 cycles: \n\tff symbol_${i}+0x1 (/a)\n\tee main+0x2 (/a)\n\n`,
    ).join('');
    expect(expectAgreement(text).lines).toHaveLength(80_000);
  });

  it('number lines and count them the same with pieces between them', () => {
    const session = new CollapseSession(collapseRules({}), 'f');
    const reader = new KernelReader(session, module);
    for (const piece of [RECORD(1), `${RECORD(2)}garbage here\n\n`]) {
      reader.push(Buffer.from(piece));
      reader.end();
    }
    expect([...session.tally.lines()]).toEqual(['swapper;main;leaf_1 500250', 'swapper;main;leaf_2 500250']);
  });
});
