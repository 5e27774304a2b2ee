import { StackTree } from '../../table';

/** A frame in its place. `x` and `width` are shares of the whole, so 1 is all of it. */
export interface FlameBox {
  readonly name: string;
  /** 0 for the root's children. */
  readonly depth: number;
  readonly x: number;
  readonly width: number;
  /** Value of all stacks through this frame. */
  readonly value: number;
  /** Value of the stacks that end in this frame. */
  readonly self: number;
  /** The same as a share of the earlier profile; undefined unless the tree is differential. */
  readonly beforeShare?: number;
  /** Index of the caller in `boxes`, −1 for the root's children. */
  readonly parent: number;
}

export interface FlameLayout {
  /** Callers before callees, siblings from left to right by name. */
  readonly boxes: readonly FlameBox[];
  readonly total: number;
  readonly depth: number;
  /** How many frames were too narrow to be kept (those above a left-out frame count as well). */
  readonly leftOut: number;
  /** Share of the whole that their own stacks end in. */
  readonly leftOutShare: number;
}

/**
 * Places the frames of a tree: each as wide as its share, callees within the caller.
 * Frames of a smaller share than `minShare` are left out with everything above them.
 */
export function layOutFlames(tree: StackTree, minShare: number): FlameLayout {
  const total = tree.total(StackTree.ROOT);
  const totalBefore = tree.differential ? tree.totalBefore(StackTree.ROOT) : 0;
  const boxes: FlameBox[] = [];
  let depth = 0;
  let leftOutShare = 0;
  const pending: { node: number; x: number; parent: number }[] = [];
  const addChildren = (node: number, x: number, parent: number): void => {
    const placed: { node: number; x: number; parent: number }[] = [];
    for (const child of tree.children(node)) {
      const width = total > 0 ? tree.total(child) / total : 0;
      if (width > 0 && width >= minShare) placed.push({ node: child, x, parent });
      else leftOutShare += width;
      x += width;
    }
    // The stack gives back what was put last, so the leftmost goes last.
    pending.push(...placed.reverse());
  };
  addChildren(StackTree.ROOT, 0, -1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, x, parent } = next;
    const value = tree.total(node);
    boxes.push({
      name: tree.name(node),
      depth: tree.depth(node) - 1,
      x,
      width: value / total,
      value,
      self: tree.self(node),
      ...(tree.differential ? { beforeShare: totalBefore > 0 ? tree.totalBefore(node) / totalBefore : 0 } : {}),
      parent,
    });
    depth = Math.max(depth, tree.depth(node));
    addChildren(node, x, boxes.length - 1);
  }
  return { boxes, total, depth, leftOut: tree.numNodes - 1 - boxes.length, leftOutShare };
}
