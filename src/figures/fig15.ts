import { barPanel, paletteStyle, plotFigure, type Figure } from '../plot';
import { meanRatios } from './claims/rule';
import {
  busyCase,
  thresholdCase,
  THRESHOLDS,
  THRESHOLD_CONTAINERS,
  THRESHOLD_SEEDS,
  type Threshold,
} from './experiments/busySystem';
import { receivedRate_pps } from './measures';
import { barsOf, seedsText } from './points';
import type { FigureInput, FigureStudy } from './study';

const ALL: readonly Threshold[] = [...THRESHOLDS, 'always-on'];

/** All bars are Falcon: none may look like the host, the overlay or Falcon beside others. */
const COLORS = [6, 1, 3] as const;

/** Figure 15: FALCON_LOAD_THRESHOLD. */
export const FIG15: FigureStudy = {
  figure: '15',
  id: 'fig15',
  title: 'When to switch Falcon off: the average-load threshold',
  cases: THRESHOLD_CONTAINERS.flatMap((n) => [busyCase('udp', 'overlay', n), ...ALL.map((t) => thresholdCase(t, n))]),
  captures: [],
  captureNote: 'No capture can show it: it takes a kernel with the Falcon patch and six receiving cores.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 15 needs simulated runs');
  const runs = simulated.first(THRESHOLD_SEEDS);
  const panel = barPanel({
    x: { title: 'FALCON_LOAD_THRESHOLD' },
    y: { title: 'Rate relative to the overlay' },
    categories: ALL.map((threshold) => (threshold === 'always-on' ? 'always on' : `${threshold}%`)),
    series: THRESHOLD_CONTAINERS.map((n, i) =>
      barsOf(
        paletteStyle(COLORS[i], `${n} containers`),
        ALL.map((threshold) =>
          meanRatios(runs, thresholdCase(threshold, n), busyCase('udp', 'overlay', n), receivedRate_pps),
        ),
      ),
    ),
  });
  const caption =
    'UDP 16 B, one flow per container, six receiving cores, 100G, Linux 5.4; ratio of the means over ' +
    `${seedsText(FIG15.cases.map((c) => ({ ...c, seeds: Math.min(c.seeds, THRESHOLD_SEEDS) })))} seeds, 95% interval (Student t).`;
  return [plotFigure({ id: 'fig15', title: FIG15.title, caption, panels: [panel] })];
}
