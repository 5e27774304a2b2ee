import type { Case, CaseRuns } from '../cases';
import type { Claim } from './claim';
import { EXPLANATIONS } from './explanations';
import type { Interval } from './interval';
import type { Judgement, Sample } from './verdict';
import { judge } from './verdict';

export type Verdict = 'holds' | 'fails' | 'not computable';

/** `fitted`: the profiles' parameters were fitted to this claim. */
export type Basis = 'fitted' | 'predicted';

/** One line of the scoreboard; the JSON of `falcon-lab claims --json`. */
export interface ClaimResult {
  readonly id: string;
  readonly figure: string;
  /** The paper's value, as in data/paper/claims.json. */
  readonly expected: Claim['value'];
  /** The deciding mean over seeds; text for an ordering; null if not computable. */
  readonly measured: number | string | null;
  /** 95% interval of the deciding mean (of the difference of the ends, for an ordering). */
  readonly interval: Interval | null;
  readonly verdict: Verdict;
  readonly basis: Basis;
  /** Why it fails or is not computable. */
  readonly reason?: string;
}

/** How one claim is measured. */
export interface ClaimMeasure {
  readonly id: string;
  /** Experiments whose runs it reads. */
  readonly cases: readonly Case[];
  /** One sample for each condition under which the claim is made. */
  readonly measure: (runs: CaseRuns) => readonly Sample[];
}

/** A claim that no run can decide. */
export interface NotComputable {
  readonly id: string;
  readonly notComputable: string;
}

export type ClaimRule = ClaimMeasure | NotComputable;

/** Judges one claim by its rule. */
export function decide(claim: Claim, rule: ClaimRule, runs: CaseRuns, basis: Basis): ClaimResult {
  const { id, figure, value: expected } = claim;
  if ('notComputable' in rule) {
    return {
      id,
      figure,
      expected,
      measured: null,
      interval: null,
      verdict: 'not computable',
      basis,
      reason: rule.notComputable,
    };
  }
  let judgement: Judgement;
  try {
    judgement = judge(claim, rule.measure(runs));
  } catch (error) {
    // Runs without what the rule reads (no deliveries, no such table) leave the claim open, and say so.
    const reason = (error as Error).message;
    return { id, figure, expected, measured: null, interval: null, verdict: 'not computable', basis, reason };
  }
  const { measured, interval } = judgement;
  if (judgement.holds) return { id, figure, expected, measured, interval, verdict: 'holds', basis };
  const reason = [judgement.detail, EXPLANATIONS.get(id)]
    .filter((text) => text !== undefined && text !== '')
    .join('; ');
  return { id, figure, expected, measured, interval, verdict: 'fails', basis, reason };
}

/** All claims in the order of the paper. @throws Error if a claim has no rule, or a rule no claim (a defect). */
export function scoreboard(
  claims: readonly Claim[],
  rules: readonly ClaimRule[],
  runs: CaseRuns,
  fittedTo: ReadonlySet<string>,
): ClaimResult[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  if (byId.size !== rules.length) throw new Error('a claim has two rules');
  const results = claims.map((claim) => {
    const rule = byId.get(claim.id);
    if (rule === undefined) throw new Error(`claim ${claim.id} has no rule`);
    byId.delete(claim.id);
    return decide(claim, rule, runs, fittedTo.has(claim.id) ? 'fitted' : 'predicted');
  });
  if (byId.size > 0) throw new Error(`no such claims: ${[...byId.keys()].join(', ')}`);
  return results;
}

export interface Totals {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Of the claims that hold. */
  readonly holding: Readonly<Record<Basis, number>>;
}

export function totals(results: readonly ClaimResult[]): Totals {
  const count = (keep: (r: ClaimResult) => boolean): number => results.filter(keep).length;
  return {
    verdicts: {
      holds: count((r) => r.verdict === 'holds'),
      fails: count((r) => r.verdict === 'fails'),
      'not computable': count((r) => r.verdict === 'not computable'),
    },
    holding: {
      fitted: count((r) => r.verdict === 'holds' && r.basis === 'fitted'),
      predicted: count((r) => r.verdict === 'holds' && r.basis === 'predicted'),
    },
  };
}
