/** A function of a program, library or kernel. Addresses are as `Cursor.i64` reads them. */
export interface SymbolEntry {
  readonly start: number;
  /** 0 where unknown: it then reaches to the next symbol. */
  readonly size: number;
  readonly name: string;
  readonly binding: 'local' | 'global' | 'weak';
}

/** A symbol reaches no further than this behind its start if nothing follows it. */
const PAGE = 4096;

/** Which of two symbols that begin at one address is shown. */
export type Choice = (a: SymbolEntry, b: SymbolEntry) => SymbolEntry;

/** Functions by address, one symbol for each: where several begin, the one that perf would show. */
export class SymbolTable {
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly names: string[];

  constructor(entries: readonly SymbolEntry[], choose: Choice) {
    const sorted = [...entries].sort((a, b) => a.start - b.start);
    const kept: SymbolEntry[] = [];
    for (const entry of sorted) {
      const last = kept[kept.length - 1];
      if (last === undefined || last.start !== entry.start) kept.push(entry);
      else kept[kept.length - 1] = choose(last, entry);
    }
    this.starts = Float64Array.from(kept, (entry) => entry.start);
    this.ends = Float64Array.from(kept, (entry, i) => endOf(entry, kept[i + 1]));
    this.names = kept.map((entry) => entry.name);
  }

  get size(): number {
    return this.names.length;
  }

  /** Index of the symbol that an address is in, −1 if in none. */
  find(address: number): number {
    let [low, high] = [0, this.starts.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= address) low = middle + 1;
      else high = middle - 1;
    }
    return high >= 0 && address < this.ends[high] ? high : -1;
  }

  name(index: number): string {
    return this.names[index];
  }

  start(index: number): number {
    return this.starts[index];
  }
}

function endOf(entry: SymbolEntry, next: SymbolEntry | undefined): number {
  if (entry.size > 0) return entry.start + entry.size;
  return next === undefined ? Math.ceil(entry.start / PAGE) * PAGE + PAGE : next.start;
}

/** The later in the file: what perf makes of kallsyms, where a symbol ends as the next begins. */
export const chooseLater: Choice = (_, later) => later;

/**
 * That with a size; not weak; global; with fewer underscores in front; the longer
 * one: the preferences of tools/perf/util/symbol.c, so that names agree with `perf script`.
 */
export const chooseBetter: Choice = (a, b) => {
  const preferences = [
    Number(a.size > 0) - Number(b.size > 0),
    Number(b.binding === 'weak') - Number(a.binding === 'weak'),
    Number(a.binding === 'global') - Number(b.binding === 'global'),
    underscores(b.name) - underscores(a.name),
    a.name.length - b.name.length,
  ];
  const decisive = preferences.find((preference) => preference !== 0) ?? 0;
  return decisive >= 0 ? a : b;
};

function underscores(name: string): number {
  return /^_*/.exec(name)![0].length;
}
