import type { Claim, ClaimResult } from './claims';

/**
 * Claims that a figure bears out: those that the paper makes of it or of its panels (`13a,13b` belongs to `13`),
 * and those that the text makes of the same runs (`fig12-tcp-small-under-no-effect`).
 * @param figure as the paper numbers it, without panels, e.g. `12`
 */
export function claimsOfFigure(claims: readonly Claim[], figure: string): readonly Claim[] {
  const panel = new RegExp(`^${figure}[a-z]?$`);
  const name = new RegExp(`^fig${figure}[a-z]?-`);
  return claims.filter((claim) => claim.figure.split(',').some((part) => panel.test(part)) || name.test(claim.id));
}

/** Row for each claim with what it says, as `showTable` takes them; results in any order, claims without one left out. */
export function claimsTable(claims: readonly Claim[], results: readonly ClaimResult[]): Record<string, string>[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  return claims.flatMap((claim) => {
    const result = byId.get(claim.id);
    if (result === undefined) return [];
    return [
      {
        'the paper says': claim.statement,
        figure: claim.figure,
        paper: expectedText(claim),
        tolerance: toleranceText(claim),
        measured: numberText(result.measured),
        '95% interval': result.interval === null ? '' : result.interval.map(numberText).join(' to '),
        verdict: result.verdict,
        basis: result.basis,
        claim: claim.id,
      },
    ];
  });
}

function expectedText({ relation, value, reading }: Claim): string {
  if (relation === 'ordering') return typeof value === 'string' ? value : (value as readonly string[]).join(' ≤ ');
  if (relation === 'range') return (value as readonly number[]).map(numberText).join(' to ');
  const words = { approx: '', greater: 'above ', less: 'below ', 'at-least': 'at least ', 'at-most': 'up to ' };
  return (reading === 'ceiling' ? 'at most ' : words[relation]) + numberText(value as number);
}

function toleranceText({ tolerance }: Claim): string {
  if ('relative' in tolerance) return `±${numberText(tolerance.relative * 100)}%`;
  return tolerance.absolute === 0 ? 'none' : `±${numberText(tolerance.absolute)}`;
}

function numberText(value: number | string | null): string {
  if (value === null) return '';
  return typeof value === 'number' ? String(Number(value.toPrecision(3))) : value;
}
