import * as stats from 'simple-statistics';
import { studentQuantile } from '../../table';

/** Low and high end. */
export type Interval = readonly [number, number];

export function mean(values: readonly number[]): number {
  return stats.mean(values as number[]);
}

/** Student's t below which lie 97.5%; whole degrees of freedom, rounded down (the wider interval). */
function t975(degrees: number): number {
  return studentQuantile(0.975, Math.max(1, Math.floor(degrees)));
}

/** 95% interval of the mean over seeds. One seed gives no spread: the interval is the value itself. */
export function interval95(values: readonly number[]): Interval {
  const m = mean(values);
  if (values.length < 2) return [m, m];
  const deviation = stats.sampleStandardDeviation(values as number[]);
  const half = (t975(values.length - 1) * deviation) / Math.sqrt(values.length);
  return [m - half, m + half];
}

/** 95% interval of `mean(a) - mean(b)` for independent samples (Welch). */
export function differenceInterval(a: readonly number[], b: readonly number[]): Interval {
  const difference = mean(a) - mean(b);
  const [va, vb] = [a, b].map((v) => (v.length < 2 ? 0 : stats.sampleVariance(v as number[]) / v.length));
  const variance = va + vb;
  if (variance === 0) return [difference, difference];
  const degrees = variance ** 2 / (va ** 2 / Math.max(1, a.length - 1) + vb ** 2 / Math.max(1, b.length - 1));
  const half = t975(degrees) * Math.sqrt(variance);
  return [difference - half, difference + half];
}
