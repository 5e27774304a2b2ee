import type { PaperKernel, PaperLink } from '../experiment';
import {
  linePanel,
  plotFigure,
  systemStyle,
  type Figure,
  type LineSeries,
  type Panel,
  type SeriesStyle,
} from '../plot';
import type { CaseRuns, FigureRun } from './cases';
import { STRESS_SIZES, stressCases, stressRates_pps, type StressSize } from './experiments/stress';
import { receivedRate_pps } from './measures';
import { lineOfValues, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

const MODES = ['host', 'overlay', 'falcon'] as const;
const LINKS: readonly PaperLink[] = ['10G', '100G'];
const KERNELS: readonly PaperKernel[] = ['4.19', '5.4'];
const GRID = KERNELS.flatMap((kernel) => LINKS.map((link) => ({ kernel, link })));

/** The capture beside each system. A kernel with Falcon was not captured: RPS of one device stands in. */
const CAPTURES = { host: 'host-udp-16', overlay: 'overlay-udp-16', falcon: 'overlay-udp-16-rps-eth0' } as const;
const CAPTURED_BYTES = 16;

/** Figure 10: packet rate of one UDP flow under stress, by message size. */
export const FIG10: FigureStudy = {
  figure: '10',
  id: 'fig10',
  title: 'UDP under stress: packet rate by message size',
  cases: GRID.flatMap(({ kernel, link }) =>
    MODES.flatMap((mode) => STRESS_SIZES.flatMap((size) => stressCases({ mode, link, kernel, size }))),
  ),
  captures: Object.values(CAPTURES),
  captureNote:
    'Captured at 16 B on a veth test bed (Linux 6.18, one sender, two CPUs): rates compare with each other, not with the ' +
    'paper’s machines. No kernel with Falcon was captured; the overlay with RPS on the cable’s device stands in.',
  draw: (input) => draw(input),
};

function draw({ simulated, captured }: FigureInput): Figure[] {
  const figures: Figure[] = [];
  const real = captured === undefined ? [] : capturedPoints(captured);
  if (simulated !== undefined) {
    figures.push(
      plotFigure({
        id: 'fig10',
        title: FIG10.title,
        caption:
          `Simulated: one UDP flow, three sockperf clients, receive rate; ${spreadNote(FIG10.cases)}. Messages above one MTU ` +
          `travel as fragments and are measured at their knee, since one lost fragment loses the message.${real.length === 0 ? '' : ` Marks at 16 B in (d): ${REAL_NOTE}`}`,
        panels: GRID.map((cell, i) => panel(cell, 'abcd'[i], simulated, i === GRID.length - 1 ? real : [])),
        columns: 2,
        shareY: 'all',
      }),
    );
  } else if (real.length > 0) {
    figures.push(
      plotFigure({
        id: 'fig10',
        title: FIG10.title,
        caption: REAL_NOTE,
        panels: [linePanel({ ...AXES, series: real })],
      }),
    );
  }
  return figures;
}

const REAL_NOTE =
  'captured on a veth test bed, Linux 6.18, one sender, two CPUs, one run each; one of them is the ' +
  'overlay with RPS on the cable’s device, not Falcon.';

const AXES = {
  x: { title: 'Message size', unit: 'B' },
  y: { title: 'Received', unit: 'k messages/s' },
  evenlySpaced: true,
} as const;

const kilo = (rate_pps: number): number => rate_pps / 1000;

function panel(
  { kernel, link }: { kernel: PaperKernel; link: PaperLink },
  letter: string,
  runs: CaseRuns,
  real: readonly LineSeries[],
): Panel {
  const simulated = MODES.map((mode) =>
    lineOfValues(systemStyle(mode), STRESS_SIZES, (size) =>
      stressRates_pps({ mode, link, kernel, size: size as StressSize }, runs).map(kilo),
    ),
  );
  return linePanel({ title: `(${letter}) ${link}, Linux ${kernel}`, ...AXES, series: [...simulated, ...real] });
}

/** Not Falcon's colour: it is an overlay with one more core. */
const STAND_IN: SeriesStyle = { ...systemStyle('overlay', 'captured', 'Overlay with RPS'), symbol: 'square-open' };

function capturedPoints(captured: ReadonlyMap<string, FigureRun>): LineSeries[] {
  return MODES.flatMap((mode) => {
    const run = captured.get(CAPTURES[mode]);
    if (run === undefined) return [];
    const style = mode === 'falcon' ? STAND_IN : systemStyle(mode, 'captured');
    return [{ style, x: [CAPTURED_BYTES], y: [kilo(receivedRate_pps(run))] }];
  });
}
