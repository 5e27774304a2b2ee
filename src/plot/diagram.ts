import { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { SvgFigure } from './figure';
import { escapeHtml, heldToWidth } from './text';
import { THEME } from './theme';

/** A drawing of boxes and arrows, laid out by Graphviz. Ids are only for reference; all texts may be untrusted. */
export interface Diagram {
  /** Default `right`. */
  readonly direction?: 'right' | 'down';
  readonly groups?: readonly DiagramGroup[];
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** Distance between boxes along and across the direction, in pixels. Default `[34, 16]`. */
  readonly gaps_px?: readonly [number, number];
  /** Straight arrows stay clear of tall boxes that stand close together. Default `curved`. */
  readonly arrows?: 'curved' | 'straight';
}

/** A frame around boxes, or around other groups. */
export interface DiagramGroup {
  readonly id: string;
  readonly title: string;
  /** Id of the group that this one stands in. */
  readonly inside?: string;
  /** Default: no fill, grey line. */
  readonly look?: DiagramLook;
}

export interface DiagramNode {
  readonly id: string;
  /** In bold. May be empty. */
  readonly title: string;
  /** Smaller, below the title. */
  readonly lines?: readonly string[];
  readonly group?: string;
  /** Default: white, grey line. */
  readonly look?: DiagramLook;
  /** `queue` has a double outline, for places where packets wait; `text` has none. Default `box`. */
  readonly shape?: 'box' | 'queue' | 'round' | 'text';
  /** Parts one below the other, in place of `lines`; arrows may point at one. */
  readonly sections?: readonly DiagramSection[];
}

export interface DiagramSection {
  /** In bold. May be empty. */
  readonly title: string;
  readonly lines?: readonly string[];
  readonly look?: DiagramLook;
}

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  /** Index of the section of either end, or its title. */
  readonly fromSection?: number | 'title';
  readonly toSection?: number | 'title';
  /** A newline breaks it. */
  readonly label?: string;
  readonly color?: string;
  readonly line?: 'solid' | 'dashed' | 'hidden';
  /** Default `to`. An arrow against the direction of the drawing is laid out forwards and has its head at `from`. */
  readonly head?: 'to' | 'from' | 'none';
  /** Default 1.4. */
  readonly width_px?: number;
  /** `none` does not push its ends apart, for arrows against or across the direction; `strong` keeps them in line. */
  readonly pull?: 'none' | 'weak' | 'strong';
}

export interface DiagramLook {
  readonly fill?: string;
  readonly line?: string;
  readonly dashed?: boolean;
}

export interface DiagramPanel {
  /** Printed above the panel. */
  readonly title?: string;
  readonly diagram: Diagram;
}

export interface DiagramFigureSpec {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly panels: readonly DiagramPanel[];
  /** Panels side by side. Default 1. */
  readonly columns?: number;
  /** If a panel is wider, all are scaled down alike. Default 840. */
  readonly width_px?: number;
}

const PANEL_TITLE_PX = 26;
const PANEL_GAP_PX = 16;
const COLUMN_GAP_PX = 40;
const EDGE_PX = 12;
const DETAIL_PX = 12;

/** Draws panels of boxes and arrows, all at one scale, in the theme of the charts. */
export async function diagramFigure(spec: DiagramFigureSpec): Promise<SvgFigure> {
  const width_px = spec.width_px ?? 840;
  const graphviz = await Graphviz.load();
  const drawn = spec.panels.map((panel) => ({ title: panel.title, ...layOutDiagram(graphviz, panel.diagram) }));
  const rows = chunks(drawn, spec.columns ?? 1);
  const widths = rows.map((row) => row.reduce((sum, d) => sum + d.width_px, 0) + (row.length - 1) * COLUMN_GAP_PX);
  const scale = Math.min(1, ...widths.map((width) => (width_px - 2 * EDGE_PX) / width));
  const parts: string[] = [];
  let top = 4;
  for (const row of rows) {
    const titled = row.some((d) => d.title !== undefined);
    let left = drawn.length === 1 ? (width_px - drawn[0].width_px * scale) / 2 : EDGE_PX;
    for (const drawing of row) {
      if (drawing.title !== undefined) parts.push(panelTitle(drawing.title, left, top + 16));
      const place = `translate(${round(left)} ${round(top + (titled ? PANEL_TITLE_PX : 0))}) scale(${round(scale)})`;
      parts.push(`<g transform="${place}">${drawing.body}</g>`);
      left += (drawing.width_px + COLUMN_GAP_PX) * scale;
    }
    top += (titled ? PANEL_TITLE_PX : 0) + Math.max(...row.map((d) => d.height_px)) * scale + PANEL_GAP_PX;
  }
  const height_px = Math.ceil(top);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width_px}" height="${height_px}" ` +
    `viewBox="0 0 ${width_px} ${height_px}" font-family="${escapeHtml(THEME.fontFamily)}">${parts.join('')}</svg>`;
  return { kind: 'svg', id: spec.id, title: spec.title, caption: spec.caption, width_px, height_px, svg };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

