import { plotFigure, stackedPanel, type PlotFigure } from '../plot';
import { totals, type ClaimResult } from './claims';

/** Kinds of lines of the scoreboard, from the bottom up. Failing claims stand out; what was fitted is paler than a prediction. */
const PARTS = [
  {
    label: 'holds, predicted',
    color: '#009e73',
    keep: (r: ClaimResult) => r.verdict === 'holds' && r.basis === 'predicted',
  },
  { label: 'holds, fitted', color: '#8fd3bd', keep: (r: ClaimResult) => r.verdict === 'holds' && r.basis === 'fitted' },
  { label: 'fails', color: '#d55e00', keep: (r: ClaimResult) => r.verdict === 'fails' },
  { label: 'not computable', color: '#bbbbbb', keep: (r: ClaimResult) => r.verdict === 'not computable' },
] as const;

/** The figure of a claim without its panels: 13 for "13a,13b"; `text` stays. */
function figureOf(result: ClaimResult): string {
  return /^\d+/.exec(result.figure)?.[0] ?? result.figure;
}

/** The claims of each figure, by verdict. */
export function drawScoreboard(results: readonly ClaimResult[]): PlotFigure {
  const figures = [...new Set(results.map(figureOf))].sort((a, b) => (Number(a) || 0) - (Number(b) || 0));
  const { verdicts, holding } = totals(results);
  const computable = verdicts.holds + verdicts.fails;
  return plotFigure({
    id: 'scoreboard',
    title: `${verdicts.holds} of ${computable} computable claims hold`,
    caption:
      `${results.length} claims of the paper, by the figure that shows them. ${holding.predicted} of those that hold are ` +
      `predictions, ${holding.fitted} were fitted to; ${verdicts['not computable']} are not computable. A number holds within ` +
      'the tolerance stated in data/paper/claims.json, 15% unless said otherwise.',
    panels: [
      stackedPanel({
        x: { title: 'Figure of the paper, or its text' },
        y: { title: 'Claims' },
        categories: figures,
        parts: PARTS.map(({ label, color, keep }) => ({
          style: { label, color, source: 'simulated' },
          values: figures.map((figure) => results.filter((r) => figureOf(r) === figure && keep(r)).length),
        })),
      }),
    ],
  });
}
