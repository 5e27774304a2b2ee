import { paperExperiment, tcpAt, udpAt, type GroSplit, type TrafficInput } from '../../experiment';
import { barPanel, paletteStyle, plotFigure, type Figure, type Panel } from '../../plot';
import type { Case, CaseRuns, FigureRun } from '../cases';
import { mean } from '../claims/interval';
import { counter, coreLoad, meanLatency_us, receivedRates_pps, totalLoad } from '../measures';
import { barsOf } from '../points';
import type { FigureInput, FigureStudy } from '../study';

/**
 * Dynamic splitting, which section 6.4 leaves open: the NIC's poll is cut before GRO only while its core is saturated.
 * Static splitting here moves TCP and UDP, as the released kernel does once it is compiled in.
 */

const POLICIES = ['none', 'static', 'dynamic'] as const;
export type SplitPolicy = (typeof POLICIES)[number];

const POLICY_LABEL: Record<SplitPolicy, string> = { none: 'no splitting', static: 'static', dynamic: 'dynamic' };
const POLICY_COLOR: Record<SplitPolicy, number> = { none: 6, static: 1, dynamic: 2 };

/** A flow of each protocol has a core for its application; the roles of Figure 11, with two more cores. */
const CPUS = { cpus: 10, irq: [0], rps: [1], app: [2, 3], falcon: [4, 5, 6, 7], groSplit: [8] } as const;

const TCP = tcpAt('bulk', 4096, { appCpus: [2] });
const UDP_RATE_PPS = 150_000;
const LOADS = {
  tcp: { label: 'TCP 4 KB', traffic: [TCP] },
  mixed: { label: 'TCP and UDP', traffic: [TCP, udpAt(UDP_RATE_PPS, 16, { appCpus: [3] })] },
  udp: { label: 'UDP 16 B', traffic: [udpAt(3 * UDP_RATE_PPS, 16, { appCpus: [3] })] },
} as const satisfies Record<string, { label: string; traffic: readonly TrafficInput[] }>;
type Load = keyof typeof LOADS;
const LOAD_NAMES = Object.keys(LOADS) as Load[];

const SEEDS = 4;

function splitOf(policy: SplitPolicy): (Partial<GroSplit> & Pick<GroSplit, 'cpus'>) | null {
  if (policy === 'none') return null;
  return { cpus: CPUS.groSplit, protocols: ['tcp', 'udp'], when: policy === 'static' ? 'always' : 'saturated' };
}

function keyOf(policy: SplitPolicy, load: Load): string {
  return `dynamic-splitting/${policy}-${load}`;
}

/** Falcon samples loads every 40 ms and averages over some five samples: the policy needs that long to see the load. */
function splitCase(policy: SplitPolicy, load: Load): Case {
  const base = paperExperiment({
    mode: 'falcon',
    roles: CPUS,
    traffic: LOADS[load].traffic,
    also: { duration_s: 0.1, warmup_s: 0.8, emit: { interval_s: 0.1 } },
  });
  return {
    key: keyOf(policy, load),
    experiment: { ...base, steering: { ...base.steering, groSplit: splitOf(policy) } },
    seeds: SEEDS,
  };
}

export const DYNAMIC_SPLITTING: FigureStudy = {
  figure: 'q4',
  id: 'q4-dynamic-splitting',
  title: 'Splitting GRO always, never, or while it pays',
  cases: POLICIES.flatMap((policy) => LOAD_NAMES.map((load) => splitCase(policy, load))),
  captures: [],
  captureNote: 'No capture: no kernel can split dynamically, which is why the paper leaves it open.',
  draw: ({ simulated }: FigureInput) => (simulated === undefined ? [] : [draw(simulated)]),
};

