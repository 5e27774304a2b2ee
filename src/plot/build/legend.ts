import type { PlotlyTrace } from '../plotly';
import { escapePlotly, textWidth_px } from '../text';
import { dashOf, markerOf, THEME, type SeriesStyle } from '../theme';
import { barMarker } from './bars';
import type { Panel } from './panel';

const KEY_WIDTH_PX = 48;
const ROW_PX = 22;

/**
 * One legend for all panels: traces without points, one for each series, so that the order and the look
 * of the keys do not depend on which panel has the series. Clicking a key hides the series everywhere.
 */
export function legendTraces(panels: readonly Panel[], width_px: number): { traces: PlotlyTrace[]; height_px: number } {
  const styles = new Map<string, { style: SeriesStyle; bar: boolean }>();
  for (const panel of panels) {
    for (const style of panel.legend) {
      if (!styles.has(style.label)) styles.set(style.label, { style, bar: panel.bars === true });
    }
  }
  // A single series needs no key: title and axis say what it is.
  if (styles.size < 2 && panels.every((p) => p.directLabels.length === 0)) return { traces: [], height_px: 0 };
  let rows = styles.size === 0 ? 0 : 1;
  let used = 0;
  for (const label of styles.keys()) {
    const width = textWidth_px(label, THEME.labelSize_px) + KEY_WIDTH_PX;
    if (used > 0 && used + width > width_px) {
      rows++;
      used = 0;
    }
    used += width;
  }
  return { traces: [...styles.values()].map(({ style, bar }) => key(style, bar)), height_px: rows * ROW_PX };
}

function key(style: SeriesStyle, bar: boolean): PlotlyTrace {
  const common = { name: escapePlotly(style.label), legendgroup: style.label, showlegend: true, x: [null], y: [null] };
  if (bar) return { type: 'bar', ...common, marker: barMarker(style) };
  return {
    type: 'scatter',
    mode: style.source === 'simulated' ? 'lines+markers' : 'markers',
    ...common,
    line: { color: style.color, width: 2.2, dash: dashOf(style) },
    marker: markerOf(style),
  };
}
