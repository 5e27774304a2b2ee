import type { PaperMode } from '../../experiment';
import type { CaseRuns, FigureRun } from '../cases';
import { MULTI_FLOWS, multiFlowCase, TCP_MODES, UDP_MODES, UDP_WHOLE, WHOLE_FLOWS } from '../experiments/multiFlow';
import { MULTI_FLOW_ROLES } from '../experiments/roles';
import { coreLoads, receivedRate_pps } from '../measures';
import { mean } from './interval';
import { gains, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';
import type { Sample } from './verdict';

const udpCases = (flows: readonly number[], modes: readonly PaperMode[] = UDP_MODES) =>
  flows.flatMap((n) => modes.map((mode) => multiFlowCase('udp', mode, n)));
const tcpCases = (modes: readonly PaperMode[] = TCP_MODES) =>
  MULTI_FLOWS.tcp.flatMap((n) => modes.map((mode) => multiFlowCase('tcp', mode, n)));

/** Rate of a in each seed to the mean rate of b: their flows hash to other cores, so seeds do not pair. */
function rateRatios(runs: CaseRuns, protocol: 'udp' | 'tcp', a: PaperMode, b: PaperMode, flows: number): number[] {
  const base = mean(runs.values(multiFlowCase(protocol, b, flows).key, receivedRate_pps));
  return runs.values(multiFlowCase(protocol, a, flows).key, (run) => receivedRate_pps(run) / base);
}

const udpRatios = (runs: CaseRuns, a: PaperMode, b: PaperMode, flows: readonly number[]): Sample[] =>
  flows.map((n) => sample(`${n} flows`, rateRatios(runs, 'udp', a, b, n)));
const tcpGains = (runs: CaseRuns, a: PaperMode, b: PaperMode): Sample[] =>
  MULTI_FLOWS.tcp.map((n) =>
    sample(
      `${n} flows`,
      rateRatios(runs, 'tcp', a, b, n).map((r) => r - 1),
    ),
  );

const plusOne = (samples: readonly Sample[]): Sample[] =>
  samples.map((s) =>
    sample(
      s.label,
      s.values.map((v) => v + 1),
    ),
  );
const largest = (samples: readonly Sample[]): readonly number[] =>
  samples.reduce((a, b) => (mean(b.values) > mean(a.values) ? b : a)).values;

const RECEIVING = [
  ...MULTI_FLOW_ROLES.irq,
  ...MULTI_FLOW_ROLES.rps,
  ...MULTI_FLOW_ROLES.falcon,
  ...MULTI_FLOW_ROLES.app,
];
function busiestReceiver(run: FigureRun): number {
  const loads = coreLoads(run);
  return Math.max(...RECEIVING.map((cpu) => loads.get(cpu) ?? 0));
}

export const FIG13_RULES: readonly ClaimRule[] = [
  rule('fig13-udp-gain-63', udpCases(MULTI_FLOWS.udp), (runs) =>
    udpRatios(runs, 'falcon', 'overlay', MULTI_FLOWS.udp).map((s) =>
      sample(
        s.label,
        s.values.map((r) => r - 1),
      ),
    ),
  ),
  rule('fig13-udp-within-58-75', udpCases(MULTI_FLOWS.udp), (runs) =>
    udpRatios(runs, 'falcon', 'host', MULTI_FLOWS.udp),
  ),
  rule('fig13-udp-consistent', udpCases(MULTI_FLOWS.udp), (runs) =>
    udpRatios(runs, 'falcon', 'overlay', MULTI_FLOWS.udp),
  ),
  rule('fig13-single-flow-no-change', udpCases([1]), (runs) => udpRatios(runs, 'falcon', 'overlay', [1])),
  rule('fig13-single-sender-bound', udpCases([1]), (runs) =>
    UDP_MODES.map((mode) => sample(mode, runs.values(multiFlowCase('udp', mode, 1).key, busiestReceiver))),
  ),
  rule('fig13-hostplus-56', tcpCases(['host', 'host+']), (runs) => tcpGains(runs, 'host+', 'host')),
  rule('fig13-falcon-over-host-37', tcpCases(['host', 'falcon']), (runs) => tcpGains(runs, 'falcon', 'host')),
  rule('headline-tcp-multi-above-native', tcpCases(['host', 'falcon']), (runs) => [
    ...largest(plusOne(tcpGains(runs, 'falcon', 'host'))),
  ]),
  rule('fig13-tcp-order', tcpCases(), (runs) =>
    TCP_MODES.map((mode) => sample(mode === 'overlay' ? 'con' : mode, largest(plusOne(tcpGains(runs, mode, 'host'))))),
  ),
  rule('fig13-gro-bottleneck-on-host', tcpCases(['host', 'host+']), (runs) => [
    ...largest(plusOne(tcpGains(runs, 'host+', 'host'))),
  ]),
  rule('fig13-gro-split-no-udp', [...udpCases([WHOLE_FLOWS], ['falcon']), UDP_WHOLE], (runs) =>
    gains(runs, multiFlowCase('udp', 'falcon', WHOLE_FLOWS), UDP_WHOLE, receivedRate_pps),
  ),
];
