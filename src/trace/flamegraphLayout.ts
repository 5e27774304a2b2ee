import { InputError } from '../core';
import { StackTree } from '../table';
import type { ParseContext } from './format';

/** A rectangle of a flame graph with its title taken apart. */
export interface DrawnFrame {
  readonly name: string;
  /** Count in the title; undefined where a title has none (`--nameattr`). */
  readonly count: number | undefined;
  readonly unit: string;
  /** Whether the title says `100%`, without decimals: the root. */
  readonly whole: boolean;
  readonly differential: boolean;
  readonly line: number;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  /** inferno's `fg:x` and `fg:w`, in samples. */
  readonly exactX: number | undefined;
  readonly exactWidth: number | undefined;
  /** Our own `fg:self`: samples that end in the frame. */
  readonly exactSelf: number | undefined;
}

export interface Drawing {
  readonly frames: readonly DrawnFrame[];
  /** The headline. */
  readonly title: string;
  /** inferno's `total_samples`. */
  readonly totalSamples: number | undefined;
}

/** A frame with its place in samples and its parent. */
interface Placed {
  readonly frame: DrawnFrame;
  readonly count: number;
  readonly start: number;
  readonly children: Placed[];
  /** What its children have not taken yet. */
  free: number;
  parent: Placed | undefined;
}

/** Name of the frame that stands for those too narrow to be drawn. */
export const MISSING = '[missing]';

/** flamegraph.pl rounds to 0.1 px; half of it on either side, twice for a sum of x and width. */
const ROUNDING_PX = 0.11;

/** So many frames before the likeliest parent are tried. */
const NEIGHBOURS = 4;

/**
 * Finds who is above whom, and what is missing. Parentage comes from geometry: a frame's parent is
 * the one in the next row towards the root that spans it. Both tools draw a frame's own samples
 * first and its children after that without gaps, in the order of their names; so a gap after the
 * first child holds frames that were too narrow to be drawn. They become a frame `[missing]`,
 * so that every other count stays exact. What hides before the first child, or above a
 * frame with no child, cannot be told from the frame's own samples.
 */
export function treeOfDrawing(
  drawing: Drawing,
  context: ParseContext,
): { tree: StackTree; missing: number; metadata: Map<string, string> } {
  const { rows, inverted } = rowsFromRoot(drawing.frames);
  const root = rootOf(rows[0], drawing, context);
  if (!rows[0].includes(root)) rows.unshift([root]);
  const scale = scaleOf(root, drawing.totalSamples);
  const levels: Placed[][] = [];
  for (const row of rows) {
    const placed = row.map((frame) => place(frame, root, scale, context)).sort(byStart);
    if (levels.length > 0) adopt(placed, levels[levels.length - 1], scale, context);
    levels.push(placed);
  }
  const merged = drawing.frames[0].exactSelf !== undefined || inOrderOfNames(levels);
  const tree = new StackTree();
  // The frame that stands for everything is no frame of a stack.
  const node = root.name === 'all' || root.name === 'root' ? StackTree.ROOT : tree.child(StackTree.ROOT, root.name);
  const missing = grow(tree, levels[0][0], node, merged ? scale.tolerance : Infinity);
  report(missing, merged, drawing, context);
  return { tree, missing: missing.samples, metadata: facts(drawing, root, inverted, levels.length) };
}

/** Rows by y, the root's first. */
function rowsFromRoot(frames: readonly DrawnFrame[]): { rows: DrawnFrame[][]; inverted: boolean } {
  const byY = new Map<number, DrawnFrame[]>();
  for (const frame of frames) {
    const row = byY.get(frame.y);
    if (row === undefined) byY.set(frame.y, [frame]);
    else row.push(frame);
  }
  const rows = [...byY.entries()].sort(([a], [b]) => b - a).map(([, row]) => row);
  const inverted = rows.length > 1 && rootLikeness(rows[rows.length - 1], rows[0]) > 0;
  return { rows: inverted ? rows.reverse() : rows, inverted };
}

