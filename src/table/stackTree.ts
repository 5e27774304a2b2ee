import type { Table } from './table';
import type { stacksSchema } from './schemas';

/** One stack with its value, outermost frame first. */
export interface StackValue {
  readonly frames: readonly string[];
  readonly value: number;
  /** Value of the earlier profile; 0 unless the tree is differential. */
  readonly before: number;
}

export interface StackTreeOptions {
  /** Which column counts. Default `samples`. */
  readonly weight?: 'samples' | 'weight';
  /** Puts the comm below the frames as a frame of its own, as folded stacks do. Default true. */
  readonly comm?: boolean;
}

const DEFAULTS = { weight: 'samples', comm: true } as const;

/**
 * Stacks joined by common outer frames: what a flame graph draws. Nodes are numbers, so that a
 * million of them cost no million objects; `ROOT` is 0 and has no name. Values are sums of what was
 * added, so integers stay exact up to 2^53. Children are in order of their names (by code units),
 * whatever the order of adding: the same stacks give the same tree, byte for byte.
 *
 * A differential tree (see `diff`) has a second value at each node, `before`.
 */
export class StackTree {
  static readonly ROOT = 0;

  private readonly parents: number[] = [-1];
  private readonly codes: number[] = [0];
  private readonly selfs: number[] = [0];
  private readonly befores: number[] = [0];
  private readonly names: string[] = [''];
  private readonly codeOf = new Map<string, number>();
  /** Key: parent × 2^26 + code of the name; see `child`. */
  private readonly childOf = new Map<number, number>();
  private sums: Sums | undefined;
  private hasBefore = false;

  /** The tree of a `stacks` table. */
  static fromTable(table: Table<typeof stacksSchema>, options: StackTreeOptions = {}): StackTree {
    const { weight, comm } = { ...DEFAULTS, ...options };
    const [comms, stacks, values] = [table.column('comm'), table.column('stack'), table.column(weight)];
    const tree = new StackTree();
    for (let row = 0; row < table.numRows; row++) {
      const outer = comm && comms.at(row) !== '' ? [comms.at(row)] : [];
      tree.add(outer.concat(splitStack(stacks.at(row))), values.at(row));
    }
    return tree;
  }

  /** `after` with the values of `before` beside it. Frames of either are in the result. */
  static diff(before: StackTree, after: StackTree): StackTree {
    const tree = new StackTree();
    for (const { frames, value } of before.stacks()) tree.add(frames, 0, value);
    for (const { frames, value } of after.stacks()) tree.add(frames, value);
    tree.hasBefore = true;
    return tree;
  }

  /** Adds a stack, outermost frame first. An empty stack counts for the root. */
  add(frames: readonly string[], value: number, before = 0): void {
    let node = StackTree.ROOT;
    for (const frame of frames) node = this.child(node, frame);
    this.addSelf(node, value, before);
  }

  /** The child of a node by that name, made if there is none. With `addSelf`, for who walks a tree anyway. */
  child(parent: number, name: string): number {
    let code = this.codeOf.get(name);
    if (code === undefined) {
      code = this.names.length;
      this.names.push(name);
      this.codeOf.set(name, code);
    }
    const key = childKey(parent, code);
    let node = this.childOf.get(key);
    if (node === undefined) {
      node = this.parents.length;
      this.parents.push(parent);
      this.codes.push(code);
      this.selfs.push(0);
      this.befores.push(0);
      this.childOf.set(key, node);
      this.sums = undefined;
    }
    return node;
  }

  /** Adds to the stack that ends in a node. */
  addSelf(node: number, value: number, before = 0): void {
    this.selfs[node] += value;
    this.befores[node] += before;
    if (before !== 0) this.hasBefore = true;
    this.sums = undefined;
  }

  /** Adds a stack written as `outer;inner;innermost`. */
  addFolded(stack: string, value: number, before = 0): void {
    this.add(splitStack(stack), value, before);
  }

  /** Adds all stacks of another tree. */
  merge(other: StackTree): void {
    // A parent has a smaller number than its children, so it is mapped before them.
    const mapped: number[] = [StackTree.ROOT];
    for (let node = 1; node < other.numNodes; node++) {
      mapped[node] = this.child(mapped[other.parents[node]], other.name(node));
    }
    for (let node = 0; node < other.numNodes; node++) {
      this.addSelf(mapped[node], other.selfs[node], other.befores[node]);
    }
    this.hasBefore ||= other.hasBefore;
  }

  /** The same stacks with the innermost frame at the root: who called what the time was spent in. */
  invert(): StackTree {
    const tree = new StackTree();
    for (const { frames, value, before } of this.stacks()) tree.add([...frames].reverse(), value, before);
    tree.hasBefore = this.hasBefore;
    return tree;
  }

  /** Whether the tree compares two profiles. */
  get differential(): boolean {
    return this.hasBefore;
  }

  /** Number of nodes, the root among them. */
  get numNodes(): number {
    return this.parents.length;
  }

