import { plotFigure, type Figure } from '../plot';
import { cpuPanel, usedCpus } from './cpuPanels';
import { stressCase } from './experiments/stress';
import { seedsText } from './points';
import type { FigureInput, FigureStudy } from './study';

const MODES = ['host', 'overlay', 'falcon'] as const;
const TITLE = { host: 'Host', overlay: 'Overlay', falcon: 'Falcon' } as const;
/** The nearest real thing to Falcon: RPS of one device moves what follows it to the other core. */
const CAPTURE_TITLE = {
  host: 'Host, captured',
  overlay: 'Overlay, captured',
  falcon: 'RPS on vxlan0, captured',
} as const;
const CAPTURES = { host: 'host-udp-16', overlay: 'overlay-udp-16', falcon: 'overlay-udp-16-rps-vxlan0' } as const;

/** Figure 11: CPU use of a single UDP flow under stress. */
export const FIG11: FigureStudy = {
  figure: '11',
  id: 'fig11',
  title: 'One UDP flow under stress: which core is full',
  cases: MODES.map((mode) => stressCase(mode, '100G', '5.4', 16)),
  captures: Object.values(CAPTURES),
  captureNote:
    'A kernel with the Falcon patch was not captured; RPS on vxlan0, which moves the later stages to the other core, stands in.',
  draw,
};

function draw({ simulated, captured }: FigureInput): Figure[] {
  const used = usedCpus(MODES.flatMap((mode) => simulated?.of(stressCase(mode, '100G', '5.4', 16).key) ?? []));
  const panels = [
    ...(simulated === undefined
      ? []
      : MODES.map((mode) => cpuPanel(TITLE[mode], simulated.of(stressCase(mode, '100G', '5.4', 16).key), used))),
    ...MODES.flatMap((mode) => {
      const run = captured?.get(CAPTURES[mode]);
      return run === undefined ? [] : [cpuPanel(CAPTURE_TITLE[mode], [run], [0, 1])];
    }),
  ];
  const caption =
    'UDP 16 B, three clients, 100G, Linux 5.4; interrupts on core 0, RPS to core 1, application on core 2, Falcon on cores ' +
    `3 to 6; mean of ${seedsText(FIG11.cases)} seeds. Cores that stay below 1% in all three are left out.` +
    (captured === undefined
      ? ''
      : ' Captured: veth test bed, Linux 6.18, one flow at full speed from core 0 to core 1, while it ran.');
  return [plotFigure({ id: 'fig11', title: FIG11.title, caption, panels, columns: MODES.length, shareY: 'all' })];
}