function draw(runs: CaseRuns): Figure {
  const panel = (title: string, y: Panel['y'], loads: readonly Load[], measure: (run: FigureRun) => number): Panel =>
    barPanel({
      title,
      x: { title: 'Load' },
      y,
      categories: loads.map((load) => LOADS[load].label),
      series: POLICIES.map((policy) =>
        barsOf(
          paletteStyle(POLICY_COLOR[policy], POLICY_LABEL[policy]),
          loads.map((load) => runs.values(keyOf(policy, load), measure)),
        ),
      ),
    });
  return plotFigure({
    id: 'q4-splitting',
    title: DYNAMIC_SPLITTING.title,
    caption:
      `Falcon on 100G, Linux 5.4: one TCP flow as fast as it goes, one UDP flow at ${UDP_RATE_PPS / 1000} kpps beside it or ` +
      `${(3 * UDP_RATE_PPS) / 1000} kpps alone. Static and dynamic splitting move both protocols to one core; dynamic only while the ` +
      `load of the interrupt’s core is 80% or more. Simulated, mean of ${SEEDS} seeds, 95% interval (Student t).`,
    panels: [
      panel('(a) TCP', { title: 'TCP received', unit: 'k messages/s' }, ['tcp', 'mixed'], tcpRate_kpps),
      panel('(b) UDP latency', { title: 'Mean latency', unit: 'µs' }, ['mixed', 'udp'], udpLatency_us),
      panel('(c) CPU', { title: 'Busy cores' }, LOAD_NAMES, (run) => totalLoad(run)),
    ],
    columns: 2,
    shareY: 'none',
  });
}

function tcpRate_kpps(run: FigureRun): number {
  return [...receivedRates_pps(run)].reduce((sum, [flow, rate]) => sum + (flow.startsWith('tcp') ? rate : 0), 0) / 1000;
}

/** UDP flows are numbered after the traffic's place in the experiment. */
function udpLatency_us(run: FigureRun): number {
  const flows = [...receivedRates_pps(run).keys()].filter((flow) => flow.startsWith('udp'));
  return mean(flows.map((flow) => meanLatency_us(run, flow)));
}

/** Row for each load and policy, with what the policy did. */
export function dynamicSplittingTable(runs: CaseRuns): Record<string, string | number>[] {
  return LOAD_NAMES.flatMap((load) =>
    POLICIES.map((policy) => {
      const of = (measure: (run: FigureRun) => number): number => mean(runs.values(keyOf(policy, load), measure));
      const [cut, kept] = [of((run) => counter(run, 'cut before GRO')), of((run) => counter(run, 'kept at GRO'))];
      return {
        load: LOADS[load].label,
        policy: POLICY_LABEL[policy],
        'cut (%)': cut + kept === 0 ? 0 : Math.round((100 * cut) / (cut + kept)),
        'changes of mind': of((run) => counter(run, 'changes of splitting')),
        'interrupt core busy (%)': Math.round(100 * of((run) => coreLoad(run, CPUS.irq[0]))),
        'split core busy (%)': Math.round(100 * of((run) => coreLoad(run, CPUS.groSplit[0]))),
        'busy cores': Number(of((run) => totalLoad(run)).toFixed(2)),
        'out of order': of((run) => counter(run, 'out of order')),
      };
    }),
  );
}

/** The answer in one paragraph, from the runs. */
export function dynamicSplittingAnswer(runs: CaseRuns): string {
  const of = (policy: SplitPolicy, load: Load, measure: (run: FigureRun) => number): number =>
    mean(runs.values(keyOf(policy, load), measure));
  const gain = (policy: SplitPolicy): number => of(policy, 'tcp', tcpRate_kpps) / of('none', 'tcp', tcpRate_kpps);
  const latency = (policy: SplitPolicy): string => of(policy, 'udp', udpLatency_us).toFixed(0);
  const cores = (policy: SplitPolicy): string => of(policy, 'udp', (run) => totalLoad(run)).toFixed(2);
  return (
    `For TCP alone static splitting gives ${gain('static').toFixed(2)} times the rate without it, dynamic ${gain('dynamic').toFixed(2)} times. ` +
    `UDP alone has a mean latency of ${latency('none')} µs without, ${latency('static')} µs with static and ${latency('dynamic')} µs with ` +
    `dynamic splitting, and keeps ${cores('none')}, ${cores('static')} and ${cores('dynamic')} cores busy.`
  );
}
