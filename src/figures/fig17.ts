import { barPanel, plotFigure, systemStyle, type Figure } from '../plot';
import { APPLICATION_MODES, webCase } from './experiments/applications';
import { operationValues } from './measures';
import { barsOf, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

const PANELS = [
  ['(a) successful operations', 'Rate', '1/s', 'rate', 'total'],
  ['(b) response time', 'Mean', 'ms', 'latency', 'mean'],
  ['(c) delay time', 'Mean', 'ms', 'delay', 'mean'],
] as const;

/** Figure 17: Cloudsuite web serving. */
export const FIG17: FigureStudy = {
  figure: '17',
  id: 'fig17',
  title: 'Web serving by operation',
  cases: APPLICATION_MODES.map(webCase),
  captures: [],
  captureNote: 'No capture can show it: the web service and its 200 users were not recorded.',
  draw,
};

/** `ReceiveChatMessage` is wider than its bars. */
function inTwoLines(operation: string): string {
  return operation.replace(/([a-z])([A-Z])/, '$1\n$2');
}

function draw({ simulated }: FigureInput): Figure[] {
  if (simulated === undefined) throw new Error('figure 17 needs simulated runs');
  const runs = APPLICATION_MODES.map((mode) => simulated.of(webCase(mode).key));
  const operations = [...operationValues(runs[0][0], 'rate', 'total').keys()].filter((name) => name !== '');
  const panels = PANELS.map(([title, y, unit, metric, statistic]) =>
    barPanel({
      title,
      x: { title: 'Operation' },
      y: { title: y, unit },
      categories: operations.map(inTwoLines),
      showValues: false,
      series: APPLICATION_MODES.map((mode, i) =>
        barsOf(
          systemStyle(mode),
          operations.map((name) => runs[i].map((run) => operationValues(run, metric, statistic).get(name) ?? 0)),
        ),
      ),
    }),
  );
  const caption = `200 users, 100 PHP workers, cache and database on the other machine, 100G, Linux 5.4; ${spreadNote(FIG17.cases)}.`;
  return [plotFigure({ id: 'fig17', title: FIG17.title, caption, panels, columns: 1, shareY: 'none' })];
}
