import { constantOf, paperExperiment, profileOf, udpAt, udpStress, type PaperExperiment } from '../../experiment';
import { heatmapPanel, linePanel, paletteStyle, plotFigure, type Figure, type Panel } from '../../plot';
import type { Case, CaseRuns, FigureRun } from '../cases';
import { mean } from '../claims/interval';
import { meanLatency_us, receivedRate_pps, totalLoad } from '../measures';
import { estimate } from '../points';
import type { FigureInput, FigureStudy } from '../study';

/**
 * When does pipelining hurt? Falcon against the vanilla overlay over load, with what it costs to move a packet to another
 * core made cheaper or dearer: the interrupt between cores, and the caches that have to fetch the packet.
 */

const COSTS = {
  ipi: { label: 'interrupt between cores', names: ['cpu.ipiSend_ns', 'cpu.ipiLatency_ns', 'cpu.ipiReceive_ns'] },
  locality: { label: 'loss of locality', names: ['locality.skb_ns', 'locality.spread_ns', 'locality.byte_ns'] },
} as const;
type CostKind = keyof typeof COSTS;
const KINDS: readonly CostKind[] = ['ipi', 'locality'];

/** Offered loads in the map, below what the overlay can carry. */
const RATES_PPS = [25_000, 100_000, 200_000, 300_000, 400_000] as const;
/** Times the profile's cost. */
const FACTORS = [0.5, 1, 2, 4, 8] as const;
const MODES = ['overlay', 'falcon'] as const;
type Mode = (typeof MODES)[number];
const SEEDS = 4;

function costsTimes(kind: CostKind, factor: number): Record<string, number> {
  const profile = profileOf({ profile: 'linux-5.4-mlx5', costs: {} });
  return Object.fromEntries(COSTS[kind].names.map((name) => [name, constantOf(profile, name) * factor]));
}

/** Factor 1 is one case, whatever the kind. */
function keyOf(mode: Mode, kind: CostKind, factor: number, load: number | 'stress'): string {
  return `pipelining-border/${mode}-${factor === 1 ? 'as-is' : `${kind}-x${factor}`}-${load}`;
}

function borderCase(mode: Mode, kind: CostKind, factor: number, load: number | 'stress'): Case {
  const also: PaperExperiment = { duration_s: 0.04, warmup_s: 0.02, emit: { interval_s: 0.02 } };
  const traffic = load === 'stress' ? udpStress(16) : udpAt(load, 16);
  return {
    key: keyOf(mode, kind, factor, load),
    experiment: {
      ...paperExperiment({ mode, traffic, also }),
      ...(factor === 1 ? {} : { costs: costsTimes(kind, factor) }),
    },
    seeds: load === 'stress' ? SEEDS : 1,
  };
}

export const PIPELINING_BORDER: FigureStudy = {
  figure: 'q2',
  id: 'q2-pipelining-border',
  title: 'When pipelining hurts',
  cases: KINDS.flatMap((kind) =>
    MODES.flatMap((mode) =>
      FACTORS.flatMap((factor) =>
        [...RATES_PPS, 'stress' as const].map((load) => borderCase(mode, kind, factor, load)),
      ),
    ),
  ),
  captures: [],
  captureNote: 'No capture: the cost of an interrupt between cores is given by the machine and cannot be varied on it.',
  draw: ({ simulated }: FigureInput) => (simulated === undefined ? [] : [drawMaps(simulated), drawRates(simulated)]),
};

/** Green where Falcon gains, white at the border, orange where it loses. */
const DIVERGING: readonly (readonly [number, string])[] = [
  [0, '#00684a'],
  [0.5, '#ffffff'],
  [1, '#b34a00'],
];

function drawMaps(runs: CaseRuns): Figure {
  return plotFigure({
    id: 'q2-border',
    title: 'Falcon relative to the vanilla overlay below saturation',
    caption:
      'One UDP flow of 16 B, Poisson arrivals, 100G, Linux 5.4, simulated, one seed for each cell. The cost in each row is the ' +
      'profile’s times the factor. Below 1 (green) Falcon is better, above 1 (orange) it hurts.',
    panels: KINDS.flatMap((kind) => [
      ratioPanel(runs, kind, 'mean latency', meanLatency_us),
      ratioPanel(runs, kind, 'CPU time', (run) => totalLoad(run) / receivedRate_pps(run)),
    ]),
    columns: 2,
    panelHeight_px: 190,
    shareY: 'none',
  });
}

