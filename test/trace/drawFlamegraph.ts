import { Random } from '../../src/core';
import { StackTree } from '../../src/table';

/**
 * Draws a tree with the SVG structure of the two common tools, for tests of the reader. Our own code,
 * after their documented output: flamegraph.pl rounds to 0.1 px and has frames in random
 * order; inferno has percent and exact `fg:x`, `fg:w`. Both draw a frame's own samples first, and its children
 * in the order of their names.
 */
export interface DrawOptions {
  readonly tool: 'flamegraph.pl' | 'inferno';
  readonly inverted?: boolean;
  /** In pixels of 1180. Default 0: all are drawn. */
  readonly minWidth?: number;
  readonly countName?: string;
  readonly seed?: number;
  /** Adds `; +1.00%` to each title. */
  readonly differential?: boolean;
  /** Wraps rectangles in links. */
  readonly links?: boolean;
  /** Replaces the title of a frame of this name, as `--nameattr` does. */
  readonly renamed?: string;
}

interface Box {
  readonly node: number;
  readonly start: number;
  readonly depth: number;
}

const WIDTH = 1180;

export function drawFlamegraph(tree: StackTree, options: DrawOptions): string {
  const total = tree.total(StackTree.ROOT);
  const boxes = layOut(tree).filter((b) => (tree.total(b.node) / total) * WIDTH >= (options.minWidth ?? 0));
  if (options.tool === 'flamegraph.pl') shuffle(boxes, new Random(options.seed ?? 1));
  const rowOf = (depth: number) => (options.inverted === true ? 36 + depth * 16 : 36 + (tree.maxDepth - depth) * 16);
  const frames = boxes.map((box) => {
    const [count, name] = [tree.total(box.node), box.node === StackTree.ROOT ? 'all' : tree.name(box.node)];
    const percent = box.node === StackTree.ROOT ? '100' : ((100 * count) / total).toFixed(2);
    const delta = options.differential === true && box.node !== StackTree.ROOT ? '; +1.00%' : '';
    const counted = `${name} (${count.toLocaleString('en-US')} ${options.countName ?? 'samples'}, ${percent}%${delta})`;
    const title = `<title>${escape(name === options.renamed ? 'renamed' : counted)}</title>`;
    const rect =
      options.tool === 'inferno'
        ? `<rect x="${((100 * box.start) / total).toFixed(4)}%" y="${rowOf(box.depth)}" width="${((100 * count) / total).toFixed(4)}%" height="15" fill="rgb(1,2,3)" fg:x="${box.start}" fg:w="${count}"/>`
        : `<rect x="${(10 + (box.start / total) * WIDTH).toFixed(1)}" y="${rowOf(box.depth)}" width="${((count / total) * WIDTH).toFixed(1)}" height="15.0" fill="rgb(1,2,3)" rx="2" ry="2" />`;
    const text = `<text x="13.00">${escape(name.slice(0, 3))}..</text>`;
    return options.links === true
      ? `<g>\n${title}<a href="#">${rect}\n${text}</a>\n</g>`
      : `<g class="func_g">\n${title}${rect}\n${text}\n</g>`;
  });
  const head =
    '<?xml version="1.0" standalone="no"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n';
  const open =
    '<svg version="1.1" width="1200" xmlns="http://www.w3.org/2000/svg" xmlns:fg="http://github.com/jonhoo/inferno">';
  const furniture = `<!--NOTES: a <g> in a comment--><defs><linearGradient id="background"/></defs><style>/* > */</style><script><![CDATA[ if (a < b) "<rect>"; ]]></script><rect x="0" y="0" width="100%" height="99" fill="url(#background)"/><text x="600">Flame Graph</text><text id="details"> </text>`;
  const body =
    options.tool === 'inferno'
      ? `<svg id="frames" x="10" width="1180" total_samples="${total}">${frames.join('')}</svg>`
      : frames.join('\n');
  return `${head}${open}${furniture}${body}</svg>\n`;
}

function layOut(tree: StackTree): Box[] {
  const boxes: Box[] = [];
  const pending: Box[] = [{ node: StackTree.ROOT, start: 0, depth: 0 }];
  for (let box = pending.pop(); box !== undefined; box = pending.pop()) {
    boxes.push(box);
    let start = box.start + tree.self(box.node);
    const children = [...tree.children(box.node)].sort((a, b) => (`${tree.name(a)};` < `${tree.name(b)};` ? -1 : 1));
    for (const node of children) {
      pending.push({ node, start, depth: box.depth + 1 });
      start += tree.total(node);
    }
  }
  return boxes;
}

function shuffle<T>(items: T[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
