import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flamegraphEvent, flamegraphFrame } from '../../../src/trace/collapse/flamegraphLines';

/**
 * The language of the two kinds of lines, as backtracking patterns: slow on hostile lines, and here the
 * measure for the one-pass readers. White space is spelled out, since JavaScript's \s has more of it.
 */
const W = '[ \\t\\n\\v\\f\\r]';
const S = '[^ \\t\\n\\v\\f\\r]';
const EVENT = new RegExp(`^(${S}[^\\n]+?)${W}+(\\d+)/*(\\d+)*${W}+`);
const PERIOD = new RegExp(`:${W}*(\\d+)*${W}+(${S}+):${W}*$`);
const FRAME = new RegExp(`^${W}*(\\w+)${W}*([^\\n]+) \\(([^\\n]*)\\)`);

function eventByPattern(text: string) {
  const ids = EVENT.exec(text);
  if (ids === null) return undefined;
  const [all, comm, first, second] = ids;
  const both = second !== undefined && second !== '0';
  const tail = PERIOD.exec(text);
  return {
    comm,
    pid: both ? first : '?',
    tid: both ? second : first,
    period: tail?.[1] ?? '',
    event: tail?.[2],
    idsEnd: all.trimEnd().length,
  };
}

function frameByPattern(text: string) {
  const match = FRAME.exec(text);
  return match === null ? undefined : { address: match[1], symbol: match[2], module: match[3] };
}

/** Lines over the few characters that matter, so that odd combinations are met. */
const line = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 24 });

describe('the readers of lines in the manner of stackcollapse-perf.pl', () => {
  it('find what the patterns find in event lines', () => {
    const text = fc.oneof(
      line('a1/ :.\t'),
      fc.tuple(line('a1 '), line('12/ '), line('1.: '), line('12 '), line('ab:1 ')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (t) => {
        expect(flamegraphEvent(t)).toEqual(eventByPattern(t));
      }),
      { numRuns: 20_000 },
    );
  });

  it('find what the patterns find in frame lines', () => {
    fc.assert(
      fc.property(fc.oneof(line('a1 ()+\t.'), line('a ()')), (t) => {
        expect(flamegraphFrame(t)).toEqual(frameByPattern(t));
      }),
      { numRuns: 20_000 },
    );
  });

  it('take no longer for lines made to make patterns backtrack', () => {
    const hostile = [' 1'.repeat(200_000), ' ('.repeat(200_000), `a${' '.repeat(400_000)}`, ': 1'.repeat(200_000)];
    for (const text of hostile) {
      flamegraphEvent(text);
      flamegraphFrame(text);
    }
  });
});
