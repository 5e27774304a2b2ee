import { barPanel, paletteStyle, plotFigure, type Figure } from '../plot';
import { ALLOCATION, GRO, sampleShare } from './claims/fig09';
import { firstStageCase, type FirstStageLoad } from './experiments/load';
import { coreLoad } from './measures';
import { barsOf, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

const LOADS: readonly FirstStageLoad[] = ['tcp-4096', 'tcp-1024', 'udp-1024', 'udp-16'];
const LABEL: Readonly<Record<FirstStageLoad, string>> = {
  'tcp-4096': 'TCP 4 KB',
  'tcp-1024': 'TCP 1 KB',
  'udp-1024': 'UDP 1 KB',
  'udp-16': 'UDP 16 B',
};
const FIRST_CORE = 0;

/** Figure 9a: what fills the core of the first stage when Falcon pipelines without splitting. */
export const FIG09A: FigureStudy = {
  figure: '9a',
  id: 'fig09a',
  title: 'One device can fill a core: allocation and GRO in the first stage',
  cases: LOADS.map((load) => firstStageCase(load, false)),
  captures: [],
  captureNote:
    'No capture can show it: the test bed has no physical network card, so no skb allocation and GRO in a driver poll.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 9a needs simulated runs');
  const values = (measure: (run: Parameters<typeof coreLoad>[0]) => number) =>
    LOADS.map((load) => simulated.values(firstStageCase(load, false).key, (run) => measure(run) * 100));
  const panel = barPanel({
    x: { title: 'Load' },
    y: { title: 'Share of core 0', unit: '%', range: [0, 105] },
    categories: LOADS.map((load) => LABEL[load]),
    series: [
      barsOf(
        paletteStyle(3, 'skb allocation'),
        values((run) => sampleShare(run, FIRST_CORE, ALLOCATION)),
      ),
      barsOf(
        paletteStyle(1, 'napi_gro_receive'),
        values((run) => sampleShare(run, FIRST_CORE, GRO)),
      ),
      barsOf(
        paletteStyle(6, 'busy in all'),
        values((run) => coreLoad(run, FIRST_CORE)),
      ),
    ],
  });
  const caption = `Falcon without GRO splitting, one flow at full speed, 100G, Linux 5.4; shares from stack samples at 20 kHz; ${spreadNote(FIG09A.cases)}.`;
  return [plotFigure({ id: 'fig09a', title: FIG09A.title, caption, panels: [panel] })];
}
