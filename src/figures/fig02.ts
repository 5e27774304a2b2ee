import { barPanel, linePanel, plotFigure, systemStyle, type Figure, type Panel } from '../plot';
import type { CaseRuns, FigureRun } from './cases';
import {
  flowsCase,
  FLOWS_PER_CORE,
  latencyCase,
  LATENCY_RATES,
  LINKS,
  MODES,
  TCP_64K,
  tcpBulkCase,
} from './experiments/overlayCost';
import { STRESS_SIZES, stressCases, stressRates_pps, UDP_64K, type StressSize } from './experiments/stress';
import { meanLatency_us, receivedRate_pps } from './measures';
import { barsOf, lineOfValues, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

/** Figure 2: throughput, packet rate and latency of host and overlay. */
export const FIG02: FigureStudy = {
  figure: '2',
  id: 'fig02',
  title: 'What the overlay costs: throughput, packet rate, latency',
  cases: [
    ...LINKS.flatMap((link) =>
      MODES.flatMap((mode) => [
        tcpBulkCase(mode, link, TCP_64K),
        ...STRESS_SIZES.flatMap((size) => stressCases({ mode, link, kernel: '5.4', size })),
      ]),
    ),
    ...MODES.flatMap((mode) => FLOWS_PER_CORE.map((n) => flowsCase(mode, n))),
    ...MODES.flatMap((mode) =>
      (['udp', 'tcp'] as const).flatMap((p) => LATENCY_RATES[p].map((rate) => latencyCase(p, mode, rate))),
    ),
  ],
  captures: ['host-udp-16', 'overlay-udp-16'],
  captureNote: 'Captured: UDP 16 B on the test bed of data/captures, one flow from one sender (panel b only).',
  draw: (input) => [draw(input)],
};

const gbps = (rate_pps: number, bytes: number): number => (rate_pps * bytes * 8) / 1e9;

function draw({ simulated, captured }: FigureInput): Figure {
  const panels: Panel[] = [];
  if (simulated !== undefined) panels.push(throughputPanel(simulated), ratePanel(simulated, captured));
  else if (captured !== undefined) panels.push(capturedRatePanel(captured));
  if (simulated !== undefined) panels.push(flowsPanel(simulated), latencyPanel(simulated));
  return plotFigure({
    id: 'fig02',
    title: FIG02.title,
    caption:
      `Linux 5.4, one flow; (a) highest received throughput, (b) three clients overload one UDP socket, (c) 5 and 20 ` +
      `TCP flows on 5 cores that do all the work, (d) equal offered rates; ${spreadNote(FIG02.cases)}. ` +
      `Broken lines: 10G.${captured === undefined ? '' : ' Captured: veth test bed, Linux 6.18, one sender, one run each.'}`,
    panels,
    columns: 2,
    shareY: 'none',
  });
}

function throughputPanel(runs: CaseRuns): Panel {
  const categories = LINKS.flatMap((link) => [`UDP ${link}`, `TCP ${link}`]);
  return barPanel({
    title: '(a) 64 KB messages',
    x: { title: 'Protocol and link' },
    y: { title: 'Throughput', unit: 'Gbit/s' },
    categories,
    series: MODES.map((mode) =>
      barsOf(
        systemStyle(mode),
        LINKS.flatMap((link) => [
          stressRates_pps({ mode, link, kernel: '5.4', size: UDP_64K }, runs).map((rate) => gbps(rate, UDP_64K)),
          runs.values(tcpBulkCase(mode, link, TCP_64K).key, (run) => gbps(receivedRate_pps(run), TCP_64K)),
        ]),
      ),
    ),
  });
}

function ratePanel(runs: CaseRuns, captured?: ReadonlyMap<string, FigureRun>): Panel {
  const styleOf = (mode: (typeof MODES)[number], link: string) => ({
    ...systemStyle(mode, 'simulated', `${mode === 'host' ? 'Host' : 'Overlay'} ${link}`),
    ...(link === '10G' ? { dash: 'dash' as const } : {}),
  });
  return linePanel({
    title: '(b) UDP by message size',
    x: { title: 'Message size', unit: 'B' },
    y: { title: 'Received', unit: 'messages/s', scale: 'log' },
    evenlySpaced: true,
    series: [
      ...LINKS.flatMap((link) =>
        MODES.map((mode) =>
          lineOfValues(styleOf(mode, link), STRESS_SIZES, (size) =>
            stressRates_pps({ mode, link, kernel: '5.4', size: size as StressSize }, runs),
          ),
        ),
      ),
      ...capturedSeries(captured),
    ],
  });
}

function capturedSeries(captured: ReadonlyMap<string, FigureRun> | undefined) {
  return MODES.flatMap((mode) => {
    const run = captured?.get(`${mode}-udp-16`);
    return run === undefined ? [] : [{ style: systemStyle(mode, 'captured'), x: [16], y: [receivedRate_pps(run)] }];
  });
}

function capturedRatePanel(captured: ReadonlyMap<string, FigureRun>): Panel {
  return linePanel({
    title: '(b) UDP 16 B',
    x: { title: 'Message size', unit: 'B' },
    y: { title: 'Received', unit: 'messages/s' },
    evenlySpaced: true,
    series: capturedSeries(captured),
  });
}

function flowsPanel(runs: CaseRuns): Panel {
  return barPanel({
    title: '(c) TCP 4 KB, many flows',
    x: { title: 'Flows per core' },
    y: { title: 'Received', unit: 'messages/s' },
    categories: FLOWS_PER_CORE.map((n) => `${n}:1`),
    series: MODES.map((mode) =>
      barsOf(
        systemStyle(mode),
        FLOWS_PER_CORE.map((n) => runs.values(flowsCase(mode, n).key, receivedRate_pps)),
      ),
    ),
  });
}

function latencyPanel(runs: CaseRuns): Panel {
  const points = (['udp', 'tcp'] as const).flatMap((p) => LATENCY_RATES[p].map((rate) => [p, rate] as const));
  return barPanel({
    title: '(d) Mean latency at equal rates',
    x: { title: 'Protocol and offered rate (k messages/s)' },
    y: { title: 'Latency', unit: 'µs' },
    categories: points.map(([p, rate]) => `${p.toUpperCase()}\n${rate / 1000}`),
    showValues: false,
    series: MODES.map((mode) =>
      barsOf(
        systemStyle(mode),
        points.map(([p, rate]) => runs.values(latencyCase(p, mode, rate).key, (run) => meanLatency_us(run))),
      ),
    ),
  });
}
