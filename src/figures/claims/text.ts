import { stageMeeting } from '../../analysis';
import { SINGLE_FLOW_ROLES } from '../../experiment';
import type { FigureRun } from '../cases';
import { SYSTEMS_3, underCase } from '../experiments/latency';
import { firstStageCase } from '../experiments/load';
import {
  ABOVE_THRESHOLD,
  CHOICES,
  journeyCase,
  manyFlowsCase,
  pollsCase,
  RPS_EVERYWHERE,
  SECOND_CHOICES,
  SLIM,
  SPLIT_SAME_CORE,
  SPRAY,
  steeringCase,
  udpSplitCase,
  unevenCase,
} from '../experiments/mechanisms';
import { tcpBulkCase } from '../experiments/overlayCost';
import { MULTI_FLOW_ROLES, RECEIVING_CPUS } from '../experiments/roles';
import { STRESS_SIZES, stressCase, stressCases, stressRatios, type StressSetup } from '../experiments/stress';
import { coreLoads, counter, hasStage, meanLatency_us, receivedRate_pps, stageLoads, sum } from '../measures';
import {
  chiSquareP,
  cpuChanges,
  flowsInOnePoll,
  interleaved,
  journeysOf,
  meanRank,
  mostDistinct,
  polledPerPacket,
} from './journeys';
import { gains, losses, meanRatios, minus, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';
import { falconShare } from './fig14';
import { processingCores } from './fig05';

const OVERLAY_JOURNEYS = journeyCase('overlay');
const FALCON_JOURNEYS = journeyCase('falcon');
const VANILLA_MANY = [manyFlowsCase('host'), manyFlowsCase('overlay')];
const LATENCY_CASES = (['udp-16', 'tcp-4096'] as const).flatMap((load) => SYSTEMS_3.map((m) => underCase(load, m)));

/** Stages behind RPS of the interrupt's device. */
const isSteered = (step: { readonly stage: string }): boolean => hasStage(step, 'stack') || hasStage(step, 'outer');

const outOfOrder = (run: FigureRun): number => counter(run, 'out of order');

/** Largest number of CPUs that one flow's packets met behind RPS. */
const rpsCpusOfFlow = (run: FigureRun): number =>
  mostDistinct(
    run,
    (s) => (isSteered(s) ? s.flow : undefined),
    (s) => s.cpu,
  );

/** Share of packets polled from the NIC on a CPU that takes its interrupts. */
function polledWhereInterrupted(run: FigureRun): number {
  const cpus = new Set([...coreLoads(run, ['hardirq'])].filter(([, load]) => load > 0).map(([cpu]) => cpu));
  const nic = stageLoads(run).filter((s) => hasStage(s, 'nic'));
  return sum(nic.filter((s) => cpus.has(s.cpu)).map((s) => s.packets)) / sum(nic.map((s) => s.packets));
}

/** Largest number of CPUs that took interrupts of one NIC queue. */
function cpusOfOneQueue(run: FigureRun): number {
  const table = run.tables.interrupts;
  if (table === undefined) throw new Error(`run ${run.id} has no interrupts`);
  const cpus = new Map<string, Set<number>>();
  for (const row of table.rows()) {
    if (!/^\d+$/.test(row.irq) || row.cpu === null || row.count === 0) continue;
    cpus.set(row.irq, (cpus.get(row.irq) ?? new Set<number>()).add(row.cpu));
  }
  return Math.max(...[...cpus.values()].map((set) => set.size));
}

/** Most CPUs that served one stage of a single flow. */
function cpusOfOneStage(run: FigureRun): number {
  const cpus = new Map<string, Set<number>>();
  for (const s of stageLoads(run)) {
    if (s.packets > 0) cpus.set(s.stage, (cpus.get(s.stage) ?? new Set<number>()).add(s.cpu));
  }
  return Math.max(...[...cpus.values()].map((set) => set.size));
}

/**
 * Chi-square tests of where the flows' first choices fell, over the flows of all seeds. One for each stage: the choices
 * of different flows are independent, those of one flow's devices are not (section 1 of the kernel facts).
 */
function uniformityP(runs: readonly FigureRun[], stage: string): number {
  const counts = new Map<number, number>();
  for (const run of runs) {
    const chosen = new Map<string, number>();
    for (const steps of journeysOf(run).values()) {
      for (const s of steps) if (hasStage(s, stage)) chosen.set(s.flow, s.cpu);
    }
    for (const cpu of chosen.values()) counts.set(cpu, (counts.get(cpu) ?? 0) + 1);
  }
  return chiSquareP(MULTI_FLOW_ROLES.falcon.map((cpu) => counts.get(cpu) ?? 0));
}

/** Share of packets whose tunnel stage ran on another CPU than the one that RPS chose. */
function movedShare(run: FigureRun): number {
  const tunnel = stageLoads(run).filter((s) => hasStage(s, 'tunnel'));
  const all = sum(tunnel.map((s) => s.packets));
  return sum(tunnel.filter((s) => s.cpu !== SINGLE_FLOW_ROLES.rps[0]).map((s) => s.packets)) / all;
}

function maxOverMean(run: FigureRun): number {
  const loads = coreLoads(run);
  const receiving = RECEIVING_CPUS.map((cpu) => loads.get(cpu) ?? 0);
  return (Math.max(...receiving) * receiving.length) / sum(receiving);
}

const [UDP_SPLIT, UDP_WHOLE] = [udpSplitCase(true), udpSplitCase(false)];
const [TCP_SPLIT, TCP_WHOLE] = [firstStageCase('tcp-4096', true), firstStageCase('tcp-4096', false)];
const UNDER_SPLIT = underCase('tcp-4096', 'falcon');
const UNDER_WHOLE = underCase('tcp-4096', 'falcon', false);
/** VXLAN and veth of the overlay preset. */
const FALCON_DEVICES = [6, 8];
const CHOOSE_AND_ENQUEUE_US = 0.06;

const stressAt = (mode: StressSetup['mode'], size: StressSetup['size']): StressSetup => ({
  mode,
  link: '100G',
  kernel: '5.4',
  size,
});

export const TEXT_RULES: readonly ClaimRule[] = [
  {
    id: 'intro-overlay-tail-order-of-magnitude',
    notComputable: 'a result of other papers on their own set-ups, which this paper cites and does not describe',
  },
  {
    id: 'intro-no-cross-core-copy',
    notComputable: 'the model hands packets over by reference by construction, so a run cannot show otherwise',
  },
  rule('intro-single-flow-one-core', [OVERLAY_JOURNEYS], (runs) => runs.values(OVERLAY_JOURNEYS.key, processingCores)),
  rule('intro-softirqs-interleave', [FALCON_JOURNEYS], (runs) =>
    runs.values(FALCON_JOURNEYS.key, (run) => interleaved(run, 'outer', 'tunnel')),
  ),
  rule(
    'intro-gain-outweighs-locality',
    STRESS_SIZES.flatMap((size) => [
      ...stressCases(stressAt('falcon', size)),
      ...stressCases(stressAt('overlay', size)),
    ]),
    (runs) =>
      STRESS_SIZES.map((size) =>
        sample(
          `${size} B`,
          stressRatios(stressAt('falcon', size), stressAt('overlay', size), runs).map((ratio) => ratio - 1),
        ),
      ),
  ),
  rule('intro-no-reordering', [FALCON_JOURNEYS, stressCase('falcon', '100G', '5.4', 16), CHOICES], (runs) =>
    [FALCON_JOURNEYS, stressCase('falcon', '100G', '5.4', 16), CHOICES].map((c) =>
      sample(c.key, runs.values(c.key, outOfOrder)),
    ),
  ),
  rule('rss-rps-hash-flow-only', VANILLA_MANY, (runs) =>
    VANILLA_MANY.map((c) => sample(c.key, runs.values(c.key, rpsCpusOfFlow))),
  ),
  rule('softirq-runs-on-raising-core', VANILLA_MANY, (runs) =>
    VANILLA_MANY.map((c) => sample(c.key, runs.values(c.key, polledWhereInterrupted))),
  ),
  rule('one-queue-one-core', VANILLA_MANY, (runs) => runs.values(VANILLA_MANY[1].key, cpusOfOneQueue)),
  rule('host-one-softirq', [pollsCase('host')], (runs) => runs.values(pollsCase('host').key, polledPerPacket)),
  rule('overlay-three-softirqs', [pollsCase('overlay')], (runs) =>
    runs.values(pollsCase('overlay').key, polledPerPacket),
  ),
  rule('overlay-stage-order', [OVERLAY_JOURNEYS, FALCON_JOURNEYS], (runs) => {
    const stages = { pNIC: 'nic', vxlan: 'tunnel', veth: 'container' } as const;
    const all = [...runs.of(OVERLAY_JOURNEYS.key), ...runs.of(FALCON_JOURNEYS.key)];
    return Object.entries(stages).map(([label, stage]) =>
      sample(
        label,
        all.map((run) => meanRank(run, stage, Object.values(stages))),
      ),
    );
  }),
  rule('same-flow-same-cpu', [journeyCase('host'), OVERLAY_JOURNEYS], (runs) =>
    [journeyCase('host'), OVERLAY_JOURNEYS].map((c) => sample(c.key, runs.values(c.key, rpsCpusOfFlow))),
  ),
  rule('steering-helps-single-tcp', [steeringCase(true), steeringCase(false)], (runs) =>
    ratios(runs, steeringCase(true), steeringCase(false), receivedRate_pps),
  ),
  rule('naive-spray-reorders', [SPRAY], (runs) => runs.values(SPRAY.key, outOfOrder)),
  rule('fig8-only-first-rps-effective', [RPS_EVERYWHERE], (runs) => runs.values(RPS_EVERYWHERE.key, cpuChanges)),
  rule('falcon-hash-distinct-per-device', [], () => {
    const { coresUsed } = stageMeeting(FALCON_DEVICES, 65536);
    return [sum(coresUsed.map((chance, cores) => chance * cores)) / FALCON_DEVICES.length];
  }),
  rule('falcon-same-flow-dev-same-core', [CHOICES], (runs) =>
    runs.values(CHOICES.key, (run) =>
      mostDistinct(
        run,
        (s) => `${s.flow} ${s.stage}`,
        (s) => s.cpu,
      ),
    ),
  ),
  rule('splitting-extra-overhead', [UDP_SPLIT, UDP_WHOLE], (runs) =>
    minus(
      runs.values(UDP_SPLIT.key, (r) => meanLatency_us(r)),
      runs.values(UDP_WHOLE.key, (r) => meanLatency_us(r)),
    ),
  ),
  rule('packet-latency-range', LATENCY_CASES, (runs) =>
    LATENCY_CASES.map((c) =>
      sample(
        c.key,
        runs.values(c.key, (r) => meanLatency_us(r)),
      ),
    ),
  ),
  rule('balancing-cost-small', [underCase('udp-16', 'falcon')], (runs) =>
    runs.values(underCase('udp-16', 'falcon').key, (run) => (2 * CHOOSE_AND_ENQUEUE_US) / meanLatency_us(run)),
  ),
  rule('coalesced-softirqs-mix-flows', VANILLA_MANY, (runs) =>
    VANILLA_MANY.map((c) => sample(c.key, runs.values(c.key, flowsInOnePoll))),
  ),
  rule('falcon-off-above-threshold', [ABOVE_THRESHOLD], (runs) => runs.values(ABOVE_THRESHOLD.key, movedShare)),
  rule('first-choice-uniform', [CHOICES], (runs) =>
    ['tunnel', 'container'].map((stage) => sample(stage, [uniformityP(runs.of(CHOICES.key), stage)])),
  ),
  rule('second-choice-unconditional', [SECOND_CHOICES], (runs) =>
    runs.values(SECOND_CHOICES.key, (run) => falconShare(run)),
  ),
  rule('two-choices-max', [SECOND_CHOICES, stressCase('falcon', '100G', '5.4', 16)], (runs) =>
    [SECOND_CHOICES, stressCase('falcon', '100G', '5.4', 16)].map((c) =>
      sample(c.key, runs.values(c.key, cpusOfOneStage)),
    ),
  ),
  rule('gro-split-may-hurt-udp', [UDP_SPLIT, UDP_WHOLE], (runs) =>
    losses(runs, UDP_SPLIT, UDP_WHOLE, (r) => meanLatency_us(r)),
  ),
  rule('gro-split-same-core-workaround', [SPLIT_SAME_CORE], (runs) =>
    runs.values(
      SPLIT_SAME_CORE.key,
      (run) =>
        new Set(
          stageLoads(run)
            .filter((s) => s.packets > 0 && hasStage(s, 'nic'))
            .map((s) => s.cpu),
        ).size,
    ),
  ),
  rule('split-helps-tcp-large', [TCP_SPLIT, TCP_WHOLE, UNDER_SPLIT, UNDER_WHOLE], (runs) => [
    sample('throughput', gains(runs, TCP_SPLIT, TCP_WHOLE, receivedRate_pps)),
    sample(
      'latency',
      losses(runs, UNDER_SPLIT, UNDER_WHOLE, (r) => meanLatency_us(r)),
    ),
  ]),
  rule('colocated-flows-benefit', [unevenCase('overlay'), unevenCase('falcon')], (runs) =>
    meanRatios(runs, unevenCase('falcon'), unevenCase('overlay'), maxOverMean),
  ),
  rule('slim-near-native-tcp', [SLIM, tcpBulkCase('host', '100G', 65536)], (runs) =>
    ratios(runs, SLIM, tcpBulkCase('host', '100G', 65536), receivedRate_pps),
  ),
];
