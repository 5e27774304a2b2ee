import { linePanel, plotFigure, systemStyle, type Figure } from '../plot';
import { APPLICATION_MODES, CLIENTS, memcachedCase } from './experiments/applications';
import { latencyQuantile_us, meanLatency_us } from './measures';
import { lineOf, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

/** Figure 18: memcached. */
export const FIG18: FigureStudy = {
  figure: '18',
  id: 'fig18',
  title: 'Memcached: average and tail latency by number of clients',
  cases: APPLICATION_MODES.flatMap((mode) => CLIENTS.map((n) => memcachedCase(mode, n))),
  captures: [],
  captureNote: 'No capture can show it: memcached was not recorded.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 18 needs simulated runs');
  const panels = (
    [
      ['Average', (run: Parameters<typeof meanLatency_us>[0]) => meanLatency_us(run)],
      ['99th percentile', (run: Parameters<typeof meanLatency_us>[0]) => latencyQuantile_us(run, 0.99)],
    ] as const
  ).map(([title, measure]) =>
    linePanel({
      title,
      x: { title: 'Clients', ticks: CLIENTS.map((n) => ({ at: n, label: String(n) })) },
      y: { title: 'Latency', unit: 'µs' },
      series: APPLICATION_MODES.map((mode) =>
        lineOf(systemStyle(mode), CLIENTS, simulated, (n) => memcachedCase(mode, n).key, measure),
      ),
    }),
  );
  const caption = `4 server threads, 550 B objects, 100 connections with up to 4 requests each, 100G, Linux 5.4; ${spreadNote(FIG18.cases)}.`;
  return [plotFigure({ id: 'fig18', title: FIG18.title, caption, panels })];
}
