import { percentilePanel, plotFigure, systemStyle, type Figure, type Panel } from '../plot';
import type { FigureRun } from './cases';
import { panelRuns, type LatencyPanel } from './claims/fig12';
import {
  overloadRamp,
  overloadTcpCase,
  SYSTEMS_3,
  underCase,
  UNDERLOAD_TCP_PPS,
  UNDERLOAD_UDP_PPS,
} from './experiments/latency';
import { latencyQuantiles_us } from './measures';
import { lineOfValues, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999] as const;
const PANELS: readonly (readonly [LatencyPanel, string])[] = [
  ['a', '(a) UDP 16 B, underloaded'],
  ['b', '(b) TCP 4 KB, underloaded'],
  ['c', '(c) UDP 16 B, overloaded'],
  ['d', '(d) TCP 16 B, overloaded'],
];
const CAPTURES = { host: 'host-udp-16', overlay: 'overlay-udp-16', falcon: 'overlay-udp-16-rps-vxlan0' } as const;

/** Figure 12: latency by percentile. */
export const FIG12: FigureStudy = {
  figure: '12',
  id: 'fig12',
  title: 'Latency of one flow, underloaded and at the highest rate',
  cases: SYSTEMS_3.flatMap((mode) => [
    underCase('udp-16', mode),
    underCase('tcp-4096', mode),
    ...overloadRamp(mode).cases,
    overloadTcpCase(mode),
  ]),
  captures: Object.values(CAPTURES),
  captureNote:
    'Captured (panel a): sockperf under-load at 40 k messages/s on the test bed; RPS on vxlan0 stands in for Falcon.',
  draw,
};

function draw({ simulated, captured }: FigureInput): Figure[] {
  const panels = PANELS.map(([panel, title]): Panel =>
    percentilePanel({
      title,
      y: { title: 'Latency', unit: 'µs', scale: 'log' },
      series: SYSTEMS_3.flatMap((mode) => {
        const real = panel === 'a' ? captured?.get(CAPTURES[mode]) : undefined;
        return [
          ...(simulated === undefined ? [] : [quantileLine(systemStyle(mode), panelRuns(simulated, panel, mode))]),
          ...(real === undefined ? [] : [quantileLine(capturedStyle(mode), [real])]),
        ];
      }),
    }),
  ).filter((panel) => panel.traces.length > 0);
  const caption =
    `100G, Linux 5.4. Underloaded: ${UNDERLOAD_UDP_PPS / 1000} k (UDP) and ${UNDERLOAD_TCP_PPS / 1000} k (TCP) messages/s. ` +
    'Overloaded: UDP at the highest offered ' +
    `rate before packets are dropped, TCP held back by its window; ${spreadNote(FIG12.cases)}.` +
    (captured === undefined ? '' : ' Captured: veth test bed, Linux 6.18, 40 k messages/s, one run each.');
  return [plotFigure({ id: 'fig12', title: FIG12.title, caption, panels, columns: 2, shareY: 'none' })];
}

/** No kernel with Falcon was captured: the overlay with RPS stands in for it, and looks like an overlay. */
function capturedStyle(mode: (typeof SYSTEMS_3)[number]): ReturnType<typeof systemStyle> {
  if (mode !== 'falcon') return systemStyle(mode, 'captured');
  return { ...systemStyle('overlay', 'captured', 'With RPS'), dash: 'dashdot' };
}

function quantileLine(style: ReturnType<typeof systemStyle>, runs: readonly FigureRun[]) {
  const byRun = runs.map((run) => latencyQuantiles_us(run, QUANTILES));
  const { x: quantile, ...line } = lineOfValues(style, QUANTILES, (q) =>
    byRun.map((values) => values[QUANTILES.indexOf(q as 0.5)]),
  );
  return { ...line, quantile };
}
