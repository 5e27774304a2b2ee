/** Counts for stacks, exact whatever their size: numbers up to 2^53, then bigints. */
export class Tally {
  private readonly counts = new Map<string, number | bigint>();

  /** @param count digits, or a number */
  add(stack: string, count: string | number | bigint): void {
    const by = typeof count === 'string' ? exact(count) : count;
    const before = this.counts.get(stack);
    this.counts.set(stack, before === undefined ? by : plus(before, by));
  }

  get size(): number {
    return this.counts.size;
  }

  entries(): IterableIterator<[string, number | bigint]> {
    return this.counts.entries();
  }

  /** Lines in the order of their bytes. Stacks are latin-1, one character for each byte. */
  *lines(): Generator<string> {
    const stacks = [...this.counts.keys()].sort(byCode);
    for (const stack of stacks) yield `${stack} ${String(this.counts.get(stack))}`;
  }
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function exact(digits: string): number | bigint {
  return digits.length <= 15 ? Number(digits) : BigInt(digits);
}

function plus(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= Number.MAX_SAFE_INTEGER) return sum;
  }
  return BigInt(a) + BigInt(b);
}
