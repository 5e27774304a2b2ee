import type { PaperKernel, PaperLink, PaperMode } from '../../experiment';
import type { CaseRuns } from '../cases';
import { ABOVE_MTU, BELOW_MTU, STRESS_SIZES, stressCases, stressRatios, type StressSize } from '../experiments/stress';
import { geometricMean } from '../measures';
import { mean } from './interval';
import { minus, rule, sample } from './rule';
import type { ClaimRule } from './scoreboard';

const LINKS = ['10G', '100G'] as const;
const KERNELS = ['4.19', '5.4'] as const;
const MODES = ['host', 'overlay', 'falcon'] as const;
const [SMALLEST] = STRESS_SIZES;
const LARGEST = STRESS_SIZES[STRESS_SIZES.length - 1];

const grid = (links: readonly PaperLink[] = LINKS, sizes: readonly StressSize[] = STRESS_SIZES) =>
  links.flatMap((link) =>
    KERNELS.flatMap((kernel) =>
      sizes.flatMap((size) => MODES.flatMap((mode) => stressCases({ mode, link, kernel, size }))),
    ),
  );

function rateRatios(
  runs: CaseRuns,
  a: PaperMode,
  b: PaperMode,
  link: PaperLink,
  kernel: PaperKernel,
  size: StressSize,
) {
  return stressRatios({ mode: a, link, kernel, size }, { mode: b, link, kernel, size }, runs);
}

/** Falcon over the other mode for each link, kernel and size. */
function each(runs: CaseRuns, other: PaperMode, links: readonly PaperLink[], sizes: readonly StressSize[]) {
  return links.flatMap((link) =>
    KERNELS.flatMap((kernel) =>
      sizes.map((size) =>
        sample(`${link}, ${kernel}, ${size} B`, rateRatios(runs, 'falcon', other, link, kernel, size)),
      ),
    ),
  );
}

function kernelRatios(runs: CaseRuns, mode: PaperMode, link: PaperLink, size: StressSize): number[] {
  return stressRatios({ mode, link, kernel: '5.4', size }, { mode, link, kernel: '4.19', size }, runs);
}

/** Geometric mean of samples, seed by seed. */
function together(samples: readonly (readonly number[])[]): number[] {
  const seeds = Math.min(...samples.map((s) => s.length));
  return Array.from({ length: seeds }, (_, seed) => geometricMean(samples.map((s) => s[seed])));
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
      MODES.flatMap((mode) => STRESS_SIZES.map((size) => kernelRatios(runs, mode, link, size))),
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
