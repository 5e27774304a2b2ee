import type { Claim } from './claim';
import { slack } from './claim';
import type { Interval } from './interval';
import { differenceInterval, interval95, mean } from './interval';

/** What was measured under one condition: one value for each seed. */
export interface Sample {
  /** The condition, e.g. 'UDP 100G' or '16 B'. */
  readonly label: string;
  readonly values: readonly number[];
}

export interface Judgement {
  readonly holds: boolean;
  /** The mean that decided: of the worst condition, or of the largest for "up to". Text for an ordering. */
  readonly measured: number | string;
  /** 95% interval of the deciding mean; for an ordering, of the difference of its ends. */
  readonly interval: Interval;
  /** What went wrong, or under which of several conditions the deciding value was found. */
  readonly detail: string;
}

/** Whether a claim holds for samples (at least one, each with at least one value). Rules: data/paper/README.md. */
export function judge(claim: Claim, samples: readonly Sample[]): Judgement {
  if (samples.length === 0) throw new Error(`claim ${claim.id}: nothing was measured`);
  for (const sample of samples) {
    if (sample.values.length === 0 || !sample.values.every(Number.isFinite)) {
      throw new Error(`claim ${claim.id}: ${sample.label} has values ${sample.values.join(', ')}`);
    }
  }
  switch (claim.relation) {
    case 'approx':
      return worst(samples, (s) => slackLeft(claim, numeric(claim), s));
    case 'greater':
      return worst(samples, (s) => interval95(s.values)[0] - numeric(claim), 'exclusive');
    case 'less':
      return worst(samples, (s) => numeric(claim) - interval95(s.values)[1], 'exclusive');
    case 'at-least':
      return worst(samples, (s) => mean(s.values) - (numeric(claim) - slack(claim, numeric(claim))));
    case 'at-most': {
      const largest = samples.reduce((a, b) => (mean(b.values) > mean(a.values) ? b : a));
      const limit = numeric(claim);
      return claim.reading === 'ceiling'
        ? worst([largest], (s) => limit + slack(claim, limit) - mean(s.values))
        : worst([largest], (s) => slackLeft(claim, limit, s));
    }
    case 'range': {
      const [low, high] = claim.value as [number, number];
      return worst(samples, (s) => {
        const m = mean(s.values);
        return Math.min(m - (low - slack(claim, low)), high + slack(claim, high) - m);
      });
    }
    case 'ordering':
      return judgeOrder(claim, inClaimedOrder(claim, samples));
  }
}

function numeric(claim: Claim): number {
  if (typeof claim.value !== 'number') throw new Error(`claim ${claim.id}: its value should be a number`);
  return claim.value;
}

function slackLeft(claim: Claim, value: number, sample: Sample): number {
  return slack(claim, value) - Math.abs(mean(sample.values) - value);
}

/** Rounding of sums must not decide a verdict. */
const ROUNDING = 1e-9;

/** The sample with the smallest margin decides; it holds if its margin is not negative. */
function worst(
  samples: readonly Sample[],
  margin: (sample: Sample) => number,
  bound: 'inclusive' | 'exclusive' = 'inclusive',
): Judgement {
  let decisive = samples[0];
  for (const sample of samples) if (margin(sample) < margin(decisive)) decisive = sample;
  const left = margin(decisive);
  return {
    holds: bound === 'inclusive' ? left >= -ROUNDING : left > ROUNDING,
    measured: mean(decisive.values),
    interval: interval95(decisive.values),
    detail: samples.length > 1 ? `decided by ${decisive.label}` : decisive.label,
  };
}

/** Samples from low to high, as the claim has them. */
function inClaimedOrder(claim: Claim, samples: readonly Sample[]): readonly Sample[] {
  if (claim.value === 'increasing') return samples;
  if (claim.value === 'decreasing') return [...samples].reverse();
  const labels = claim.value as readonly string[];
  return labels.map((label) => {
    const sample = samples.find((s) => s.label === label);
    if (sample === undefined) throw new Error(`claim ${claim.id}: ${label} was not measured`);
    return sample;
  });
}

function judgeOrder(claim: Claim, samples: readonly Sample[]): Judgement {
  const wrong: string[] = [];
  for (let i = 1; i < samples.length; i++) {
    const [low, high] = [samples[i - 1], samples[i]];
    if (mean(low.values) > mean(high.values) + slack(claim, mean(high.values)) + ROUNDING) {
      wrong.push(`${low.label} is above ${high.label}`);
    }
  }
  const ends = differenceInterval(samples[samples.length - 1].values, samples[0].values);
  if (ends[0] <= ROUNDING) wrong.push(`${samples[samples.length - 1].label} is not above ${samples[0].label}`);
  return {
    holds: wrong.length === 0,
    measured: samples.map((s) => `${s.label} ${Number(mean(s.values).toPrecision(3))}`).join(' ≤ '),
    interval: ends,
    detail: wrong.length === 0 ? 'in the claimed order' : wrong.join(', '),
  };
}
