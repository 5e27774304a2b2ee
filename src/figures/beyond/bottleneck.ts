import { ACTIVITIES, ACTIVITY_MEANING, diagnose, type Activity, type Diagnosis } from '../../analysis';
import { plotFigure, stackedPanel, type Panel, type PlotFigure } from '../../plot';
import type { FigureRun } from '../cases';

/** Diagnosis of a run from its stack samples. @throws Error if the run has none */
export function diagnoseStacks(run: FigureRun): Diagnosis {
  const { stacks, cpuTime } = run.tables;
  if (stacks === undefined) throw new Error(`run ${run.id} has no stack samples (perf-cpu)`);
  return diagnose(stacks, cpuTime);
}

/** Warm for what a packet passes in softirq, green for what leaves, blue for system calls, grey for the undecided. */
const COLOR: Readonly<Record<Activity, string>> = {
  nic: '#b5a100',
  softirq: '#77660a',
  outer: '#d55e00',
  tunnel: '#e69f00',
  container: '#882255',
  backlog: '#cc9988',
  bridge: '#ddcc99',
  'tunnel transmit': '#009e73',
  send: '#56b4e9',
  receive: '#0072b2',
  other: '#bbbbbb',
};

/** Bars: what each core does, a panel for each run. */
export function drawCoreActivities(runs: readonly FigureRun[]): PlotFigure {
  const diagnoses = runs.map((run) => ({ run, diagnosis: diagnoseStacks(run) }));
  const shown = ACTIVITIES.filter((activity) =>
    diagnoses.some(({ diagnosis }) => diagnosis.cores.some((core) => (core.shares.get(activity) ?? 0) >= 0.005)),
  );
  return plotFigure({
    id: 'bottleneck-cores',
    title: 'What the cores do',
    caption:
      'Busy time of each core while the machine was loaded (/proc/stat), divided by its stack samples. ' +
      shown.map((activity) => `${capital(activity)}: ${ACTIVITY_MEANING[activity]}`).join('. ') +
      '.',
    panels: diagnoses.map(({ run, diagnosis }) => activityPanel(run, diagnosis, shown)),
  });
}

function activityPanel(run: FigureRun, { cores }: Diagnosis, shown: readonly Activity[]): Panel {
  return stackedPanel({
    title: run.id,
    x: { title: 'CPU' },
    y: { title: 'Busy time', unit: '%', range: [0, 105] },
    categories: cores.map((core) => String(core.cpu)),
    parts: shown.map((activity) => ({
      style: { label: activity, color: COLOR[activity], source: 'simulated' },
      values: cores.map((core) => 100 * core.load * (core.shares.get(activity) ?? 0)),
    })),
  });
}

/** Row for each activity of the busiest core. */
export function busiestCoreTable(run: FigureRun): Record<string, string | number>[] {
  const { busiest } = diagnoseStacks(run);
  return [...busiest.shares].map(([activity, share]) => ({
    activity,
    'share of busy time': Number(share.toFixed(3)),
    what: ACTIVITY_MEANING[activity],
  }));
}

/** The diagnosis in sentences. */
export function diagnosisText(run: FigureRun): string {
  const { busiest, forecast } = diagnoseStacks(run);
  const percent = (share: number): string => `${Math.round(100 * share)}%`;
  const parts = forecast.moved.map(({ activity, share }) => `${activity} ${percent(share)}`).join(', ');
  const core = `CPU ${busiest.cpu} is the busiest core: ${percent(busiest.load)} of its time under load is not idle.`;
  if (forecast.moved.length === 0) return `${core} No stage that could be moved to another core runs on it.`;
  return (
    `${core} Stages on it that begin with a queue, and so can be moved to cores of their own: ${parts} of its busy time. ` +
    `If all of them moved, its heaviest part would be ${forecast.heaviest}, and the rate could rise by at most ` +
    `${percent(forecast.atMost - 1)}; what the hand-over between cores costs comes off that.`
  );
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