/** Positive if `row` is likelier than `other` to be the root's: wider, with less of its own, in fewer pieces, or named as all. */
function rootLikeness(row: readonly DrawnFrame[], other: readonly DrawnFrame[]): number {
  const width = (frames: readonly DrawnFrame[]) => frames.reduce((sum, f) => sum + (f.exactWidth ?? f.width), 0);
  const wider = width(row) - width(other);
  // Sums of rounded widths differ by a little.
  if (Math.abs(wider) > 1e-3 * width(other)) return wider;
  const self = (frames: readonly DrawnFrame[]) => frames.reduce((sum, f) => sum + (f.exactSelf ?? 0), 0);
  if (self(row) !== self(other)) return self(other) - self(row);
  if (row.length !== other.length) return other.length - row.length;
  const title = (frame: DrawnFrame) => (frame.whole ? 2 : 0) + (frame.name === 'all' ? 1 : 0);
  return title(row[0]) - title(other[0]);
}

/** The frame that spans the picture. Our own pictures leave it out, but say what it would count. */
function rootOf(row: readonly DrawnFrame[], drawing: Drawing, context: ParseContext): DrawnFrame {
  const total = drawing.totalSamples;
  const [first] = row;
  const exact = row.every((frame) => frame.exactX !== undefined && frame.exactSelf !== undefined);
  if (exact && total !== undefined && (row.length > 1 || first.exactWidth !== total)) {
    return { ...first, name: 'all', count: total, exactX: 0, exactWidth: total, exactSelf: undefined };
  }
  if (row.length === 1) return first;
  const place = { file: context.file, line: first.line };
  const seen = `${row.length} frames in the outermost row of ${drawing.frames.length} frames`;
  throw InputError.expected(place, 'one root frame that spans the flame graph', seen);
}

interface Scale {
  /** Whether places are in samples already. */
  readonly exact: boolean;
  readonly samplesPerUnit: number;
  /** How far two places may be apart and still mean the same, in samples. */
  readonly tolerance: number;
  readonly total: number;
}

function scaleOf(root: DrawnFrame, totalSamples: number | undefined): Scale {
  if (root.exactX !== undefined && root.exactWidth !== undefined) {
    return { exact: true, samplesPerUnit: 1, tolerance: 0, total: totalSamples ?? root.exactWidth };
  }
  const total = root.count ?? 0;
  const samplesPerUnit = root.width > 0 ? total / root.width : 0;
  return { exact: false, samplesPerUnit, tolerance: ROUNDING_PX * samplesPerUnit, total };
}

function place(frame: DrawnFrame, root: DrawnFrame, scale: Scale, context: ParseContext): Placed {
  if (scale.exact && frame.exactX !== undefined && frame.exactWidth !== undefined) {
    const count = frame.exactWidth;
    return { frame, count, start: frame.exactX - (root.exactX ?? 0), children: [], free: count, parent: undefined };
  }
  let count = frame.count;
  if (count === undefined) {
    count = Math.round(frame.width * scale.samplesPerUnit);
    const at = { file: context.file, line: frame.line };
    const message = 'frames whose title has no count; taken from the width';
    context.diagnostics.count('flamegraph-svg/title-without-count', message, at, frame.name);
  }
  const start = (frame.x - root.x) * scale.samplesPerUnit;
  return { frame, count, start, children: [], free: count, parent: undefined };
}

/** By place; frames too narrow to differ in it by name, which is the order of drawing. */
function byStart(a: Placed, b: Placed): number {
  return a.start - b.start || compareNames(a.frame.name, b.frame.name) || a.frame.line - b.frame.line;
}

