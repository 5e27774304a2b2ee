import { analyticModel, udpLineRate_pps } from '../../analysis';
import { findTopology, paperExperiment, udpAt } from '../../experiment';
import { heatmapPanel, plotFigure, type Figure, type Panel } from '../../plot';
import type { CaseRuns } from '../cases';
import { mean } from '../claims/interval';
import {
  BELOW_MTU,
  SEEDS,
  STRESS_SIZES,
  stressCases,
  stressRamp,
  stressRates_pps,
  type StressSetup,
} from '../experiments/stress';
import { lastWithoutDrops, ramp, type Ramp } from '../experiments/ramp';
import { receivedRate_pps, totalLoad } from '../measures';
import type { FigureInput, FigureStudy } from '../study';

/** How many cores does a flow need? Rates that a link carries, and what a packet costs below saturation. */

const MODES = ['host', 'overlay', 'falcon'] as const;
type Mode = (typeof MODES)[number];

const MODE_TITLE: Record<Mode, string> = { host: 'Host', overlay: 'Overlay', falcon: 'Falcon' };

export const LINKS_GBPS = [10, 25, 40, 100, 200] as const;

/** Offered rates among which the highest without drops is looked for; small packets cost least just below saturation. */
const RATES_PPS = [160_000, 220_000, 280_000, 420_000, 600_000, 800_000, 1_000_000];

export interface FlowCost {
  readonly mode: Mode;
  readonly message_bytes: number;
  /** Highest rate of one flow. */
  readonly highest_pps: number;
  /** CPU time of the receiving machine for a message, all contexts, application included. */
  readonly cpu_ns: number;
  /** Load at which that was measured, as a share of the highest rate. */
  readonly measuredAt: number;
}

export interface FlowDemand extends FlowCost {
  readonly link_gbps: number;
  readonly rate_pps: number;
  /** Cores that the link's rate keeps busy. */
  readonly cores: number;
  /** Flows that it must be spread over, since one flow cannot carry more than its highest rate. */
  readonly flows: number;
}

function setupOf(mode: Mode, size: number): StressSetup {
  return { mode, link: '100G', kernel: '5.4', size: size as StressSetup['size'] };
}

/** The ramp on which a message's cost is measured. */
function costRamp(mode: Mode, size: number): Ramp {
  if (size >= 1450) return stressRamp(setupOf(mode, size));
  return ramp(`cores-per-flow/${mode}-${size}`, RATES_PPS, 1, (rate) =>
    paperExperiment({
      mode,
      traffic: udpAt(rate, size),
      also: { duration_s: 0.05, warmup_s: 0.03, emit: { interval_s: 0.025 } },
    }),
  );
}

export function flowCosts(runs: CaseRuns): FlowCost[] {
  return MODES.flatMap((mode) =>
    STRESS_SIZES.map((size): FlowCost => {
      const steady = lastWithoutDrops(costRamp(mode, size), runs);
      const steady_pps = mean(steady.map(receivedRate_pps));
      // Overload can push the rate below what was carried before: a core that drops late has worked for nothing.
      const highest_pps = Math.max(steady_pps, mean(stressRates_pps(setupOf(mode, size), runs)));
      const cpu_ns = mean(steady.map((run) => (1e9 * totalLoad(run)) / receivedRate_pps(run)));
      return { mode, message_bytes: size, highest_pps, cpu_ns, measuredAt: steady_pps / highest_pps };
    }),
  );
}

/** What a link that is full of such messages asks for. */
export function demandOf(cost: FlowCost, link_gbps: number): FlowDemand {
  const topology = findTopology(cost.mode === 'host' ? 'host' : 'overlay') ?? { encapsulation_bytes: 0 };
  const rate_pps = udpLineRate_pps(cost.message_bytes, link_gbps, topology);
  return {
    ...cost,
    link_gbps,
    rate_pps,
    cores: rate_pps * cost.cpu_ns * 1e-9,
    flows: Math.ceil(rate_pps / cost.highest_pps - 1e-9),
  };
}

export const CORES_PER_FLOW: FigureStudy = {
  figure: 'q1',
  id: 'q1-cores-per-flow',
  title: 'Cores that a full link keeps busy',
  cases: MODES.flatMap((mode) => [
    ...STRESS_SIZES.flatMap((size) => stressCases(setupOf(mode, size))),
    ...BELOW_MTU.flatMap((size) => costRamp(mode, size).cases),
  ]),
  captures: [],
  captureNote: 'No capture at these rates: the test bed of data/captures has two CPUs and no network card.',
  draw: ({ simulated }: FigureInput) => (simulated === undefined ? [] : drawMaps(flowCosts(simulated))),
};

