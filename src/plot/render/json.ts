import type { Figure } from '../figure';
import { layOutFlames } from '../flame/layout';

/**
 * What a figure shows, as JSON: a chart's Plotly specification, a flame graph's stacks in the nested form
 * of d3-flame-graph (`name`, `value`, `children`; `before` as a share in differential graphs), a drawing's SVG.
 */
export function toJson(figure: Figure): string {
  const { kind, id, title, caption } = figure;
  return `${JSON.stringify({ kind, id, title, caption, ...content(figure) }, null, 1)}\n`;
}

function content(figure: Figure): object {
  if (figure.kind === 'plot') return { data: figure.data, layout: figure.layout };
  if (figure.kind === 'svg') return { svg: figure.svg };
  return { unit: figure.options.unit, root: nested(figure) };
}

interface Node {
  readonly name: string;
  readonly value: number;
  readonly before?: number;
  readonly children: Node[];
}

function nested(figure: Extract<Figure, { kind: 'flame' }>): Node {
  const { boxes, total } = layOutFlames(figure.tree, 0);
  const root: Node = { name: 'all', value: total, children: [] };
  const nodes: Node[] = [];
  for (const { name, value, beforeShare, parent } of boxes) {
    const node: Node = { name, value, ...(beforeShare === undefined ? {} : { before: beforeShare }), children: [] };
    (nodes[parent] ?? root).children.push(node);
    nodes.push(node);
  }
  return root;
}
