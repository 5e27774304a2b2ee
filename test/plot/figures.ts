import { StackTree } from '../../src/table';
import {
  barPanel,
  contextStyle,
  flameFigure,
  heatmapPanel,
  linePanel,
  percentilePanel,
  plotFigure,
  stackedPanel,
  systemStyle,
  type FlameFigure,
  type PlotFigure,
  type SvgFigure,
} from '../../src/plot';

/** A name that would be markup if anything forgot to escape it. */
export const HOSTILE = '</script><img src=x onerror=alert(1)>&"\'%{x}';

/** One figure with every kind of panel. */
export function everyPanel(): PlotFigure {
  const x = [16, 1024, 65507];
  return plotFigure({
    id: 'every-panel',
    title: `All panels ${HOSTILE}`,
    caption: `Made for the test. ${HOSTILE}`,
    columns: 2,
    panels: [
      linePanel({
        title: '(a) lines',
        x: { title: 'Message size', unit: 'B' },
        y: { title: 'Packet rate', unit: 'kpps' },
        evenlySpaced: true,
        series: [
          { style: systemStyle('host'), x, y: [900, 800, 30], low: [850, 780, 28], high: [950, 820, 32] },
          { style: systemStyle('overlay'), x, y: [400, 380, 25] },
          { style: systemStyle('overlay', 'captured'), x: [16], y: [95], low: [90], high: [101] },
        ],
      }),
      barPanel({
        title: '(b) bars',
        x: { title: 'Interrupt' },
        y: { title: 'Rate', unit: '1/s' },
        categories: ['NET_RX', HOSTILE],
        series: [
          { style: systemStyle('host'), values: [1000, null], low: [900, null], high: [1100, null] },
          { style: systemStyle('overlay', 'captured'), values: [2500, 30] },
        ],
      }),
      stackedPanel({
        title: '(c) stacked',
        x: { title: 'Core' },
        y: { title: 'CPU time', unit: '%', range: [0, 100] },
        categories: ['0', '1'],
        parts: [
          { style: contextStyle('softirq'), values: [60, 5] },
          { style: contextStyle('user'), values: [10, 50] },
        ],
      }),
      heatmapPanel({
        title: '(d) map',
        x: { title: 'Size', unit: 'B' },
        y: { title: 'Link' },
        columns: ['16', '64'],
        rows: ['10G', '100G'],
        values: [
          [1, 2],
          [null, 4],
        ],
        valueTitle: 'Cores',
        format: String,
      }),
      percentilePanel({
        title: '(e) percentiles',
        y: { title: 'Latency', unit: 'µs', scale: 'log' },
        series: [{ style: systemStyle('falcon'), quantile: [0.5, 0.9, 0.99], y: [10, 20, 400] }],
      }),
    ],
  });
}

export function smallFlames(): FlameFigure {
  const tree = new StackTree();
  tree.addFolded('sockperf;entry_SYSCALL_64;udp_recvmsg', 30);
  tree.addFolded('swapper;net_rx_action;process_backlog', 60);
  tree.addFolded(`swapper;net_rx_action;${HOSTILE}`, 10);
  return flameFigure({ id: 'flames', title: 'Flames', caption: 'Made for the test.', tree });
}

export function drawing(): SvgFigure {
  return {
    kind: 'svg',
    id: 'drawing',
    title: 'A drawing',
    caption: 'Made for the test.',
    width_px: 300,
    height_px: 100,
    svg: '<?xml version="1.0"?><svg width="300" height="100"><rect width="30" height="30"/></svg>',
  };
}
