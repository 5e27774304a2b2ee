import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Random } from '../core';

/** An estimate and how far it may be off. */
export interface Estimate {
  readonly mean: number;
  /** The interval is mean ± this; infinite for a single value. */
  readonly halfWidth: number;
  /** Chance that such intervals hold the true mean, e.g. 0.95. */
  readonly confidence: number;
  /** Number of independent values behind the estimate. */
  readonly n: number;
}

/** Summary of values: empirical quantiles by linear interpolation between order statistics (type 7). */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); NaN for one value. */
  readonly deviation: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws RangeError on no values */
export function summaryOf(values: ArrayLike<number>): Summary {
  const sorted = sortedCopy(values);
  return {
    n: sorted.length,
    mean: mean(sorted),
    deviation: sorted.length > 1 ? sampleStandardDeviation(sorted) : NaN,
    min: sorted[0],
    median: quantileOfSorted(sorted, 0.5),
    max: sorted[sorted.length - 1],
  };
}

/**
 * Quantile of values: linear interpolation between order statistics, the default of R and NumPy (type 7).
 * @param p 0 … 1
 * @throws RangeError on no values
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(sortedCopy(values), p);
}

/**
 * Quantile of a histogram: the smallest value at which the counts from below reach the share `p`.
 * @param values bin values in ascending order
 * @param counts of the same length
 */
export function histogramQuantile(values: ArrayLike<number>, counts: ArrayLike<number>, p: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  if (total === 0) return NaN;
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    below += counts[i];
    if (counts[i] > 0 && below >= p * total) return values[i];
  }
  return values[values.length - 1];
}

/**
 * Mean of independent values with its confidence interval after Student: mean ± t · s / √n.
 * The values must be independent: repetitions with other seeds, or batch means. Not successive packets.
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): Estimate {
  const list = Array.from(values);
  if (list.length === 0) throw new RangeError('no values to average');
  const n = list.length;
  const centre = mean(list);
  if (n === 1) return { mean: centre, halfWidth: Infinity, confidence, n };
  const t = studentQuantile((1 + confidence) / 2, n - 1);
  return { mean: centre, halfWidth: (t * sampleStandardDeviation(list)) / Math.sqrt(n), confidence, n };
}

/**
 * Means of successive batches of equal length, for an interval from one long run: batches much longer
 * than the correlation are nearly independent. What does not fill a batch at the end is left out.
 */
export function batchMeans(values: ArrayLike<number>, batches: number): Float64Array {
  const length = Math.floor(values.length / batches);
  if (length === 0) throw new RangeError(`${values.length} values do not fill ${batches} batches`);
  const means = new Float64Array(batches);
  for (let b = 0; b < batches; b++) {
    let sum = 0;
    for (let i = b * length; i < (b + 1) * length; i++) sum += values[i];
    means[b] = sum / length;
  }
  return means;
}

/** An interval that need not be symmetric. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * Percentile bootstrap of a statistic of independent values: the statistic of `resamples` samples drawn with
 * replacement, cut at both ends. For medians and ratios, where Student's interval does not apply.
 */
export function bootstrapInterval(
  values: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  random: Random,
  { confidence = 0.95, resamples = 2000 }: { confidence?: number; resamples?: number } = {},
): Interval {
  if (values.length === 0) throw new RangeError('no values to resample');
  const sample = new Float64Array(values.length);
  const statistics = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < sample.length; i++) sample[i] = values[random.below(values.length)];
    statistics[r] = statistic(sample);
  }
  statistics.sort();
  return {
    low: quantileOfSorted(statistics, (1 - confidence) / 2),
    high: quantileOfSorted(statistics, (1 + confidence) / 2),
    confidence,
  };
}

/** Quantile of Student's t distribution by bisection of its distribution function; exact to 1e-12 relative. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`quantile of ${p}, which is not between 0 and 1`);
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  let low = 0;
  let high = 1;
  while (studentDistribution(high, degrees) < p) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentDistribution(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * P(T ≤ t) for t ≥ 0 and whole degrees of freedom: the finite trigonometric sums of
 * Abramowitz and Stegun, 26.7.3 and 26.7.4.
 */
function studentDistribution(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(theta);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const between = isOdd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  return (1 + between) / 2;
}

function sortedCopy(values: ArrayLike<number>): number[] {
  if (values.length === 0) throw new RangeError('no values');
  return Array.from(values).sort((x, y) => x - y);
}

function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile of ${p}, which is not between 0 and 1`);
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
