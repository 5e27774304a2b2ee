import { meanInterval } from '../table';

/** One comparison of what must be with what came out. */
export interface VerifyLine {
  /** What is checked, e.g. `M/M/1, ρ = 0.8`. */
  readonly check: string;
  readonly quantity: string;
  readonly expected: string;
  readonly observed: string;
  /** How the two were compared, e.g. `99.9 % interval of 20 replications`. */
  readonly method: string;
  readonly passed: boolean;
}

export interface VerifyOptions {
  /** Default 1. Other seeds give other samples; a sound model passes with nearly all of them. */
  readonly seed: number;
}

export const VERIFY_DEFAULTS: VerifyOptions = { seed: 1 };

/** A check runs when it is iterated, so that its lines can be printed as they come. */
export interface Check {
  readonly title: string;
  readonly run: (options: VerifyOptions) => Iterable<VerifyLine>;
}

/** One line in a thousand may fail by chance. */
export const CONFIDENCE = 0.999;
/** An interval that is wider than this share of the expected value proves nothing, and fails. */
export const WIDEST_SHARE = 0.05;

/** Compares a mean over independent replications with its closed form. */
export function compareMean(check: string, quantity: string, expected: number, values: readonly number[]): VerifyLine {
  const { mean, halfWidth } = meanInterval(values, CONFIDENCE);
  return {
    check,
    quantity,
    expected: expected.toPrecision(5),
    observed: `${mean.toPrecision(5)} ± ${halfWidth.toPrecision(2)}`,
    method: `${100 * CONFIDENCE} % interval, ${values.length} replications`,
    passed: Math.abs(mean - expected) <= halfWidth && halfWidth <= WIDEST_SHARE * Math.abs(expected),
  };
}

/** Compares two values that must be the same. */
export function compareExactly(check: string, quantity: string, expected: string, observed: string): VerifyLine {
  return { check, quantity, expected, observed, method: 'exact', passed: expected === observed };
}
