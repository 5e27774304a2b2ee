import { paperExperiment, udpAt, type PaperExperiment, type PaperMode } from '../experiment';
import { flameFigure, type Figure, type FlameClass } from '../plot';
import { splitStack, StackTree } from '../table';
import type { Case, FigureRun } from './cases';
import { memcachedCase } from './experiments/applications';
import { SINGLE_RATE_PPS } from './experiments/load';
import { frameClass, FRAME_CLASSES, isIdle } from './frameClasses';
import type { FigureInput, FigureStudy } from './study';

/** Samples for each CPU and second; enough for shares of about 1%. */
const SAMPLES_HZ = 20_000;

const CAPTURES = { host: 'host-udp-16', overlay: 'overlay-udp-16' } as const;

const SOCKPERF_HOST = sampled('flames/sockperf-host', sockperf('host'));
const SOCKPERF = sampled('flames/sockperf-overlay', sockperf('overlay'));
/** Figure 18's overlay with its greatest number of clients. */
const MEMCACHED = sampled('flames/memcached-overlay', memcachedCase('overlay', 10).experiment);

/** Figure 6: where the CPU time goes, by call stack. */
export const FIG06: FigureStudy = {
  figure: '6',
  id: 'fig06',
  title: 'Flame graphs of the overlay’s receive path',
  cases: [SOCKPERF_HOST, SOCKPERF, MEMCACHED],
  captures: Object.values(CAPTURES),
  captureNote:
    'memcached was not captured; sockperf was, on a veth test bed where the sender’s core does the receive work.',
  draw,
};

function draw({ simulated, captured }: FigureInput): Figure[] {
  const figures: Figure[] = [];
  if (simulated !== undefined) {
    figures.push(
      flames('fig06-sockperf', 'Overlay, sockperf UDP 16 B', simulated.of(SOCKPERF.key)),
      flames('fig06-memcached', 'Overlay, memcached, ten clients', simulated.of(MEMCACHED.key)),
      change('fig06-change', simulated.of(SOCKPERF_HOST.key), simulated.of(SOCKPERF.key)),
    );
  }
  const [host, overlay] = [captured?.get(CAPTURES.host), captured?.get(CAPTURES.overlay)];
  if (overlay !== undefined) figures.push(flames('fig06-captured', 'Overlay, sockperf UDP 16 B, captured', [overlay]));
  if (host !== undefined && overlay !== undefined) figures.push(change('fig06-change-captured', [host], [overlay]));
  return figures;
}

function flames(id: string, title: string, runs: readonly FigureRun[]): Figure {
  return flameFigure({
    id,
    title,
    caption: captionOf(runs),
    tree: busyStacks(runs),
    classify: frameClass,
    classes: CLASSES,
  });
}

/** Widths of the overlay, coloured by what changed against the host. */
function change(id: string, before: readonly FigureRun[], after: readonly FigureRun[]): Figure {
  const captured = after[0].source === 'captured';
  return flameFigure({
    id,
    title: `From host to overlay${captured ? ', captured' : ''}: what grew`,
    caption: `${captionOf(after)} Compared with the host${captured ? `, run ${before[0].id}` : ''}: shares of the busy time of each.`,
    tree: StackTree.diff(busyStacks(before), busyStacks(after)),
    classify: frameClass,
    classes: CLASSES,
  });
}

const CLASSES: readonly FlameClass[] = FRAME_CLASSES;

/** Stacks of all CPUs; what idles, by its innermost frame, is left out. */
function busyStacks(runs: readonly FigureRun[]): StackTree {
  const busy = new StackTree();
  for (const run of runs) {
    for (const { frames, value } of stacksOf(run).stacks()) {
      if (!isIdle(frames[frames.length - 1])) busy.add(frames, value);
    }
  }
  return busy;
}

/** From stacks that are added up already, or else from single samples. */
function stacksOf({ id, tables }: FigureRun): StackTree {
  if (tables.stacks !== undefined) return StackTree.fromTable(tables.stacks);
  if (tables.samples === undefined) throw new Error(`run ${id} has neither stacks nor samples`);
  const tree = new StackTree();
  const [comms, stacks] = [tables.samples.column('comm'), tables.samples.column('stack')];
  for (let i = 0; i < tables.samples.numRows; i++) tree.add([comms.at(i), ...splitStack(stacks.at(i))], 1);
  return tree;
}

function captionOf(runs: readonly FigureRun[]): string {
  if (runs[0].source === 'captured') {
    return `Captured: perf, cpu-clock at 1999 Hz, all CPUs without idle, run ${runs[0].id}.`;
  }
  return `Simulated: ${SAMPLES_HZ} samples a second on each CPU, all CPUs without idle, ${runs.length} seeds, 100G, Linux 5.4.`;
}

function sockperf(mode: PaperMode): PaperExperiment {
  return paperExperiment({ mode, traffic: udpAt(SINGLE_RATE_PPS, 16), also: { duration_s: 0.2 } });
}

function sampled(key: string, experiment: PaperExperiment): Case {
  return { key, experiment: { ...experiment, emit: { ...experiment.emit, samples_hz: SAMPLES_HZ } }, seeds: 3 };
}
