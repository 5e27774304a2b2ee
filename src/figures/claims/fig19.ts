import type { PaperMode } from '../../experiment';
import { fixedCase, FIXED_RATES_PPS, FOOTNOTE_RATE_PPS, INTERRUPT_RATE_PPS } from '../experiments/load';
import { netRxCount, totalLoad } from '../measures';
import { gains, minus, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const LOW = FIXED_RATES_PPS.filter((rate) => rate <= 100_000);
const HIGH = FIXED_RATES_PPS.filter((rate) => rate >= 400_000);
const at = (modes: readonly PaperMode[], rates: readonly number[] = FIXED_RATES_PPS) =>
  rates.flatMap((rate) => modes.map((mode) => fixedCase(mode, rate)));
const FALCON_CON = ['falcon', 'overlay'] as const;
const FALCON_HOST = ['falcon', 'host'] as const;

/** falcon / other of the total CPU use at each rate. */
const cpuRatios = (other: PaperMode, rates: readonly number[]) => (runs: Parameters<typeof ratios>[0]) =>
  rates.map((rate) =>
    sample(
      `${rate / 1000} kpps`,
      ratios(runs, fixedCase('falcon', rate), fixedCase(other, rate), (r) => totalLoad(r)),
    ),
  );

export const FIG19_RULES: readonly ClaimRule[] = [
  rule('fig19a-low-rate-similar', at(FALCON_CON, LOW), cpuRatios('overlay', LOW)),
  rule('fig19a-high-rate-10', at(FALCON_CON, HIGH), (runs) =>
    cpuRatios(
      'overlay',
      HIGH,
    )(runs).map((s) =>
      sample(
        s.label,
        s.values.map((r) => r - 1),
      ),
    ),
  ),
  rule('fig19a-above-host', at(FALCON_HOST), cpuRatios('host', FIXED_RATES_PPS)),
  rule('fig19a-host-gap-widens', at(FALCON_HOST), (runs) => {
    const gap = (rate: number) =>
      runs.paired([fixedCase('falcon', rate).key, fixedCase('host', rate).key], (f, h) => totalLoad(f) - totalLoad(h));
    const [first, last] = [FIXED_RATES_PPS[0], FIXED_RATES_PPS[FIXED_RATES_PPS.length - 1]];
    return minus(gap(last), gap(first)).map((wider) => (wider / (last - first)) * 1e6);
  }),
  rule('fig19b-softirqs-44.6', at(FALCON_CON, [FOOTNOTE_RATE_PPS]), (runs) =>
    gains(runs, fixedCase('falcon', FOOTNOTE_RATE_PPS), fixedCase('overlay', FOOTNOTE_RATE_PPS), netRxCount),
  ),
  rule('fig19b-fewer-than-fig4', at(['overlay'], [FOOTNOTE_RATE_PPS, INTERRUPT_RATE_PPS]), (runs) =>
    minus(
      runs.values(fixedCase('overlay', FOOTNOTE_RATE_PPS).key, netRxCount),
      runs.values(fixedCase('overlay', INTERRUPT_RATE_PPS).key, netRxCount),
    ),
  ),
  rule('fig19-locality-no-worse', at(FALCON_CON), cpuRatios('overlay', FIXED_RATES_PPS)),
  rule('headline-more-cpu', at(FALCON_CON, HIGH), (runs) =>
    HIGH.map((rate) =>
      sample(
        `${rate / 1000} kpps`,
        minus(
          runs.values(fixedCase('falcon', rate).key, (r) => totalLoad(r)),
          runs.values(fixedCase('overlay', rate).key, (r) => totalLoad(r)),
        ),
      ),
    ),
  ),
  rule('softirqs-moved-not-reduced', at(FALCON_CON), (runs) =>
    FIXED_RATES_PPS.map((rate) =>
      sample(`${rate / 1000} kpps`, ratios(runs, fixedCase('falcon', rate), fixedCase('overlay', rate), netRxCount)),
    ),
  ),
];
