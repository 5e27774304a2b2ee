import { Matrix, solve } from 'ml-matrix';
import { findProfile, type Constant, type ExperimentInput } from '../experiment';
import { casesOf, readClaims, type CaseRuns, type Claim, type ClaimRule } from '../figures';
import { runCases, type FigureRunOptions } from './figureRuns';
import { fittedClaims, rulesOf, withConstants } from './paperClaims';
import { holds, residual } from './residual';

/** The profile whose fitted constants are the free parameters; the others of the paper follow it. */
const BASE_PROFILE = 'linux-5.4-mlx5';

export interface Parameter {
  readonly name: string;
  readonly value: number;
  readonly start: number;
  readonly bounds: readonly [number, number];
}

export interface FittedClaim {
  readonly id: string;
  /** In tolerances of the claim; see `residual`. */
  readonly residual: number;
  readonly holds: boolean;
  /** Residual when the claim was left out of the fit; only with `leaveOneOut`. */
  readonly leftOut?: number;
}

export interface CalibrationResult {
  readonly parameters: readonly Parameter[];
  readonly claims: readonly FittedClaim[];
  /** Sum of squared residuals, before and after. */
  readonly cost: { readonly start: number; readonly end: number };
  /** Fitted claims that are off by more than twice their tolerance when left out. */
  readonly exceptions: readonly string[];
}

export interface CalibrateOptions extends Omit<FigureRunOptions, 'source'> {
  /** Gauss-Newton steps; 0 only measures the parameters as they are. Default 2. */
  readonly steps?: number;
  /** Repeat the last step once for each claim without it. Default false. */
  readonly leaveOneOut?: boolean;
}

/** Relative change of a parameter for its derivative; large against the noise of a run. */
const DIFFERENCE = 0.1;
/** Longest step in the logarithm of a parameter. */
const LONGEST_STEP = 0.25;
/** Damping: a parameter that no claim depends on stays where it is. */
const DAMPING = 0.5;

/**
 * Fits the free parameters to the declared claims by damped Gauss-Newton steps (Levenberg-Marquardt) in the
 * logarithms of the parameters. Derivatives are differences of simulations with the same seed. A step that does
 * not lower the sum of squared residuals is halved twice and then given up.
 */
export async function calibrate(options: CalibrateOptions = {}): Promise<CalibrationResult> {
  const { steps = 2, leaveOneOut = false } = options;
  const fit = new Fit(options);
  const start = fit.parameters.map((p) => p.value);
  let values = start;
  let residuals = await fit.residuals(values);
  const startCost = cost(residuals);
  let jacobian: number[][] | undefined;
  for (let step = 0; step < steps; step++) {
    jacobian = await fit.jacobian(values, residuals);
    const next = await fit.improve(values, residuals, gaussNewton(jacobian, residuals));
    if (next === undefined) break;
    [values, residuals] = next;
  }
  const leftOut = leaveOneOut
    ? await fit.leaveOneOut(values, residuals, jacobian ?? (await fit.jacobian(values, residuals)))
    : undefined;
  const standing = await fit.standing(values);
  const claims = fit.claims.map((claim, i) => ({
    id: claim.id,
    residual: residuals[i],
    holds: standing[i],
    ...(leftOut === undefined ? {} : { leftOut: leftOut[i] }),
  }));
  return {
    parameters: fit.parameters.map((p, i) => ({ ...p, value: values[i], start: start[i] })),
    claims,
    cost: { start: startCost, end: cost(residuals) },
    exceptions: claims.filter((c) => Math.abs(c.leftOut ?? 0) > 2).map((c) => c.id),
  };
}

function cost(residuals: readonly number[]): number {
  return residuals.reduce((sum, r) => sum + r * r, 0);
}

/** Step of the logarithms that minimizes |r + J·step|² + damping·|step|². */
export function gaussNewton(jacobian: readonly (readonly number[])[], residuals: readonly number[]): number[] {
  const j = new Matrix(jacobian.map((row) => [...row]));
  const jt = j.transpose();
  const normal = jt.mmul(j).add(Matrix.eye(j.columns, j.columns).mul(DAMPING));
  const gradient = jt.mmul(Matrix.columnVector([...residuals]));
  return solve(normal, gradient.mul(-1))
    .to1DArray()
    .map((s) => Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, s)));
}

