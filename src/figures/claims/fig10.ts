import type { PaperKernel, PaperLink, PaperMode } from '../../experiment';
import type { CaseRuns } from '../cases';
import { BELOW_MTU, STRESS_SIZES, stressCase } from '../experiments/stress';
import { geometricMean, receivedRate_pps } from '../measures';
import { mean } from './interval';
import { minus, ratios, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const LINKS = ['10G', '100G'] as const;
const KERNELS = ['4.19', '5.4'] as const;
const MODES = ['host', 'overlay', 'falcon'] as const;
const ABOVE_MTU = STRESS_SIZES.filter((size) => !BELOW_MTU.includes(size));
const [SMALLEST] = STRESS_SIZES;
const LARGEST = STRESS_SIZES[STRESS_SIZES.length - 1];

const grid = (links: readonly PaperLink[] = LINKS, sizes: readonly number[] = STRESS_SIZES) =>
  links.flatMap((link) =>
    KERNELS.flatMap((kernel) =>
      sizes.flatMap((size) =>
        MODES.map((mode) => stressCase(mode, link, kernel, size as (typeof STRESS_SIZES)[number])),
      ),
    ),
  );

function rateRatios(runs: CaseRuns, a: PaperMode, b: PaperMode, link: PaperLink, kernel: PaperKernel, size: number) {
  return ratios(runs, stressCase(a, link, kernel, size), stressCase(b, link, kernel, size), receivedRate_pps);
}

/** Falcon over the other mode for each link, kernel and size. */
function each(runs: CaseRuns, other: PaperMode, links: readonly PaperLink[], sizes: readonly number[]) {
  return links.flatMap((link) =>
    KERNELS.flatMap((kernel) =>
      sizes.map((size) =>
        sample(`${link}, ${kernel}, ${size} B`, rateRatios(runs, 'falcon', other, link, kernel, size)),
      ),
    ),
  );
}

/** Geometric mean of samples, seed by seed. */
function together(samples: readonly (readonly number[])[]): number[] {
  return samples[0].map((_, seed) => geometricMean(samples.map((s) => s[seed])));
}

const atBest100G = (runs: CaseRuns) => each(runs, 'host', ['100G'], STRESS_SIZES);

export const FIG10_RULES: readonly ClaimRule[] = [
  rule('headline-udp-87', grid(['100G']), atBest100G),
  rule('fig10-100g-87', grid(['100G']), atBest100G),
  rule('fig10-falcon-beats-con', grid(), (runs) =>
    LINKS.flatMap((link) =>
      KERNELS.map((kernel) =>
        sample(
          `${link}, ${kernel}`,
          together(STRESS_SIZES.map((size) => rateRatios(runs, 'falcon', 'overlay', link, kernel, size))),
        ),
      ),
    ),
  ),
  rule('fig10-gain-larger-for-large', grid(['100G'], [SMALLEST, LARGEST]), (runs) =>
    KERNELS.map((kernel) =>
      sample(
        kernel,
        minus(
          rateRatios(runs, 'falcon', 'overlay', '100G', kernel, LARGEST),
          rateRatios(runs, 'falcon', 'overlay', '100G', kernel, SMALLEST),
        ),
      ),
    ),
  ),
  // Near-native where the 10G link binds; below one MTU the next but one claim sees the gap.
  rule('fig10-10g-near-native', grid(['10G'], ABOVE_MTU), (runs) => each(runs, 'host', ['10G'], ABOVE_MTU)),
  rule('fig10-gap-below-mtu', grid(['100G'], BELOW_MTU), (runs) =>
    each(runs, 'host', ['100G'], BELOW_MTU).map((s) =>
      sample(
        s.label,
        s.values.map((r) => 1 - r),
      ),
    ),
  ),
  rule('fig10-kernel-5.4-mixed', grid(), (runs) => {
    const cases = LINKS.flatMap((link) =>
      MODES.flatMap((mode) =>
        STRESS_SIZES.map((size) =>
          ratios(runs, stressCase(mode, link, '5.4', size), stressCase(mode, link, '4.19', size), receivedRate_pps),
        ),
      ),
    ).sort((a, b) => mean(a) - mean(b));
    return [
      sample('worst case', cases[0]),
      sample(
        '1',
        cases[0].map(() => 1),
      ),
      sample('best case', cases[cases.length - 1]),
    ];
  }),
  rule('fig10-both-kernels', grid(), (runs) =>
    KERNELS.map((kernel) =>
      sample(
        kernel,
        together(
          LINKS.flatMap((link) =>
            STRESS_SIZES.map((size) => rateRatios(runs, 'falcon', 'overlay', link, kernel, size)),
          ),
        ),
      ),
    ),
  ),
];
