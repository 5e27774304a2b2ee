import { casesOf, claimsOfFigure, claimsTable, readClaims, scoreboard, totals, type ClaimResult } from '../figures';
import { showMarkdown, showTable } from '../plot';
import { runCases, type FigureRunOptions } from './figureRuns';
import { fittedClaims, rulesOf } from './paperClaims';

type Options = Omit<FigureRunOptions, 'source'>;

/**
 * Judges the claims of one figure; simulates what they need beyond the figure itself, or takes it from the cache.
 * @param figure as the paper numbers it, without panels, e.g. `12`
 */
export async function figureClaims(figure: string, options: Options = {}): Promise<ClaimResult[]> {
  const claims = claimsOfFigure(readClaims(), figure);
  const rules = rulesOf(new Set(claims.map((claim) => claim.id)));
  return scoreboard(claims, rules, await runCases(casesOf(rules), options), fittedClaims());
}

/** Shows, in the notebook that runs this code, what the paper claims of a figure and whether it holds. */
export async function showClaims(figure: string, options: Options = {}): Promise<void> {
  const results = await figureClaims(figure, options);
  showTable(claimsTable(readClaims(), results), { limit: results.length });
  showMarkdown(summary(results));
}

function summary(results: readonly ClaimResult[]): string {
  const { verdicts, holding } = totals(results);
  const first =
    `${verdicts.holds} of ${verdicts.holds + verdicts.fails} computable claims hold: ` +
    `${holding.predicted} predicted, ${holding.fitted} fitted; ${verdicts['not computable']} not computable.`;
  const open = results.filter((r) => r.verdict !== 'holds');
  return [first, '', ...open.map(({ id, verdict, reason }) => `- \`${id}\`, ${verdict}: ${reason ?? ''}`)].join('\n');
}
