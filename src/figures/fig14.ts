import { linePanel, plotFigure, systemStyle, type Figure } from '../plot';
import { receivingLoad } from './claims/fig14';
import { busyCase, CONTAINERS } from './experiments/busySystem';
import { receivedRate_pps } from './measures';
import { lineOf, spreadNote, withinShare_percent } from './points';
import type { FigureInput, FigureStudy } from './study';

const MODES = ['overlay', 'falcon'] as const;
const PROTOCOLS = ['udp', 'tcp'] as const;

/** Figure 14: many containers on six receiving cores. */
export const FIG14: FigureStudy = {
  figure: '14',
  id: 'fig14',
  title: 'Busy system: overlay and Falcon as the receiving cores fill up',
  cases: PROTOCOLS.flatMap((p) => MODES.flatMap((mode) => CONTAINERS.map((n) => busyCase(p, mode, n)))),
  captures: [],
  captureNote: 'No capture can show it: the test bed has two CPUs and one container for each host.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 14 needs simulated runs');
  const letters = { udp: ['(a)', '(b)'], tcp: ['(c)', '(d)'] } as const;
  const panels = PROTOCOLS.flatMap((p) =>
    [
      ['total rate', 'Received', 'messages/s', receivedRate_pps],
      ['receiving cores', 'CPU use', '%', (run: Parameters<typeof receivingLoad>[0]) => receivingLoad(run) * 100],
    ].map(([what, title, unit, measure], i) =>
      linePanel({
        title: `${letters[p][i]} ${p.toUpperCase()}, ${what as string}`,
        x: { title: 'Containers', ticks: CONTAINERS.map((n) => ({ at: n, label: String(n) })) },
        y: { title: title as string, unit: unit as string, ...(unit === '%' ? { range: [0, 105] as const } : {}) },
        series: MODES.map((mode) => {
          const line = lineOf(
            systemStyle(mode),
            CONTAINERS,
            simulated,
            (n) => busyCase(p, mode, n).key,
            measure as typeof receivedRate_pps,
          );
          return unit === '%' ? withinShare_percent(line) : line;
        }),
      }),
    ),
  );
  const caption =
    'One flow per container (UDP 16 B or TCP 4 KB at a fixed rate), six cores for interrupts, softirqs ' +
    `and Falcon, threshold 80%, 100G, Linux 5.4; ${spreadNote(FIG14.cases)}.`;
  return [plotFigure({ id: 'fig14', title: FIG14.title, caption, panels, columns: 2, shareY: 'none' })];
}
