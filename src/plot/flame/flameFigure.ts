import type { StackTree } from '../../table';
import type { FlameFigure, FlameOptions } from '../figure';

export interface FlameFigureSpec extends Partial<FlameOptions> {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** A tree of `StackTree.diff` gives a differential graph: widths of the later profile, colours by change. */
  readonly tree: StackTree;
  /** Default 1000. */
  readonly width_px?: number;
}

const DEFAULTS = {
  unit: 'samples',
  minWidth_px: 0.5,
  minShare: 1e-4,
  icicle: false,
  classes: [],
  width_px: 1000,
} as const;

/** A flame graph of a tree of stacks. */
export function flameFigure(spec: FlameFigureSpec): FlameFigure {
  const { unit, minWidth_px, minShare, icicle, classes, width_px, classify } = { ...DEFAULTS, ...spec };
  return {
    kind: 'flame',
    id: spec.id,
    title: spec.title,
    caption: spec.caption,
    width_px,
    tree: spec.tree,
    options: { unit, minWidth_px, minShare, icicle, classes, ...(classify === undefined ? {} : { classify }) },
  };
}
