import { decide, judge, type CaseRuns, type Claim, type ClaimRule, type Sample } from '../figures';

/** How far a claim is from holding, in tolerances: 0 is the paper's value, ±1 the edge of what holds. */
export function residual(claim: Claim, rule: ClaimRule, runs: CaseRuns): number {
  if ('notComputable' in rule) throw new Error(`claim ${claim.id} cannot be computed, so nothing can be fitted to it`);
  const samples = rule.measure(runs);
  const { measured } = judge(claim, samples);
  if (claim.relation === 'ordering') return -Math.min(0, endsApart(claim, samples)) / DIRECTION_SCALE;
  if (typeof measured !== 'number' || typeof claim.value !== 'number') {
    throw new Error(`claim ${claim.id}: only numbers and orders can be fitted to`);
  }
  const scale = scaleOf(claim, claim.value);
  const difference = (measured - claim.value) / scale;
  if (claim.relation === 'greater' || claim.relation === 'at-least') return Math.min(0, difference);
  if (claim.relation === 'less' || claim.reading === 'ceiling') return Math.max(0, difference);
  return difference;
}

/** A direction has no tolerance; a twentieth on the wrong side counts as one. */
const DIRECTION_SCALE = 0.05;

function scaleOf(claim: Claim, value: number): number {
  const slack = 'relative' in claim.tolerance ? Math.abs(value) * claim.tolerance.relative : claim.tolerance.absolute;
  return slack > 0 ? slack : DIRECTION_SCALE;
}

function endsApart(claim: Claim, samples: readonly Sample[]): number {
  const mean = (sample: Sample): number => sample.values.reduce((a, b) => a + b, 0) / sample.values.length;
  const means = samples.map(mean);
  const [first, last] = [means[0], means[means.length - 1]];
  return claim.value === 'decreasing' ? first - last : last - first;
}

/** Whether the claim holds for the runs. */
export function holds(claim: Claim, rule: ClaimRule, runs: CaseRuns): boolean {
  return decide(claim, rule, runs, 'fitted').verdict === 'holds';
}
