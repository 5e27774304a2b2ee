import { linePanel, type LineSeries } from './lines';
import type { AxisSpec } from './axis';
import type { Panel } from './panel';

/** One distribution by its quantiles; `quantile` in 0 … 1 (exclusive). */
export interface PercentileSeries extends Omit<LineSeries, 'x'> {
  readonly quantile: readonly number[];
}

export interface PercentilePanelSpec {
  readonly title?: string;
  readonly y: AxisSpec;
  readonly series: readonly PercentileSeries[];
}

const TICKS = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];

/** Values by percentile, with the tail stretched: each nine takes the same width. */
export function percentilePanel(spec: PercentilePanelSpec): Panel {
  const largest = Math.max(...spec.series.flatMap((s) => s.quantile));
  return linePanel({
    title: spec.title,
    y: spec.y,
    x: {
      title: 'Percentile',
      range: [0, nines(largest) * 1.02],
      ticks: TICKS.filter((q) => q <= largest).map((q) => ({
        at: nines(q),
        label: String(Number((q * 100).toFixed(4))),
      })),
    },
    series: spec.series.map(({ quantile, ...series }) => ({ ...series, x: quantile.map(nines) })),
    marks: 'lines',
  });
}

function nines(quantile: number): number {
  return quantile <= 0 ? 0 : -Math.log10(1 - quantile);
}
