import { linePanel, plotFigure, systemStyle, type Figure, type SystemName } from '../plot';
import { FLOWS, multiFlowCase, TCP_MODES, UDP_MODES } from './experiments/multiFlow';
import { MULTI_FLOW_ROLES } from './experiments/roles';
import { receivedRate_pps } from './measures';
import { lineOfValues, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

/** Figure 13: several flows in one container. The paper does not say what its two panels of a protocol differ in. */
export const FIG13: FigureStudy = {
  figure: '13',
  id: 'fig13',
  title: 'Many flows: rate of host, overlay and Falcon',
  cases: [
    ...FLOWS.udp.flatMap((flows) => UDP_MODES.map((mode) => multiFlowCase('udp', mode, flows))),
    ...FLOWS.tcp.flatMap((flows) => TCP_MODES.map((mode) => multiFlowCase('tcp', mode, flows))),
  ],
  captures: [],
  captureNote: 'No capture can show it: the test bed has two CPUs, one of which sends.',
  draw,
};

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 13 needs simulated runs');
  const rate = (protocol: 'udp' | 'tcp', mode: SystemName, flows: number): number[] =>
    simulated.values(multiFlowCase(protocol, mode, flows).key, receivedRate_pps);
  const panels = (
    [
      ['(a, b) UDP 16 B', 'udp', UDP_MODES, 'absolute'],
      ['(a, b) UDP 16 B, to the host', 'udp', UDP_MODES, 'relative'],
      ['(c, d) TCP 4 KB', 'tcp', TCP_MODES, 'absolute'],
      ['(c, d) TCP 4 KB, to the host', 'tcp', TCP_MODES, 'relative'],
    ] as const
  ).map(([title, protocol, modes, kind]) =>
    linePanel({
      title,
      x: { title: 'Flows' },
      y: kind === 'absolute' ? { title: 'Received', unit: 'messages/s' } : { title: 'Rate relative to the host' },
      evenlySpaced: true,
      series: modes.map((mode) =>
        lineOfValues(systemStyle(mode), FLOWS[protocol], (flows) => {
          const values = rate(protocol, mode, flows);
          const host = rate(protocol, 'host', flows);
          return kind === 'absolute' ? values : values.map((v, seed) => v / host[seed]);
        }),
      ),
    }),
  );
  const caption =
    `One container, one client per flow, ${MULTI_FLOW_ROLES.irq.length} RSS queues, ${MULTI_FLOW_ROLES.rps.length} RPS cores, ` +
    `${MULTI_FLOW_ROLES.falcon.length} dedicated FALCON_CPUS, 100G, Linux 5.4; Host+ is the host with GRO splitting; ${spreadNote(FIG13.cases)}.`;
  return [plotFigure({ id: 'fig13', title: FIG13.title, caption, panels, columns: 2, shareY: 'none' })];
}
