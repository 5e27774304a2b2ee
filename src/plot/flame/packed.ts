import type { FlameFigure } from '../figure';
import { flameColor } from './color';
import { layOutFlames, type FlameBox } from './layout';
import { flameLegend, leftOutNote } from './legend';

/** A flame graph for a page: arrays over the frames, names and colours once each. */
export interface PackedFlames {
  readonly unit: string;
  readonly total: number;
  readonly depth: number;
  readonly icicle: boolean;
  readonly names: readonly string[];
  readonly name: readonly number[];
  readonly level: readonly number[];
  readonly offset: readonly number[];
  readonly value: readonly number[];
  readonly self: readonly number[];
  /** In percent of the whole; null unless the graph is differential. */
  readonly change: readonly number[] | null;
  readonly colorings: readonly Coloring[];
  readonly legend: readonly { readonly label: string; readonly color: string }[];
  readonly note: string;
}

interface Coloring {
  readonly label: string;
  readonly palette: readonly string[];
  readonly color: readonly number[];
}

export function packFlames(figure: FlameFigure): PackedFlames {
  const { options, tree } = figure;
  const layout = layOutFlames(tree, options.minShare);
  const { boxes, total } = layout;
  const names = indexed(boxes.map((b) => b.name));
  const plain = coloring(options.classify === undefined ? 'by name' : 'by class', boxes, (box) =>
    flameColor({ ...box, beforeShare: undefined }, options),
  );
  return {
    unit: options.unit,
    total: rounded(total),
    depth: layout.depth,
    icicle: options.icicle,
    names: names.values,
    name: names.index,
    level: boxes.map((b) => b.depth),
    offset: boxes.map((b) => rounded(b.x * total)),
    value: boxes.map((b) => rounded(b.value)),
    self: boxes.map((b) => rounded(b.self)),
    change: tree.differential ? boxes.map((b) => Number(((b.width - (b.beforeShare ?? 0)) * 100).toFixed(2))) : null,
    colorings: tree.differential ? [coloring('by change', boxes, (box) => flameColor(box, options)), plain] : [plain],
    legend: flameLegend(figure),
    note: leftOutNote(layout, `of less than ${Number((options.minShare * 100).toPrecision(3))} %`),
  };
}

function coloring(label: string, boxes: readonly FlameBox[], colorOf: (box: FlameBox) => string): Coloring {
  const { values, index } = indexed(boxes.map(colorOf));
  return { label, palette: values, color: index };
}

/** Distinct texts in order of appearance, and where each text is among them. */
function indexed(texts: readonly string[]): { values: string[]; index: number[] } {
  const known = new Map<string, number>();
  const index = texts.map((text) => {
    const at = known.get(text) ?? known.size;
    known.set(text, at);
    return at;
  });
  return { values: [...known.keys()], index };
}

/** Keeps sums of fractions from filling the page with digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
