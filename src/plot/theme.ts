import type { CpuContext, Source } from '../table';
import type { LineDash, PlotlyMarker } from './plotly';

/**
 * One look for all figures. The systems have the same colour everywhere, from the set of Okabe and Ito
 * (distinct under the common colour blindnesses); what was captured differs from what was simulated by
 * shape, dash and hatching, never by colour.
 */
export const THEME = {
  /** Arimo has the widths of Arial and Helvetica, so a label measured here fits there too. */
  fontFamily: 'Arimo, Arial, Helvetica, Liberation Sans, sans-serif',
  text: '#222222',
  mutedText: '#555555',
  axis: '#444444',
  grid: '#e4e4e4',
  background: '#ffffff',
  titleSize_px: 18,
  panelTitleSize_px: 15,
  axisTitleSize_px: 14,
  tickSize_px: 13,
  labelSize_px: 14,
  captionSize_px: 12.5,
} as const;

/** The systems that the paper compares. `overlay` is its `Con`, `host+` its Host with GRO splitting. */
export const SYSTEMS = ['host', 'host+', 'overlay', 'falcon'] as const;
export type SystemName = (typeof SYSTEMS)[number];

const SYSTEM_LABEL: Record<SystemName, string> = {
  host: 'Host',
  'host+': 'Host+',
  overlay: 'Overlay',
  falcon: 'Falcon',
};

export const SYSTEM_COLOR: Record<SystemName, string> = {
  host: '#0072b2',
  'host+': '#56b4e9',
  overlay: '#d55e00',
  falcon: '#009e73',
};

/** For series that are not systems: thresholds, policies, devices. */
export const PALETTE = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#7a7a7a',
  '#b5a100',
] as const;

/** `paper` is a value printed in the paper, drawn as a mark to compare with. */
export type SeriesSource = Source | 'paper';

/** How one series looks and what it is called. */
export interface SeriesStyle {
  readonly label: string;
  readonly color: string;
  readonly source: SeriesSource;
  /** Overrides the dash that follows from the source. */
  readonly dash?: LineDash;
  /** Overrides the marker that follows from the source. */
  readonly symbol?: string;
}

/** The style of a system. The label names the source unless that is `simulated`. */
export function systemStyle(system: SystemName, source: SeriesSource = 'simulated', label?: string): SeriesStyle {
  const name = label ?? SYSTEM_LABEL[system];
  return { label: source === 'simulated' ? name : `${name}, ${source}`, color: SYSTEM_COLOR[system], source };
}

/** The style of the `index`-th series that is not a system. */
export function paletteStyle(index: number, label: string, source: SeriesSource = 'simulated'): SeriesStyle {
  return { label, color: PALETTE[index % PALETTE.length], source };
}

/** CPU contexts in stacking order, from the bottom; idle is what is left and is not drawn. */
export const STACKED_CONTEXTS = ['hardirq', 'softirq', 'system', 'user'] as const satisfies readonly CpuContext[];

export const CONTEXT_COLOR: Record<(typeof STACKED_CONTEXTS)[number], string> = {
  hardirq: '#882255',
  softirq: '#ddaa33',
  system: '#6699cc',
  user: '#bbbbbb',
};

export function contextStyle(
  context: (typeof STACKED_CONTEXTS)[number],
  source: SeriesSource = 'simulated',
): SeriesStyle {
  return { label: context, color: CONTEXT_COLOR[context], source };
}

const SYMBOL: Record<SeriesSource, string> = { simulated: 'circle', captured: 'diamond-open', paper: 'x-thin-open' };
const DASH: Record<SeriesSource, LineDash> = { simulated: 'solid', captured: 'dot', paper: 'dash' };

export function markerOf(style: SeriesStyle): PlotlyMarker {
  const size = style.source === 'simulated' ? 7 : 11;
  return {
    color: style.color,
    size,
    symbol: style.symbol ?? SYMBOL[style.source],
    line: { color: style.color, width: style.source === 'simulated' ? 0 : 2 },
  };
}

export function dashOf(style: SeriesStyle): LineDash {
  return style.dash ?? DASH[style.source];
}

/** From little to much, readable in grey and for the colour blind (the cividis map, thinned out). */
export const SEQUENTIAL_SCALE: readonly (readonly [number, string])[] = [
  [0, '#00224e'],
  [0.25, '#434e6c'],
  [0.5, '#7d7c78'],
  [0.75, '#bcae6c'],
  [1, '#fee838'],
];

/** `#rrggbb` with an opacity, as `rgba(…)`. */
export function withOpacity(color: string, opacity: number): string {
  const n = Number.parseInt(color.slice(1), 16);
  return `rgba(${n >> 16},${(n >> 8) & 255},${n & 255},${opacity})`;
}
