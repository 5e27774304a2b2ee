import { describe, expect, it } from 'vitest';
import { claimsOfFigure, claimsTable, FIGURES, readClaims, type ClaimResult } from '../../src/figures';

const claims = readClaims();
const idsOf = (figure: string): string[] => claimsOfFigure(claims, figure).map((claim) => claim.id);

describe('the claims of a figure', () => {
  it('include those of its panels and those that the text makes of its runs, and no other figure’s', () => {
    expect(idsOf('13')).toContain('fig13-udp-gain-63');
    expect(idsOf('12')).toContain('fig12-tcp-small-under-no-effect');
    expect(idsOf('1')).toEqual([]);
    expect(idsOf('2').filter((id) => !id.startsWith('fig2'))).toEqual([]);
  });

  it('leave no claim of a figure without a figure', () => {
    const numbers = new Set(FIGURES.map((study) => study.figure.replace(/[a-z]$/, '')));
    const found = new Set([...numbers].flatMap(idsOf));
    expect(claims.filter((claim) => claim.figure !== 'text' && !found.has(claim.id))).toEqual([]);
  });

  it('say in words what the paper has, and how far the measured value may be off', () => {
    const ids = ['fig2d-udp-latency', 'fig12a-udp-under-modest', 'fig13-tcp-order', 'fig15-always-on-hurts'];
    const results = ids.map((id): ClaimResult => ({
      id,
      figure: '',
      expected: 0,
      measured: 2.00011,
      interval: [1.9, 2.1],
      verdict: 'holds',
      basis: 'predicted',
    }));
    const rows = claimsTable(claims, results);
    expect(rows.map((row) => [row.paper, row.tolerance])).toEqual([
      ['up to 2', '±15%'],
      ['0.75 to 1', 'none'],
      ['con ≤ host ≤ falcon ≤ host+', 'none'],
      ['below 1', 'none'],
    ]);
    expect(rows[0]).toMatchObject({
      measured: '2',
      '95% interval': '1.9 to 2.1',
      verdict: 'holds',
      basis: 'predicted',
    });
  });
});