  name(node: number): string {
    return this.names[this.codes[node]];
  }

  /** The parent, −1 for the root. */
  parent(node: number): number {
    return this.parents[node];
  }

  /** Value of the stacks that end in the node. */
  self(node: number): number {
    return this.selfs[node];
  }

  selfBefore(node: number): number {
    return this.befores[node];
  }

  /** Value of the stacks that pass through the node or end in it. */
  total(node: number): number {
    return this.summed().totals[node];
  }

  totalBefore(node: number): number {
    return this.summed().totalsBefore[node];
  }

  /** Frames from the root, which has depth 0. */
  depth(node: number): number {
    return this.summed().depths[node];
  }

  get maxDepth(): number {
    return this.summed().maxDepth;
  }

  /** The children in order of their names. */
  children(node: number): Uint32Array {
    const { firstChild, ordered } = this.summed();
    return ordered.subarray(firstChild[node], firstChild[node + 1]);
  }

  /** The node at the end of a path from the root, or undefined. */
  find(frames: readonly string[]): number | undefined {
    let node: number | undefined = StackTree.ROOT;
    for (const frame of frames) {
      const code = this.codeOf.get(frame);
      node = code === undefined ? undefined : this.childOf.get(childKey(node, code));
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** Names from the root's child to the node. */
  framesOf(node: number): string[] {
    const frames: string[] = [];
    for (let n = node; n > StackTree.ROOT; n = this.parents[n]) frames.push(this.name(n));
    return frames.reverse();
  }

  /** Every node, parents before children, siblings by name. */
  *preorder(): Generator<number> {
    const pending: number[] = [StackTree.ROOT];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      yield node;
      const children = this.children(node);
      for (let i = children.length - 1; i >= 0; i--) pending.push(children[i]);
    }
  }

  /** The stacks with a value of their own, in the order of the tree. */
  *stacks(): Generator<StackValue> {
    for (const node of this.preorder()) {
      if (this.selfs[node] === 0 && this.befores[node] === 0) continue;
      yield { frames: this.framesOf(node), value: this.selfs[node], before: this.befores[node] };
    }
  }

  private summed(): Sums {
    this.sums ??= sum(this.parents, this.codes, this.names, this.selfs, this.befores);
    return this.sums;
  }
}

/** `'a;b'` → `['a', 'b']`; the empty stack has no frames. */
export function splitStack(stack: string): string[] {
  return stack === '' ? [] : stack.split(';');
}

/** Below 2^53 for 2^27 nodes and 2^26 names, more than fit into memory. */
function childKey(parent: number, code: number): number {
  return parent * 0x4000000 + code;
}

/** What follows from the nodes; computed when first asked for. */
interface Sums {
  readonly totals: Float64Array;
  readonly totalsBefore: Float64Array;
  readonly depths: Uint32Array;
  readonly maxDepth: number;
  /** `ordered[firstChild[n] … firstChild[n + 1] − 1]` are the children of n. */
  readonly firstChild: Uint32Array;
  readonly ordered: Uint32Array;
}

function sum(
  parents: readonly number[],
  codes: readonly number[],
  names: readonly string[],
  selfs: readonly number[],
  befores: readonly number[],
): Sums {
  const n = parents.length;
  const totals = Float64Array.from(selfs);
  const totalsBefore = Float64Array.from(befores);
  const depths = new Uint32Array(n);
  let maxDepth = 0;
  for (let node = 1; node < n; node++) {
    depths[node] = depths[parents[node]] + 1;
    maxDepth = Math.max(maxDepth, depths[node]);
  }
  for (let node = n - 1; node > 0; node--) {
    totals[parents[node]] += totals[node];
    totalsBefore[parents[node]] += totalsBefore[node];
  }
  const byName = Array.from({ length: names.length }, (_, code) => code).sort((a, b) => compare(names[a], names[b]));
  const rank = new Uint32Array(names.length);
  byName.forEach((code, i) => (rank[code] = i));
  const nodes = Uint32Array.from({ length: n - 1 }, (_, i) => i + 1);
  const sortedByName = countingSort(nodes, (node) => rank[codes[node]], names.length).sorted;
  const { sorted, first } = countingSort(sortedByName, (node) => parents[node], n);
  return { totals, totalsBefore, depths, maxDepth, firstChild: first, ordered: sorted };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Stable sort by a small integer key; `first[k]` is where key k begins. */
function countingSort(
  items: Uint32Array,
  key: (item: number) => number,
  keys: number,
): { sorted: Uint32Array; first: Uint32Array } {
  const first = new Uint32Array(keys + 1);
  for (const item of items) first[key(item) + 1]++;
  for (let k = 0; k < keys; k++) first[k + 1] += first[k];
  const next = first.slice();
  const sorted = new Uint32Array(items.length);
  for (const item of items) sorted[next[key(item)]++] = item;
  return { sorted, first };
}
