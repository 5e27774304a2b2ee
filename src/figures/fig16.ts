import { barPanel, linePanel, paletteStyle, plotFigure, systemStyle, type Figure, type SeriesStyle } from '../plot';
import { overloadsOneCore } from './claims/fig16';
import { hotspotCase, onsetCase } from './experiments/hotspot';
import { RECEIVING_CPUS } from './experiments/roles';
import { loadOverTime, receivedRate_pps } from './measures';
import { barsOf, lineOfValues, spreadNote, withinShare_percent } from './points';
import type { CaseRuns } from './cases';
import type { FigureInput, FigureStudy } from './study';

const PROTOCOLS = ['udp', 'tcp'] as const;
const BALANCING = ['static', 'two-choice'] as const;
const LABEL = { static: 'static (first choice)', 'two-choice': 'dynamic (two choices)' } as const;
const READING_S = 0.04;

/** Two choices are what the other figures call Falcon. */
function styleOf(balancing: (typeof BALANCING)[number]): SeriesStyle {
  return balancing === 'static'
    ? paletteStyle(6, LABEL.static)
    : systemStyle('falcon', 'simulated', LABEL['two-choice']);
}

/** Figure 16: a flow suddenly sends many times as much. */
export const FIG16: FigureStudy = {
  figure: '16',
  id: 'fig16',
  title: 'A sudden hotspot: static hashing and two choices',
  cases: [...PROTOCOLS.flatMap((p) => BALANCING.map((b) => hotspotCase(p, b))), ...BALANCING.map((b) => onsetCase(b))],
  captures: [],
  captureNote: 'No capture can show it: it takes a kernel with the Falcon patch.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 16 needs simulated runs');
  const rates = barPanel({
    title: 'Total rate',
    x: { title: 'Protocol' },
    y: { title: 'Received', unit: 'messages/s' },
    categories: PROTOCOLS.map((p) => p.toUpperCase()),
    series: BALANCING.map((b) =>
      barsOf(
        styleOf(b),
        PROTOCOLS.map((p) => hotspotRates_pps(simulated, p, b)),
      ),
    ),
  });
  const fullest = BALANCING.map((b) =>
    simulated.of(onsetCase(b).key).map((run) => {
      const cores = RECEIVING_CPUS.map((cpu) => loadOverTime(run, cpu));
      return cores[0].map((_, t) => Math.max(...cores.map((core) => core[t])) * 100);
    }),
  );
  const times = fullest[0][0].map((_, t) => (t + 1) * READING_S);
  const overTime = linePanel({
    title: 'Fullest core after the onset, UDP',
    x: { title: 'Time', unit: 's' },
    y: { title: 'CPU use', unit: '%', range: [0, 105] },
    marks: 'lines',
    directLabels: false,
    series: BALANCING.map((b, i) =>
      withinShare_percent(lineOfValues(styleOf(b), times, (time) => fullest[i].map((run) => run[times.indexOf(time)]))),
    ),
  });
  const caption =
    'Falcon, six flows of UDP 16 B or TCP 4 KB on six receiving cores, of which one, drawn at random, suddenly sends as much as it can, ' +
    '100G, Linux 5.4; ' +
    `total rate of the seeds in which one choice leaves one core overloaded; ${spreadNote(FIG16.cases)}.`;
  return [plotFigure({ id: 'fig16', title: FIG16.title, caption, panels: [rates, overTime], shareY: 'none' })];
}

/** Rates of the seeds in which the hotspot overloads one core if nothing adapts. */
function hotspotRates_pps(
  runs: CaseRuns,
  protocol: (typeof PROTOCOLS)[number],
  balancing: 'static' | 'two-choice',
): number[] {
  const fixed = runs.of(hotspotCase(protocol, 'static').key);
  return runs
    .of(hotspotCase(protocol, balancing).key)
    .filter((_, seed) => overloadsOneCore(fixed[seed]))
    .map(receivedRate_pps);
}
