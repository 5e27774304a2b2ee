import type { PlotlyAxis } from '../plotly';
import { escapePlotly } from '../text';
import { baseAxis, joinExtents, plotlyRange, valueRange, type Extent } from './axis';
import type { Box } from './geometry';
import type { Panel } from './panel';

/** The value range of each panel in its own unit. */
export function valueRanges(
  panels: readonly Panel[],
  columns: number,
  share: 'row' | 'all' | 'none',
): (readonly [number, number])[] {
  const groupOf = (i: number): string => {
    const row = share === 'all' ? 'all' : share === 'row' ? `row ${Math.floor(i / columns)}` : `panel ${i}`;
    return `${row}|${panels[i].y.title}|${panels[i].y.unit}|${panels[i].y.scale}`;
  };
  return panels.map((panel, i) => {
    if (panel.yNames !== undefined) return [-0.5, panel.yNames.length - 0.5];
    const group = panels.filter((_, k) => groupOf(k) === groupOf(i));
    const extent: Extent | undefined = joinExtents(group.map((p) => p.yExtent));
    return valueRange(panel.y, extent, Math.max(...group.map((p) => p.headroom ?? 0.08)));
  });
}

/** Whether the panel to the left has the same scale, so that this one need not repeat its labels. */
export function sharesScale(
  panels: readonly Panel[],
  ranges: readonly (readonly [number, number])[],
  i: number,
): boolean {
  const [left, here] = [panels[i - 1].y, panels[i].y];
  const [a, b] = [ranges[i - 1], ranges[i]];
  return left.title === here.title && left.unit === here.unit && a[0] === b[0] && a[1] === b[1];
}

export function xAxis(panel: Panel, box: Box, width_px: number, anchor: 'y'): PlotlyAxis {
  const air = panel.bars === true ? 0.5 : 0.3;
  const names = panel.xNames;
  return {
    ...baseAxis(panel.x),
    ...(names === undefined
      ? { range: plotlyRange(panel.x, numberRange(panel)) }
      : { ...namedTicks(names), range: [-air, names.length - 1 + air], ticks: '' }),
    domain: [box.left / width_px, box.right / width_px],
    anchor,
    showgrid: false,
  };
}

/** A newline in a name breaks its label. */
function namedTicks(names: readonly string[]): PlotlyAxis {
  const labels = names.map((name) => name.split('\n').map(escapePlotly).join('<br>'));
  return { tickmode: 'array', tickvals: names.map((_, i) => i), ticktext: labels };
}

/** Number axes run from the first to the last point, with a little air for the markers. */
function numberRange(panel: Panel): readonly [number, number] {
  if (panel.x.range !== undefined) return panel.x.range;
  const { low, high } = panel.xExtent ?? { low: 0, high: 1 };
  if (panel.x.scale === 'log') {
    const air = (high / low) ** 0.03;
    return low === high ? [low / 2, high * 2] : [low / air, high * air];
  }
  const air = low === high ? 1 : (high - low) * 0.03;
  return [low - air, high + air];
}

export function yAxis(
  panel: Panel,
  box: Box,
  height_px: number,
  anchor: 'x',
  range: readonly [number, number],
  hideLabels: boolean,
): PlotlyAxis {
  const base = baseAxis(panel.y);
  const names = panel.yNames;
  return {
    ...base,
    ...(names === undefined ? {} : namedTicks(names)),
    range: plotlyRange(panel.y, range),
    domain: [1 - box.bottom / height_px, 1 - box.top / height_px],
    anchor,
    showgrid: panel.yGrid ?? true,
    showline: false,
    ticks: '',
    ...(hideLabels ? { showticklabels: false } : {}),
  };
}
