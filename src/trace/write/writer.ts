import type { RunTableName } from '../../table';
import { splitStack } from '../../table';
import type { TraceTables } from '../format';

export interface WriteOptions {
  /** Shown as the title of the profile. Default `falcon-lab`. */
  readonly name?: string;
  /** What a stack counts: samples or their periods. Default `samples`. */
  readonly weight?: 'samples' | 'weight';
}

export const WRITE_DEFAULTS = { name: 'falcon-lab', weight: 'samples' } as const;

/** A format that tables can be written in, for another tool to read. */
export interface TraceWriter {
  /** As `falcon-lab convert --to` takes it. */
  readonly name: string;
  readonly title: string;
  /** With its dot, e.g. `.speedscope.json`. */
  readonly extension: string;
  /** Tables of which it needs at least one; the first that is there is written, unless it says that it writes all. */
  readonly reads: readonly RunTableName[];
  /** Pieces of the file, in order. Tables that it cannot use are left alone. */
  write(tables: TraceTables, options: WriteOptions): Iterable<string | Uint8Array>;
}

/** Frames of a stack with the comm as the outermost one, as folded stacks have it. */
export function framesWithComm(comm: string, stack: string): string[] {
  const frames = splitStack(stack);
  if (comm !== '') frames.unshift(comm);
  return frames;
}

/** Numbers names in the order in which they come. */
export class NameTable {
  readonly names: string[] = [];
  private readonly indexOf = new Map<string, number>();

  index(name: string): number {
    let index = this.indexOf.get(name);
    if (index === undefined) {
      index = this.names.length;
      this.names.push(name);
      this.indexOf.set(name, index);
    }
    return index;
  }
}

/** An array of JSON in pieces: a text for each item, and brackets. */
export function* jsonArray<T>(items: Iterable<T>, text: (item: T) => string): Generator<string> {
  yield '[';
  let first = true;
  for (const item of items) {
    yield first ? text(item) : `,${text(item)}`;
    first = false;
  }
  yield ']';
}