function ratioPanel(runs: CaseRuns, kind: CostKind, what: string, measure: (run: FigureRun) => number): Panel {
  const ratio = (factor: number, rate: number): number => {
    const of = (mode: Mode): number => mean(runs.values(keyOf(mode, kind, factor, rate), measure));
    return of('falcon') / of('overlay');
  };
  return heatmapPanel({
    title: `${what}, ${COSTS[kind].label}`,
    x: { title: 'Offered load', unit: 'kpps' },
    y: { title: 'Cost' },
    columns: RATES_PPS.map((rate) => String(rate / 1000)),
    rows: FACTORS.map((factor) => `×${factor}`),
    values: FACTORS.map((factor) => RATES_PPS.map((rate) => ratio(factor, rate))),
    valueTitle: 'Falcon / overlay',
    valueRange: [0.4, 1.6],
    colorscale: DIVERGING,
    format: (value) => value.toFixed(2),
  });
}

function drawRates(runs: CaseRuns): Figure {
  const series = KINDS.map((kind, i) => {
    const points = FACTORS.map((factor) =>
      estimate(
        runs.paired(
          [keyOf('falcon', kind, factor, 'stress'), keyOf('overlay', kind, factor, 'stress')],
          (falcon, overlay) => receivedRate_pps(falcon) / receivedRate_pps(overlay),
        ),
      ),
    );
    return {
      style: paletteStyle(i === 0 ? 1 : 3, COSTS[kind].label),
      x: FACTORS,
      y: points.map((p) => p.mean),
      low: points.map((p) => p.low),
      high: points.map((p) => p.high),
    };
  });
  return plotFigure({
    id: 'q2-stress',
    title: 'Falcon relative to the vanilla overlay under overload',
    caption: `Received rate, three clients overload one UDP flow of 16 B; mean of ${SEEDS} seeds, 95% interval (Student t). At 1 Falcon gains nothing.`,
    panels: [
      linePanel({
        x: { title: 'Cost, times the profile’s', scale: 'log', ticks: FACTORS.map((f) => ({ at: f, label: `×${f}` })) },
        y: { title: 'Received rate, Falcon / overlay' },
        series,
      }),
    ],
  });
}

/** Row for each cost and load: the two systems side by side. */
export function pipeliningBorderTable(runs: CaseRuns): Record<string, string | number>[] {
  const of = (mode: Mode, kind: CostKind, factor: number, rate: number, measure: (run: FigureRun) => number): number =>
    mean(runs.values(keyOf(mode, kind, factor, rate), measure));
  const cpu_us = (run: FigureRun): number => (1e6 * totalLoad(run)) / receivedRate_pps(run);
  return KINDS.flatMap((kind) =>
    [1, 8].flatMap((factor) =>
      RATES_PPS.map((rate) => ({
        cost: factor === 1 ? 'as in the profile' : `${COSTS[kind].label} ×${factor}`,
        'load (kpps)': rate / 1000,
        'overlay latency (µs)': round(of('overlay', kind, factor, rate, meanLatency_us)),
        'Falcon latency (µs)': round(of('falcon', kind, factor, rate, meanLatency_us)),
        'overlay CPU (µs/packet)': round(of('overlay', kind, factor, rate, cpu_us)),
        'Falcon CPU (µs/packet)': round(of('falcon', kind, factor, rate, cpu_us)),
      })),
    ),
  ).filter(
    (row, i, rows) => rows.findIndex((r) => r.cost === row.cost && r['load (kpps)'] === row['load (kpps)']) === i,
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** The answer in one paragraph, from the runs. */
export function pipeliningBorderAnswer(runs: CaseRuns): string {
  const ratio = (
    kind: CostKind,
    factor: number,
    rate: number | 'stress',
    measure: (run: FigureRun) => number,
  ): number => {
    const of = (mode: Mode): number => mean(runs.values(keyOf(mode, kind, factor, rate), measure));
    return of('falcon') / of('overlay');
  };
  const cpu = (run: FigureRun): number => totalLoad(run) / receivedRate_pps(run);
  const cpuRatios = RATES_PPS.map((rate) => ratio('ipi', 1, rate, cpu));
  const pays = RATES_PPS.find((rate) => ratio('ipi', 1, rate, meanLatency_us) < 1);
  const [ipi, locality] = KINDS.map((kind) => ratio(kind, 8, 'stress', receivedRate_pps));
  const percent = (r: number): string => `${Math.round(100 * Math.abs(r - 1))}% ${r < 1 ? 'less' : 'more'}`;
  const border =
    pays === undefined
      ? 'At none of the loads below saturation does Falcon improve the mean latency.'
      : `With the profile’s costs Falcon’s mean latency is the lower one from about ${pays / 1000} kpps on.`;
  return (
    `${border} In CPU time it costs between ${percent(Math.min(...cpuRatios))} and ${percent(Math.max(...cpuRatios))}, by load. ` +
    `Under overload it receives ${ratio('ipi', 1, 'stress', receivedRate_pps).toFixed(2)} times the overlay’s rate; with interrupts ` +
    `between cores eight times as dear still ${ipi.toFixed(2)} times, with loss of locality eight times as dear ${locality.toFixed(2)} times.`
  );
}