function drawMaps(costs: readonly FlowCost[]): Figure[] {
  const caption =
    'UDP at line rate (headers, tunnel, preamble and gap counted), Linux 5.4 on the paper’s 2.2 GHz cores. ' +
    `CPU time of a message is measured in the simulator at the highest rate without drops; the highest rate of a flow is that ` +
    `or, if higher, the one under overload (mean of ${SEEDS} seeds) or, in fragments, at the knee. `;
  const figure = (
    id: string,
    title: string,
    yellow: string,
    value: (d: FlowDemand) => number,
    valueTitle: string,
    range: [number, number],
  ) =>
    plotFigure({
      id,
      title,
      caption: `${caption}Yellow: ${yellow}.`,
      panels: MODES.map((mode) => mapPanel(mode, costs, value, valueTitle, range)),
      columns: 1,
      panelHeight_px: 175,
    });
  return [
    figure(
      'q1-cores',
      CORES_PER_FLOW.title,
      'all 20 cores of the paper’s machine, or more',
      (d) => d.cores,
      'cores',
      [0, 20],
    ),
    figure(
      'q1-flows',
      'Flows over which a full link must be spread',
      '20 flows or more',
      (d) => d.flows,
      'flows',
      [1, 20],
    ),
  ];
}

function mapPanel(
  mode: Mode,
  costs: readonly FlowCost[],
  value: (demand: FlowDemand) => number,
  valueTitle: string,
  valueRange: readonly [number, number],
): Panel {
  const own = costs.filter((cost) => cost.mode === mode);
  return heatmapPanel({
    title: MODE_TITLE[mode],
    x: { title: 'Link', unit: 'Gbit/s' },
    y: { title: 'Message' },
    columns: LINKS_GBPS.map(String),
    rows: own.map((cost) => bytes(cost.message_bytes)),
    values: own.map((cost) => LINKS_GBPS.map((link) => value(demandOf(cost, link)))),
    valueTitle,
    valueRange,
    format: (v) => (v < 10 && !Number.isInteger(v) ? v.toFixed(1) : v.toFixed(0)),
  });
}

function bytes(size: number): string {
  return size >= 60_000 ? '64 KB' : size >= 4096 ? `${size / 1024} KB` : `${size} B`;
}

/** Row for each path and size: the two measured numbers behind the maps. */
export function flowCostTable(runs: CaseRuns): Record<string, string | number>[] {
  return flowCosts(runs).map((cost) => ({
    path: MODE_TITLE[cost.mode],
    message: bytes(cost.message_bytes),
    highest_kpps: Math.round(cost.highest_pps / 1000),
    highest_gbps: Number(((cost.highest_pps * cost.message_bytes * 8) / 1e9).toFixed(2)),
    cpu_us_per_message: Number((cost.cpu_ns / 1000).toFixed(2)),
    measured_at_percent: Math.round(100 * cost.measuredAt),
  }));
}

/**
 * Row for each path and size below the MTU: the simulated highest rate beside the analytic bound, which knows what
 * packets cost but not what batches share, nor wake-ups. No simulated rate may exceed its bound.
 */
export function boundCheckTable(runs: CaseRuns): Record<string, string | number>[] {
  const costs = flowCosts(runs);
  return MODES.flatMap((mode) =>
    BELOW_MTU.map((size) => {
      const [stress] = stressCases(setupOf(mode, size));
      const { bound_pps, bottleneck } = analyticModel(stress.experiment);
      const simulated_pps = costs.find((cost) => cost.mode === mode && cost.message_bytes === size)?.highest_pps ?? 0;
      return {
        path: MODE_TITLE[mode],
        message: bytes(size),
        'simulated (k/s)': Math.round(simulated_pps / 1000),
        'analytic bound (k/s)': Math.round(bound_pps / 1000),
        'simulated / bound': Number((simulated_pps / bound_pps).toFixed(2)),
        bottleneck: `${bottleneck.stage} on CPU ${bottleneck.cpu}`,
      };
    }),
  );
}

/** The answer in one paragraph, from the runs. */
export function coresPerFlowAnswer(runs: CaseRuns): string {
  const costs = flowCosts(runs);
  const of = (mode: Mode): FlowDemand => {
    const cost = costs.find((c) => c.mode === mode && c.message_bytes === 1400);
    if (cost === undefined) throw new Error(`no cost of ${mode}`);
    return demandOf(cost, 100);
  };
  const [host, overlay, falcon] = MODES.map(of);
  const text = (d: FlowDemand): string => `${d.cores.toFixed(0)} cores (at least ${d.flows} flows)`;
  return (
    `A full 100 Gbit/s link of 1400 B messages keeps ${text(host)} busy on the host, ${text(overlay)} on the overlay and ` +
    `${text(falcon)} with Falcon. Falcon’s flow carries ${(falcon.highest_pps / overlay.highest_pps).toFixed(1)} times what the ` +
    `overlay’s does, for ${Math.round(100 * (falcon.cpu_ns / overlay.cpu_ns - 1))}% more CPU time a message.`
  );
}
