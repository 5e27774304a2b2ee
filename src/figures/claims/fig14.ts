import * as stats from 'simple-statistics';
import type { CaseRuns, FigureRun } from '../cases';
import { busyCase, CONTAINERS } from '../experiments/busySystem';
import { RECEIVING_CPUS } from '../experiments/roles';
import { coreLoads, counter, receivedRate_pps, sum } from '../measures';
import { meanRatios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';
import type { Sample } from './verdict';

const PROTOCOLS = ['udp', 'tcp'] as const;
type Protocol = (typeof PROTOCOLS)[number];
/** With idle cycles left, and saturated (section 6.1). */
const IDLE_LEFT = CONTAINERS.filter((n) => n <= 10);
const SATURATED = CONTAINERS.filter((n) => n >= 20);

const cases = (protocols: readonly Protocol[], containers: readonly number[] = CONTAINERS) =>
  protocols.flatMap((p) => containers.flatMap((n) => [busyCase(p, 'overlay', n), busyCase(p, 'falcon', n)]));

/** Mean busy share of the receiving cores. */
export function receivingLoad(run: FigureRun): number {
  const loads = coreLoads(run);
  return sum(RECEIVING_CPUS.map((cpu) => loads.get(cpu) ?? 0)) / RECEIVING_CPUS.length;
}

/** Mean rate under Falcon by that of the overlay. */
function falconRatio(runs: CaseRuns, protocol: Protocol, n: number): number[] {
  return meanRatios(runs, busyCase(protocol, 'falcon', n), busyCase(protocol, 'overlay', n), receivedRate_pps);
}

const less1 = (values: readonly number[]): number[] => values.map((value) => value - 1);

function falconGains(runs: CaseRuns, protocol: Protocol, containers: readonly number[]): Sample[] {
  return containers.map((n) => sample(`${protocol}, ${n}`, less1(falconRatio(runs, protocol, n))));
}

/** Standard deviation over seeds by their mean. */
export function variation(values: readonly number[]): number {
  return stats.sampleStandardDeviation(values as number[]) / stats.mean(values as number[]);
}

function loads(runs: CaseRuns, containers: readonly number[]): Sample[] {
  return PROTOCOLS.flatMap((p) =>
    containers.map((n) => sample(`${p}, ${n}`, runs.values(busyCase(p, 'overlay', n).key, receivingLoad))),
  );
}

/** Mean over both protocols, seed by seed. */
function bothProtocols(of: (protocol: Protocol) => readonly number[]): number[] {
  const [udp, tcp] = PROTOCOLS.map(of);
  return udp.map((value, i) => (value + tcp[i]) / 2);
}

const gainAt = (runs: CaseRuns, n: number): number[] => less1(bothProtocols((p) => falconRatio(runs, p, n)));

export const FIG14_RULES: readonly ClaimRule[] = [
  rule('fig14-udp-27', cases(['udp'], IDLE_LEFT), (runs) => falconGains(runs, 'udp', IDLE_LEFT)),
  rule('fig14-tcp-17', cases(['tcp'], IDLE_LEFT), (runs) => falconGains(runs, 'tcp', IDLE_LEFT)),
  rule('fig14-start-70-busy', cases(PROTOCOLS, [6]), (runs) => loads(runs, [6])),
  rule('fig14-saturated-at-20', cases(PROTOCOLS, SATURATED), (runs) => loads(runs, SATURATED)),
  rule('fig14-gain-diminishes', cases(PROTOCOLS), (runs) =>
    CONTAINERS.map((n) => sample(`${n} containers`, gainAt(runs, n))),
  ),
  rule('fig14-never-worse', cases(PROTOCOLS), (runs) =>
    PROTOCOLS.flatMap((p) => CONTAINERS.map((n) => sample(`${p}, ${n}`, falconRatio(runs, p, n)))),
  ),
  rule('fig14-more-consistent', cases(PROTOCOLS, IDLE_LEFT), (runs) =>
    PROTOCOLS.map((p) => {
      const [falcon, overlay] = (['falcon', 'overlay'] as const).map((mode) =>
        sum(IDLE_LEFT.map((n) => variation(runs.values(busyCase(p, mode, n).key, receivedRate_pps)))),
      );
      return sample(p, [falcon / overlay]);
    }),
  ),
  rule('fig14-disabled-when-overloaded', cases(PROTOCOLS, SATURATED), (runs) =>
    PROTOCOLS.flatMap((p) =>
      SATURATED.map((n) => sample(`${p}, ${n}`, runs.values(busyCase(p, 'falcon', n).key, falconShare))),
    ),
  ),
  // The idle share left by the overlay falls with the number of containers: from the fullest to the emptiest.
  rule('needs-idle-cycles', cases(PROTOCOLS), (runs) =>
    [...CONTAINERS].reverse().map((n) => {
      const idle = bothProtocols((p) => runs.values(busyCase(p, 'overlay', n).key, (run) => 1 - receivingLoad(run)));
      return sample(`${Math.round(stats.mean(idle) * 100)}% idle`, gainAt(runs, n));
    }),
  ),
];

/** Share of stage transitions whose CPU Falcon chose. */
export function falconShare(run: FigureRun): number {
  const moved = counter(run, 'steered');
  const asked = moved + counter(run, 'steering refused');
  return asked === 0 ? 0 : moved / asked;
}
