import * as stats from 'simple-statistics';

/** Low and high end. */
export type Interval = readonly [number, number];

/**
 * Two-sided 95% quantiles of Student's t for 1 to 30 degrees of freedom (any statistics textbook);
 * simple-statistics has the normal distribution only.
 */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** The normal quantile serves where the table ends; it is 2% too small at worst. */
export function tQuantile975(degreesOfFreedom: number): number {
  return T_975[Math.floor(degreesOfFreedom) - 1] ?? 1.96;
}

export function mean(values: readonly number[]): number {
  return stats.mean(values as number[]);
}

/** 95% interval of the mean over seeds. One seed gives no spread: the interval is the value itself. */
export function interval95(values: readonly number[]): Interval {
  const m = mean(values);
  if (values.length < 2) return [m, m];
  const half =
    (tQuantile975(values.length - 1) * stats.sampleStandardDeviation(values as number[])) / Math.sqrt(values.length);
  return [m - half, m + half];
}

/** 95% interval of `mean(a) - mean(b)` for independent samples (Welch). */
export function differenceInterval(a: readonly number[], b: readonly number[]): Interval {
  const difference = mean(a) - mean(b);
  const [va, vb] = [a, b].map((v) => (v.length < 2 ? 0 : stats.sampleVariance(v as number[]) / v.length));
  const variance = va + vb;
  if (variance === 0) return [difference, difference];
  const freedom = variance ** 2 / (va ** 2 / Math.max(1, a.length - 1) + vb ** 2 / Math.max(1, b.length - 1));
  const half = tQuantile975(Math.max(1, freedom)) * Math.sqrt(variance);
  return [difference - half, difference + half];
}
