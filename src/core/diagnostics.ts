import type { InputPlace } from './errors';
import { formatPlace } from './errors';

/** One kind of oddity met in an input: how often, and where first. */
export interface Diagnostic {
  /** Stable identifier, e.g. `perf-script/unparsed-line`. */
  readonly kind: string;
  /** What it means, for a reader. */
  readonly message: string;
  readonly count: number;
  readonly first: InputPlace;
  /** The first offending text, cut to a readable length. */
  readonly example?: string;
}

const EXAMPLE_LIMIT = 160;

/**
 * Counts oddities instead of printing or dropping them. Bounded: one entry for each kind,
 * and kinds are literals in the code, never text from the input.
 */
export class Diagnostics {
  private readonly byKind = new Map<string, { -readonly [K in keyof Diagnostic]: Diagnostic[K] }>();

  count(kind: string, message: string, place: InputPlace, example?: string, by = 1): void {
    const known = this.byKind.get(kind);
    if (known !== undefined) {
      known.count += by;
      return;
    }
    this.byKind.set(kind, {
      kind,
      message,
      count: by,
      first: place,
      ...(example === undefined ? {} : { example: cut(example) }),
    });
  }

  /** All diagnostics in the order in which their kinds were first met. */
  list(): Diagnostic[] {
    return [...this.byKind.values()].map((d) => ({ ...d }));
  }

  countOf(kind: string): number {
    return this.byKind.get(kind)?.count ?? 0;
  }

  get total(): number {
    let sum = 0;
    for (const d of this.byKind.values()) sum += d.count;
    return sum;
  }

  /** Adds what another collector saw, e.g. a worker's. Keeps the earlier first place. */
  merge(other: readonly Diagnostic[]): void {
    for (const d of other) this.count(d.kind, d.message, d.first, d.example, d.count);
  }

  /** One line for each kind, for stderr. */
  summary(): string[] {
    return this.list().map(formatDiagnostic);
  }
}

/** `4 × line that is not one of /proc/softirqs (first at a.txt:4 "NET_RX: 12x4")` */
export function formatDiagnostic(d: Diagnostic): string {
  const example = d.example === undefined ? '' : ` ${JSON.stringify(d.example)}`;
  return `${d.count} × ${d.message} (first at ${formatPlace(d.first)}${example})`;
}

function cut(text: string): string {
  return text.length > EXAMPLE_LIMIT ? `${text.slice(0, EXAMPLE_LIMIT)}…` : text;
}