interface Drawing {
  readonly width_px: number;
  readonly height_px: number;
  /** SVG elements from (0, 0) on. */
  readonly body: string;
}

function layOutDiagram(graphviz: Graphviz, diagram: Diagram): Drawing {
  const svg = graphviz.layout(diagramDot(diagram), 'svg', 'dot');
  const size = /viewBox="0\.00 0\.00 ([\d.]+) ([\d.]+)"/.exec(svg);
  const body = svg.slice(svg.indexOf('<g id="graph0"'), svg.lastIndexOf('</svg>'));
  if (size === null) throw new Error('Graphviz drew no SVG');
  return { width_px: Number(size[1]), height_px: Number(size[2]), body: plain(body) };
}

/**
 * Leaves out what Graphviz adds for its own sake. Ids would clash between the figures of a page, and its
 * titles would show up as tool tips; the font is set once for the whole drawing.
 */
function plain(body: string): string {
  return body
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<title>[\s\S]*?<\/title>/g, '')
    .replace(/ id="[^"]*"/g, '')
    .replace(/ class="[^"]*"/g, '')
    .replace(/ xml:space="preserve"/g, '')
    .replace(/ font-family="[^"]*"/g, '')
    .replace(/\n/g, '')
    .replace(/<text ([^>]*)>([^<]*)<\/text>/g, (_, attributes: string, content: string) => {
      const size_px = Number(/font-size="([\d.]+)"/.exec(attributes)?.[1] ?? 0);
      const weight = attributes.includes('font-weight="bold"') ? 'bold' : 'regular';
      return `<text ${attributes} ${heldToWidth(unescapeXml(content), size_px, weight)}>${content}</text>`;
    });
}

/** Graphviz writes characters of markup, and blanks that must stay, as entities. */
function unescapeXml(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string) =>
    code === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(code)),
  );
}

/** The diagram in Graphviz' language. */
export function diagramDot(diagram: Diagram): string {
  const ids = new Map(diagram.nodes.map((node, i) => [node.id, `n${i}`]));
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`the diagram has no box ${name}`);
    return id;
  };
  const [along, across] = diagram.gaps_px ?? [34, 16];
  const lines = [
    'digraph {',
    `graph [rankdir=${diagram.direction === 'down' ? 'TB' : 'LR'} bgcolor=none margin=0 pad=0.02 ` +
      `ranksep=${along / 72} nodesep=${across / 72} newrank=true splines=${diagram.arrows === 'straight' ? 'line' : 'spline'} fontname=Arial fontsize=13 fontcolor="${THEME.text}"];`,
    `node [fontname=Arial fontsize=13 fontcolor="${THEME.text}" margin="0.11,0.06" height=0.3 width=0.3];`,
    `edge [fontname=Arial fontsize=${DETAIL_PX} fontcolor="${THEME.mutedText}" arrowsize=0.7];`,
    ...groupLines(diagram, undefined, idOf),
    ...diagram.nodes.filter((node) => node.group === undefined).map((node) => nodeLine(node, idOf(node.id))),
    ...diagram.edges.map((edge) => edgeLine(edge, idOf, diagram.direction === 'down' ? ['s', 'n'] : ['e', 'w'])),
    '}',
  ];
  return lines.join('\n');
}

function groupLines(diagram: Diagram, inside: string | undefined, idOf: (name: string) => string): string[] {
  return (diagram.groups ?? []).flatMap((group, i) => {
    if (group.inside !== inside) return [];
    const look = group.look ?? {};
    const style = `${look.fill === undefined ? '' : 'filled,'}rounded${look.dashed === true ? ',dashed' : ''}`;
    return [
      `subgraph cluster_${i} {`,
      `label=<<b>${escapeHtml(group.title)}</b>>; labeljust=l; margin=10; style="${style}"; ` +
        `fillcolor="${look.fill ?? 'none'}"; color="${look.line ?? '#999999'}";`,
      ...diagram.nodes.filter((node) => node.group === group.id).map((node) => nodeLine(node, idOf(node.id))),
      ...groupLines(diagram, group.id, idOf),
      '}',
    ];
  });
}

