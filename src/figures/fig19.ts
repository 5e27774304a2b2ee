import { barPanel, linePanel, plotFigure, systemStyle, type Figure } from '../plot';
import { fixedCase, FIXED_RATES_PPS, FOOTNOTE_RATE_PPS } from './experiments/load';
import { interruptRate_per_s } from './interrupts';
import { totalLoad } from './measures';
import { barsOf, lineOf, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

const MODES = ['host', 'overlay', 'falcon'] as const;

/** Figure 19: what Falcon costs. */
export const FIG19: FigureStudy = {
  figure: '19',
  id: 'fig19',
  title: 'Falcon’s overhead at fixed rates',
  cases: MODES.flatMap((mode) => FIXED_RATES_PPS.map((rate) => fixedCase(mode, rate))),
  captures: [],
  captureNote: 'The captures have one rate only, and no Falcon; figures 4 and 11 show their softirqs and CPU use.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 19 needs simulated runs');
  const cpu = linePanel({
    title: '(a) CPU use of all cores',
    x: { title: 'Packet rate', unit: '1/s' },
    y: { title: 'CPU use', unit: 'cores' },
    series: MODES.map((mode) =>
      lineOf(
        systemStyle(mode),
        FIXED_RATES_PPS,
        simulated,
        (rate) => fixedCase(mode, rate).key,
        (run) => totalLoad(run),
      ),
    ),
  });
  const softirqs = barPanel({
    title: '(b) NET_RX softirqs at 400 kpps',
    x: { title: 'Softirq' },
    y: { title: 'NET_RX', unit: '1/s' },
    categories: ['NET_RX'],
    series: MODES.map((mode) =>
      barsOf(systemStyle(mode), [
        simulated.values(fixedCase(mode, FOOTNOTE_RATE_PPS).key, (run) => interruptRate_per_s(run, 'NET_RX')),
      ]),
    ),
  });
  const caption = `UDP 16 B, one flow, 100G, Linux 5.4; ${spreadNote(FIG19.cases)}.`;
  return [plotFigure({ id: 'fig19', title: FIG19.title, caption, panels: [cpu, softirqs], shareY: 'none' })];
}
