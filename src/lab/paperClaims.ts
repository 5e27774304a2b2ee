import { PROFILES, type ExperimentInput } from '../experiment';
import { casesOf, CLAIM_RULES, readClaims, scoreboard, type Case, type ClaimResult, type ClaimRule } from '../figures';
import { runCases, type FigureRunOptions } from './figureRuns';

/** Claims that any profile was fitted to. */
export function fittedClaims(): Set<string> {
  return new Set(PROFILES.flatMap((profile) => profile.fittedTo));
}

/** Simulates what the claims need (or takes it from the cache) and judges each. */
export async function paperScoreboard(options: Omit<FigureRunOptions, 'source'> = {}): Promise<ClaimResult[]> {
  const claims = readClaims();
  const runs = await runCases(casesOf(CLAIM_RULES), options);
  return scoreboard(claims, CLAIM_RULES, runs, fittedClaims());
}

/** The rules of some claims, in the order of `CLAIM_RULES`. */
export function rulesOf(ids: ReadonlySet<string>): ClaimRule[] {
  return CLAIM_RULES.filter((rule) => ids.has(rule.id));
}

/** The cases of some claims with other constants in place of the profile's. */
export function withConstants(
  cases: readonly Case[],
  constants: (profile: string) => ExperimentInput['costs'],
): Case[] {
  return cases.map((c) => ({
    ...c,
    experiment: { ...c.experiment, costs: { ...c.experiment.costs, ...constants(c.experiment.profile ?? '') } },
  }));
}