function compareNames(a: string, b: string): number {
  // Both tools sort whole lines, in which `;` or the space before the count follows a name.
  const [left, right] = [`${a};`, `${b};`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Gives each frame of a row to the frame that spans it in the row towards the root. */
function adopt(row: readonly Placed[], parents: readonly Placed[], scale: Scale, context: ParseContext): void {
  let p = 0;
  for (const child of row) {
    // The last parent that begins at or before the child …
    while (p + 1 < parents.length && parents[p + 1].start <= child.start + scale.tolerance / 2) p++;
    let best = p;
    // … unless it is full or ends before the child does, as rounding may have it: then a neighbour.
    for (let tries = 0; tries < NEIGHBOURS && best > 0 && !spans(parents[best], child, scale); tries++) best--;
    if (!spans(parents[best], child, scale)) best = p;
    if (!spans(parents[best], child, scale)) {
      const at = { file: context.file, line: child.frame.line };
      const message = 'frames that do not fit into the frame below them; given to the nearest';
      context.diagnostics.count('flamegraph-svg/misfit', message, at, child.frame.name);
    }
    child.parent = parents[best];
    parents[best].free -= child.count;
    parents[best].children.push(child);
  }
}

function spans(parent: Placed, child: Placed, scale: Scale): boolean {
  // A title's count is rounded if samples were scaled or fractional.
  const slack = scale.exact ? 0 : 1;
  return (
    parent.start <= child.start + scale.tolerance &&
    child.start + child.count <= parent.start + parent.count + 2 * scale.tolerance + slack &&
    child.count <= parent.free + slack
  );
}

/** Whether siblings stand in the order of their names, as they do where stacks were merged (not in a flame chart). */
function inOrderOfNames(levels: readonly Placed[][]): boolean {
  let [pairs, disorder] = [0, 0];
  for (const level of levels) {
    for (const { children } of level) {
      for (let i = 1; i < children.length; i++) {
        pairs++;
        if (compareNames(children[i - 1].frame.name, children[i].frame.name) > 0) disorder++;
      }
    }
  }
  return disorder * 50 <= pairs;
}

/** Adds a frame and all above it; a loop, since stacks may be very deep. */
function grow(tree: StackTree, root: Placed, node: number, tolerance: number): { samples: number; gaps: number } {
  const missing = { samples: 0, gaps: 0 };
  const pending = [{ placed: root, node }];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { placed, node } = item;
    const rest = Math.max(0, placed.free);
    const own = placed.frame.exactSelf;
    const gaps = own === undefined ? gapsAfterFirst(placed, tolerance, node === StackTree.ROOT) : rest - own;
    const hidden = Math.max(0, Math.min(rest, gaps));
    tree.addSelf(node, rest - hidden);
    if (hidden > 0) {
      tree.addSelf(tree.child(node, MISSING), hidden);
      missing.samples += hidden;
      missing.gaps++;
    }
    for (const child of placed.children) {
      pending.push({ placed: child, node: tree.child(node, child.frame.name) });
    }
  }
  return missing;
}

/** Samples in gaps that no drawn frame fills, a frame's own before its first child left out. */
function gapsAfterFirst(placed: Placed, tolerance: number, fromStart: boolean): number {
  const { children } = placed;
  if (tolerance === Infinity || (children.length === 0 && !fromStart)) return 0;
  let gaps = 0;
  let end = fromStart ? placed.start : children[0].start;
  for (const child of children) {
    if (child.start - end > tolerance) gaps += child.start - end;
    end = child.start + child.count;
  }
  const last = placed.start + placed.count - end;
  return Math.round(last > tolerance ? gaps + last : gaps);
}

function report(
  missing: { samples: number; gaps: number },
  merged: boolean,
  drawing: Drawing,
  context: ParseContext,
): void {
  const place = { file: context.file };
  if (missing.gaps > 0) {
    const message = `frames under which narrower ones were not drawn (${missing.samples} samples, shown as [missing])`;
    context.diagnostics.count('flamegraph-svg/missing', message, place, undefined, missing.gaps);
  }
  if (!merged) {
    const message = 'flame chart or unsorted flame graph: frames too narrow to be drawn count as their parents’ own';
    context.diagnostics.count('flamegraph-svg/unsorted', message, place);
  }
  if (drawing.frames.some((frame) => frame.differential)) {
    const message = 'differential flame graph: it states the earlier counts in rounded percent only; left out';
    context.diagnostics.count('flamegraph-svg/differential', message, place);
  }
}

function facts(drawing: Drawing, root: DrawnFrame, inverted: boolean, depth: number): Map<string, string> {
  const facts = new Map<string, string>();
  if (drawing.title !== '') facts.set('title', drawing.title);
  if (root.unit !== '') facts.set('count_name', root.unit);
  facts.set('total_samples', String(drawing.totalSamples ?? root.exactWidth ?? root.count ?? 0));
  facts.set('frames', String(drawing.frames.length));
  facts.set('depth', String(depth - 1));
  facts.set('inverted', String(inverted));
  return facts;
}
