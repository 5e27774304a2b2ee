import { plotFigure, type Figure } from '../plot';
import { cpuPanel, usedCpus } from './cpuPanels';
import { fiveFlowsCase, fixedCase, SINGLE_RATE_PPS } from './experiments/load';
import { seedsText } from './points';
import type { FigureInput, FigureStudy } from './study';

const MODES = ['host', 'overlay'] as const;
const CAPTURES = { host: 'host-udp-16', overlay: 'overlay-udp-16' } as const;

/** Figure 5: which core does how much, one flow and five. */
export const FIG05: FigureStudy = {
  figure: '5',
  id: 'fig05',
  title: 'Softirqs of a flow pile up on one core',
  cases: MODES.flatMap((mode) => [fixedCase(mode, SINGLE_RATE_PPS), fiveFlowsCase(mode)]),
  captures: Object.values(CAPTURES),
  captureNote: 'Captured: one flow at full speed, sender on CPU 0 and receiver on CPU 1 of the test bed.',
  draw,
};

function draw({ simulated, captured }: FigureInput): Figure[] {
  const panels = MODES.flatMap((mode) => {
    const name = mode === 'host' ? 'Host' : 'Overlay';
    const capture = captured?.get(CAPTURES[mode]);
    const single = simulated?.of(fixedCase(mode, SINGLE_RATE_PPS).key);
    // One seed: where the flows meet differs from seed to seed, so a mean would hide the imbalance.
    const five = simulated?.of(fiveFlowsCase(mode).key).slice(0, 1);
    return [
      ...(single === undefined ? [] : [cpuPanel(`${name}, one flow`, single, usedCpus(single))]),
      ...(five === undefined ? [] : [cpuPanel(`${name}, five flows`, five, usedCpus(five))]),
      ...(capture === undefined ? [] : [cpuPanel(`${name}, captured`, [capture], [0, 1])]),
    ];
  });
  const caption =
    `UDP 16 B, 100G, Linux 5.4: one flow at 400,000 messages/s, mean of ${seedsText([fixedCase('host', SINGLE_RATE_PPS)])} seeds; five ` +
    'flows at 200,000 messages/s each over 10 RSS queues and 5 RPS cores, the first seed. Cores below 1% are left out.' +
    (captured === undefined
      ? ''
      : ' Captured: veth test bed, Linux 6.18, one flow at full speed from core 0 to core 1, while it ran.');
  return [
    plotFigure({
      id: 'fig05',
      title: FIG05.title,
      caption,
      panels,
      columns: panels.length / MODES.length,
      shareY: 'all',
    }),
  ];
}