/** The claims, the parameters, and simulations of the one for values of the other. */
class Fit {
  readonly claims: readonly Claim[];
  readonly parameters: readonly Parameter[];
  private readonly rules: readonly ClaimRule[];
  private readonly base: Readonly<Record<string, Constant>>;

  constructor(private readonly options: CalibrateOptions) {
    const ids = fittedClaims();
    this.claims = readClaims().filter((claim) => ids.has(claim.id));
    const rules = new Map(rulesOf(ids).map((rule) => [rule.id, rule]));
    this.rules = this.claims.map((claim) => rules.get(claim.id) as ClaimRule);
    const profile = findProfile(BASE_PROFILE);
    if (profile === undefined) throw new Error(`no profile ${BASE_PROFILE}`);
    this.base = profile.constants;
    this.parameters = Object.entries(profile.constants)
      .filter(([, c]) => c.provenance === 'fitted' && c.bounds !== undefined)
      .map(([name, c]) => ({ name, value: c.value, start: c.value, bounds: c.bounds as readonly [number, number] }));
  }

  async residuals(values: readonly number[]): Promise<number[]> {
    const runs = await this.simulate(values, this.rules);
    return this.claims.map((claim, i) => residual(claim, this.rules[i], runs));
  }

  async standing(values: readonly number[]): Promise<boolean[]> {
    const runs = await this.simulate(values, this.rules);
    return this.claims.map((claim, i) => holds(claim, this.rules[i], runs));
  }

  /** Row for each claim: change of its residual with the logarithm of each parameter. */
  async jacobian(values: readonly number[], residuals: readonly number[]): Promise<number[][]> {
    const rows = residuals.map(() => new Array<number>(values.length).fill(0));
    for (let p = 0; p < values.length; p++) {
      if (isCount(this.parameters[p])) continue;
      const changed = values.map((v, i) => (i === p ? v * (1 + DIFFERENCE) : v));
      const moved = await this.residuals(changed);
      moved.forEach((r, i) => (rows[i][p] = (r - residuals[i]) / Math.log(1 + DIFFERENCE)));
    }
    return rows;
  }

  /** The first of the step, its half and its quarter that lowers the cost. */
  async improve(
    values: readonly number[],
    residuals: readonly number[],
    step: readonly number[],
  ): Promise<[number[], number[]] | undefined> {
    for (const share of [1, 0.5, 0.25]) {
      const next = this.moved(values, step, share);
      const reached = await this.residuals(next);
      if (cost(reached) < cost(residuals)) return [next, reached];
    }
    return undefined;
  }

  /** Residual of each claim after a step that does not know it. */
  async leaveOneOut(values: readonly number[], residuals: readonly number[], jacobian: number[][]): Promise<number[]> {
    const left: number[] = [];
    for (let i = 0; i < this.claims.length; i++) {
      const others = (_: unknown, k: number): boolean => k !== i;
      const step = gaussNewton(jacobian.filter(others), residuals.filter(others));
      const rule = this.rules[i];
      left.push(residual(this.claims[i], rule, await this.simulate(this.moved(values, step, 1), [rule])));
    }
    return left;
  }

  private moved(values: readonly number[], step: readonly number[], share: number): number[] {
    return values.map((value, i) => {
      const parameter = this.parameters[i];
      if (isCount(parameter)) return value;
      const [low, high] = parameter.bounds;
      return Math.max(low, Math.min(high, value * Math.exp(step[i] * share)));
    });
  }

  private simulate(values: readonly number[], rules: readonly ClaimRule[]): Promise<CaseRuns> {
    return runCases(
      withConstants(casesOf(rules), (profile) => this.constants(profile, values)),
      this.options,
    );
  }

  /** Where another profile departs from the base, it keeps its ratio to it. */
  private constants(profileId: string, values: readonly number[]): ExperimentInput['costs'] {
    const own = findProfile(profileId)?.constants ?? {};
    return Object.fromEntries(
      this.parameters.map(({ name }, i) => [name, (values[i] * own[name].value) / this.base[name].value]),
    );
  }
}

/** Counts (segments) are chosen by hand: a simulation does not depend on them smoothly. */
function isCount(parameter: Parameter): boolean {
  return parameter.name.startsWith('gro.');
}
