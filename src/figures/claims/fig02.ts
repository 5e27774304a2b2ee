import type { PaperLink } from '../../experiment';
import type { CaseRuns, FigureRun } from '../cases';
import { FIVE_FLOWS, fiveFlowsCase } from '../experiments/load';
import { flowsCase, latencyCase, LATENCY_RATES, tcpBulkCase, TCP_SIZES, TCP_64K } from '../experiments/overlayCost';
import { rampRuns, type Ramp } from '../experiments/ramp';
import { MULTI_FLOW_ROLES } from '../experiments/roles';
import {
  STRESS_SIZES,
  stressCases,
  stressRamp,
  stressRates_pps,
  stressRatios,
  UDP_64K,
  type StressSize,
} from '../experiments/stress';
import { hasStage, meanLatency_us, offeredRate_pps, receivedRate_pps, stageLoads, sum } from '../measures';
import { mean } from './interval';
import { slopesBeyondKnee } from './knee';
import { losses, minus, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

/** Share of the native rate that UDP messages lose in the overlay. */
const stressPair = (link: PaperLink, size: StressSize) =>
  (['host', 'overlay'] as const).map((mode) => ({ mode, link, kernel: '5.4', size }) as const);
const stressPairCases = (link: PaperLink, size: StressSize) => stressPair(link, size).flatMap(stressCases);
function stressLoss(runs: CaseRuns, link: PaperLink, size: StressSize): number[] {
  const [host, overlay] = stressPair(link, size);
  return stressRatios(overlay, host, runs).map((ratio) => 1 - ratio);
}
const allStress = (links: readonly PaperLink[]) =>
  links.flatMap((link) => STRESS_SIZES.flatMap((size) => stressPairCases(link, size)));
const udpCases = (link: PaperLink) => stressPairCases(link, UDP_64K);
const udpLoss = (runs: CaseRuns, link: PaperLink): number[] => stressLoss(runs, link, UDP_64K);

const tcpCases = (link: PaperLink, size: number = TCP_64K) => [
  tcpBulkCase('host', link, size),
  tcpBulkCase('overlay', link, size),
];
function tcpLoss(runs: CaseRuns, link: PaperLink, size: number = TCP_64K): number[] {
  const [host, overlay] = tcpCases(link, size);
  return losses(runs, overlay, host, receivedRate_pps);
}

function average(a: readonly number[], b: readonly number[]): number[] {
  return a.slice(0, b.length).map((value, i) => (value + b[i]) / 2);
}

/** Packets (fragments, of large messages) that reach the application's socket layer. */
function socketPackets(run: FigureRun): number {
  const packets = stageLoads(run).filter((s) => hasStage(s, 'stack') || hasStage(s, 'container'));
  return sum(packets.map((s) => s.packets));
}

/**
 * Packets that arrive more for each packet offered more, beyond the knee. Packets, not messages: of a message in fragments
 * nothing is left once one of them is lost, so that beyond the knee its rate falls.
 */
function packetSlopes(ramp: Ramp, runs: CaseRuns): number[] {
  return slopesBeyondKnee(
    rampRuns(ramp, runs).map((steps) => {
      // All steps last equally long, and at the first nothing is lost.
      const perMessage = socketPackets(steps[0]) / offeredRate_pps(steps[0]);
      return steps.map((run) => ({ offered: offeredRate_pps(run) * perMessage, received: socketPackets(run) }));
    }),
  );
}

const perCore = (flowsPerCore: number) => [flowsCase('host', flowsPerCore), flowsCase('overlay', flowsPerCore)];
/** Against the mean rate of the host: flows of host and overlay hash to other cores, so seeds do not pair. */
const flowsLoss = (runs: CaseRuns, flowsPerCore: number): number[] => {
  const [host, overlay] = perCore(flowsPerCore);
  const base = mean(runs.values(host.key, receivedRate_pps));
  return runs.values(overlay.key, (run) => 1 - receivedRate_pps(run) / base);
};

const latencyCases = (protocol: 'udp' | 'tcp') =>
  LATENCY_RATES[protocol].flatMap((rate) => [
    latencyCase(protocol, 'host', rate),
    latencyCase(protocol, 'overlay', rate),
  ]);
const latencyRatios = (runs: CaseRuns, protocol: 'udp' | 'tcp') =>
  LATENCY_RATES[protocol].map((rate) =>
    sample(
      `${protocol.toUpperCase()} at ${rate / 1000} k/s`,
      ratios(runs, latencyCase(protocol, 'overlay', rate), latencyCase(protocol, 'host', rate), meanLatency_us),
    ),
  );
const largestRatio = (runs: CaseRuns, protocol: 'udp' | 'tcp'): readonly number[] =>
  latencyRatios(runs, protocol).reduce((a, b) => (mean(b.values) > mean(a.values) ? b : a)).values;

/** Bytes that a frame takes on the wire: headers, FCS, preamble and gap; tunnel headers in the overlay. */
function linkUse(rate_pps: number, message_bytes: number, tunnel_bytes: number, link: PaperLink): number {
  const frame = Math.max(64, message_bytes + 42 + tunnel_bytes + 4) + 20;
  return (rate_pps * frame * 8) / (link === '10G' ? 10e9 : 100e9);
}

export const FIG02_RULES: readonly ClaimRule[] = [
  rule('fig2a-udp-10g-near-native', udpCases('10G'), (runs) => udpLoss(runs, '10G').map((l) => 1 - l)),
  rule('fig2a-tcp-10g-near-native', tcpCases('10G'), (runs) => tcpLoss(runs, '10G').map((l) => 1 - l)),
  rule('fig2a-udp-100g-loss', udpCases('100G'), (runs) => udpLoss(runs, '100G')),
  rule('fig2a-tcp-100g-loss', tcpCases('100G'), (runs) => tcpLoss(runs, '100G')),
  rule('fig2a-udp-loss-exceeds-tcp', [...udpCases('100G'), ...tcpCases('100G')], (runs) =>
    minus(udpLoss(runs, '100G'), tcpLoss(runs, '100G')),
  ),
  rule(
    'fig2a-loss-grows-with-link',
    [...udpCases('10G'), ...udpCases('100G'), ...tcpCases('10G'), ...tcpCases('100G')],
    (runs) => [
      sample('UDP', minus(udpLoss(runs, '100G'), udpLoss(runs, '10G'))),
      sample('TCP', minus(tcpLoss(runs, '100G'), tcpLoss(runs, '10G'))),
    ],
  ),
  rule('fig2a-max-rate-is-plateau', udpCases('100G'), (runs) =>
    stressPair('100G', UDP_64K).map((setup) => sample(setup.mode, packetSlopes(stressRamp(setup), runs))),
  ),
  rule('fig2b-gap-largest-small', allStress(['100G']), (runs) => {
    const [smallest, ...larger] = STRESS_SIZES.map((size) => stressLoss(runs, '100G', size));
    return [
      sample(
        'larger sizes',
        larger[larger.length - 1].map((_, seed) => Math.max(...larger.map((l) => l[seed]))),
      ),
      sample('smallest size', smallest),
    ];
  }),
  rule('fig2b-gap-narrows-with-size', allStress(['10G', '100G']), (runs) =>
    STRESS_SIZES.map((size) => {
      const [slow, fast] = [stressLoss(runs, '10G', size), stressLoss(runs, '100G', size)];
      return sample(`${size} B`, average(slow, fast));
    }),
  ),
  rule('fig2b-small-not-link-bound', [...stressPairCases('10G', 16), ...stressPairCases('100G', 16)], (runs) =>
    (['10G', '100G'] as const).flatMap((link) =>
      stressPair(link, 16).map((setup) => {
        const tunnel_bytes = setup.mode === 'overlay' ? 50 : 0;
        const rates = stressRates_pps(setup, runs);
        return sample(
          `${link} ${setup.mode}`,
          rates.map((rate) => linkUse(rate, 16, tunnel_bytes, link)),
        );
      }),
    ),
  ),
  rule('fig2b-100g-always-significant', allStress(['100G']), (runs) =>
    STRESS_SIZES.map((size) => sample(`${size} B`, stressLoss(runs, '100G', size))),
  ),
  rule(
    'fig2b-tcp-similar-trend',
    TCP_SIZES.flatMap((size) => tcpCases('100G', size)),
    (runs) => TCP_SIZES.map((size) => sample(`${size} B`, tcpLoss(runs, '100G', size))),
  ),
  rule('fig2c-multi-loss-exceeds-single', [...perCore(1), ...tcpCases('100G', 4096)], (runs) => {
    const single = mean(tcpLoss(runs, '100G', 4096));
    return flowsLoss(runs, 1).map((loss) => loss - single);
  }),
  rule('fig2c-loss-grows-with-ratio', [...perCore(1), ...perCore(4)], (runs) =>
    minus(flowsLoss(runs, 4), flowsLoss(runs, 1)),
  ),
  rule('fig2c-hash-collision-imbalance', [fiveFlowsCase('host'), fiveFlowsCase('overlay')], (runs) =>
    (['host', 'overlay'] as const).map((mode) =>
      // The flows send alike, so packets per core count the flows on it.
      sample(
        mode,
        runs.values(fiveFlowsCase(mode).key, (run) => {
          const first = mode === 'host' ? 'stack' : 'outer';
          const packets = stageLoads(run).filter((s) => hasStage(s, first) && MULTI_FLOW_ROLES.rps.includes(s.cpu));
          const all = packets.map((s) => s.packets);
          return Math.max(...all) / (sum(all) / Math.min(FIVE_FLOWS, MULTI_FLOW_ROLES.rps.length));
        }),
      ),
    ),
  ),
  rule('fig2d-udp-latency', latencyCases('udp'), (runs) => latencyRatios(runs, 'udp')),
  rule('fig2d-tcp-latency', latencyCases('tcp'), (runs) => latencyRatios(runs, 'tcp')),
  rule('fig2d-overlay-latency-higher', [...latencyCases('udp'), ...latencyCases('tcp')], (runs) => [
    ...latencyRatios(runs, 'udp'),
    ...latencyRatios(runs, 'tcp'),
  ]),
  rule('fig2d-tcp-hike-exceeds-udp', [...latencyCases('udp'), ...latencyCases('tcp')], (runs) =>
    minus(largestRatio(runs, 'tcp'), largestRatio(runs, 'udp')),
  ),
  rule(
    'summary-penalty-rises-with-rate',
    [...udpCases('10G'), ...udpCases('100G'), ...stressPairCases('100G', 16)],
    (runs) => [
      sample('10G, 64 KB', udpLoss(runs, '10G')),
      sample('100G, 64 KB', udpLoss(runs, '100G')),
      sample('100G, 16 B', stressLoss(runs, '100G', 16)),
    ],
  ),
];