function nodeLine(node: DiagramNode, id: string): string {
  const look = node.look ?? {};
  if (node.sections !== undefined) return `${id} [shape=plain label=<${label(node)}>];`;
  const shape = { box: 'box', queue: 'box', round: 'box', text: 'plaintext' }[node.shape ?? 'box'];
  const style = ['filled', node.shape === 'round' ? 'rounded' : '', look.dashed === true ? 'dashed' : '']
    .filter((s) => s !== '')
    .join(',');
  const fill = look.fill ?? (node.shape === 'text' ? 'none' : '#ffffff');
  return (
    `${id} [shape=${shape} style="${style}" fillcolor="${fill}" color="${look.line ?? '#777777'}" penwidth=1.2 ` +
    `${node.shape === 'queue' ? 'peripheries=2 ' : ''}label=<${label(node)}>];`
  );
}

function label(node: DiagramNode): string {
  if (node.sections !== undefined) return table(node, node.sections);
  return texts(node.title, node.lines ?? []);
}

/** A box with sections is a table of Graphviz. */
function table(node: DiagramNode, sections: readonly DiagramSection[]): string {
  const { fill = '#ffffff', line = '#777777' } = node.look ?? {};
  const rows = sections.map(({ title, lines = [], look = {} }, i) => {
    const style = `bgcolor="${look.fill ?? '#ffffff'}" color="${look.line ?? '#bbbbbb'}"${look.dashed === true ? ' style="dashed"' : ''}`;
    return `<tr><td port="s${i}" border="1" cellpadding="5" ${style}>${texts(title, lines)}</td></tr>`;
  });
  const head =
    node.title === ''
      ? ''
      : `<tr><td port="stitle" border="0" cellpadding="2">${texts(node.title, node.lines ?? [])}</td></tr>`;
  return (
    `<table border="1" cellborder="0" cellspacing="4" cellpadding="3" style="rounded" color="${line}" bgcolor="${fill}">` +
    `${head}${rows.join('')}</table>`
  );
}

function texts(title: string, lines: readonly string[]): string {
  const details = lines.map((line) => `<font point-size="${DETAIL_PX}">${text(line)}</font>`);
  const head = title === '' ? [] : [`<b>${escapeHtml(title)}</b>`];
  return [...head, ...details].join('<br/>');
}

/** Graphviz takes an empty line for a syntax error. */
function text(line: string): string {
  return line === '' ? ' ' : escapeHtml(line);
}

/** In a frame of its own: Graphviz sets a bare label so close to its arrow that the arrow underlines it. */
function edgeLabel(label: string): string {
  const lines = label.split('\n').map(text).join('<br/>');
  return `<table border="0" cellborder="0" cellspacing="0" cellpadding="3"><tr><td>${lines}</td></tr></table>`;
}

const PULL = { none: 'constraint=false', weak: 'weight=0', strong: 'weight=100' } as const;

function edgeLine(edge: DiagramEdge, idOf: (name: string) => string, sides: readonly [string, string]): string {
  const color = edge.color ?? '#555555';
  const attributes = [
    `color="${color}"`,
    `penwidth=${edge.width_px ?? 1.4}`,
    ...(edge.line === 'dashed' ? ['style=dashed'] : []),
    ...(edge.line === 'hidden' ? ['style=invis'] : []),
    ...(edge.head === undefined || edge.head === 'to' ? [] : [edge.head === 'from' ? 'dir=back' : 'dir=none']),
    ...(edge.pull === undefined ? [] : [PULL[edge.pull]]),
    ...(edge.label === undefined
      ? []
      : [`label=<${edgeLabel(edge.label)}>`, `fontcolor="${edge.color ?? THEME.mutedText}"`]),
  ];
  const port = (section: number | 'title' | undefined, side: string): string =>
    section === undefined ? '' : `:s${section}:${side}`;
  const [from, to] = [port(edge.fromSection, sides[0]), port(edge.toSection, sides[1])];
  return `${idOf(edge.from)}${from} -> ${idOf(edge.to)}${to} [${attributes.join(' ')}];`;
}

function panelTitle(title: string, x: number, y: number): string {
  return (
    `<text x="${round(x)}" y="${y}" font-size="${THEME.panelTitleSize_px}" font-weight="bold" ` +
    `fill="${THEME.text}">${escapeHtml(title)}</text>`
  );
}

function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
