import type { CaseRuns, FigureRun } from '../cases';
import { memcachedCase, webCase } from '../experiments/applications';
import { coreLoads, latencyQuantile_us, meanLatency_us, operationValues, totalLoad } from '../measures';
import { losses, minus, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';
import type { Sample } from './verdict';

const [OVERLAY, FALCON] = [webCase('overlay'), webCase('falcon')];
const WEB = [OVERLAY, FALCON];

/** falcon/overlay of one metric for each operation. */
function perOperation(runs: CaseRuns, metric: string, statistic: string): Sample[] {
  const read = (run: FigureRun) => operationValues(run, metric, statistic);
  const operations = [...read(runs.of(OVERLAY.key)[0]).keys()].filter((operation) => operation !== '');
  return operations.map((operation) =>
    sample(
      operation,
      runs.paired(
        [FALCON.key, OVERLAY.key],
        (f, o) => (read(f).get(operation) ?? NaN) / (read(o).get(operation) ?? NaN),
      ),
    ),
  );
}

const shifted = (samples: readonly Sample[], f: (value: number) => number): Sample[] =>
  samples.map((s) => sample(s.label, s.values.map(f)));

const busiestCore = (run: FigureRun): number => Math.max(...coreLoads(run).values());

const CLIENTS = { one: 1, ten: 10 } as const;
const memcached = (clients: number) => [memcachedCase('falcon', clients), memcachedCase('overlay', clients)] as const;
const p99 = (run: FigureRun): number => latencyQuantile_us(run, 0.99);
const reduction = (runs: CaseRuns, clients: number, measure: (run: FigureRun) => number): number[] =>
  losses(runs, ...memcached(clients), measure);
/** Share of the machine's time that goes into interrupts: what mpstat prints as %irq and %soft. */
const interruptShare = (run: FigureRun): number => totalLoad(run, ['softirq', 'hardirq']) / coreLoads(run).size;
const SHARE_CLIENTS = [1, 4, 10] as const;

/** Figures 17 and 18: applications. */
export const FIG17_RULES: readonly ClaimRule[] = [
  rule('fig17a-ops-300', WEB, (runs) => shifted(perOperation(runs, 'rate', 'total'), (r) => r - 1)),
  rule('fig17a-all-ops-improve', WEB, (runs) => perOperation(runs, 'rate', 'total')),
  rule('fig17b-response-63', WEB, (runs) => shifted(perOperation(runs, 'latency', 'mean'), (r) => 1 - r)),
  rule('fig17c-delay-53', WEB, (runs) => shifted(perOperation(runs, 'delay', 'mean'), (r) => 1 - r)),
  rule('fig17-cause-spread', WEB, (runs) => ratios(runs, FALCON, OVERLAY, busiestCore)),
  rule('fig18-one-client-p99-7', [...memcached(CLIENTS.one)], (runs) => reduction(runs, CLIENTS.one, p99)),
  rule('fig18-ten-clients-avg-51', [...memcached(CLIENTS.ten)], (runs) =>
    reduction(runs, CLIENTS.ten, (run) => meanLatency_us(run)),
  ),
  rule('fig18-ten-clients-p99-53', [...memcached(CLIENTS.ten)], (runs) => reduction(runs, CLIENTS.ten, p99)),
  rule('fig18-gain-grows-with-clients', [...memcached(CLIENTS.one), ...memcached(CLIENTS.ten)], (runs) => [
    sample(
      'mean',
      minus(
        reduction(runs, CLIENTS.ten, (r) => meanLatency_us(r)),
        reduction(runs, CLIENTS.one, (r) => meanLatency_us(r)),
      ),
    ),
    sample('p99', minus(reduction(runs, CLIENTS.ten, p99), reduction(runs, CLIENTS.one, p99))),
  ]),
  rule(
    'fig18-interrupt-share-grows',
    SHARE_CLIENTS.map((n) => memcachedCase('overlay', n)),
    (runs) =>
      SHARE_CLIENTS.map((n) => sample(`${n} clients`, runs.values(memcachedCase('overlay', n).key, interruptShare))),
  ),
];
