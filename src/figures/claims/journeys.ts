import { cumulativeStdNormalProbability } from 'simple-statistics';
import type { FigureRun } from '../cases';
import { hasStage } from '../measures';

/** What single packets tell: rows of the journeys and of the tracepoint events of one run. */

export interface Step {
  readonly packet: number;
  readonly flow: string;
  readonly stage: string;
  readonly device: string;
  readonly cpu: number;
  readonly started_s: number;
  readonly ended_s: number;
}

function stepsOf(run: FigureRun): Step[] {
  const table = run.tables.journeys;
  if (table === undefined || table.numRows === 0) throw new Error(`run ${run.id} has no journeys`);
  return [...table.rows()];
}

/** Steps of each packet in the order of time, for packets that were seen from the first stage to the last. */
export function journeysOf(run: FigureRun): Map<number, Step[]> {
  const byPacket = new Map<number, Step[]>();
  for (const step of stepsOf(run)) {
    const steps = byPacket.get(step.packet);
    if (steps === undefined) byPacket.set(step.packet, [step]);
    else steps.push(step);
  }
  const longest = Math.max(...[...byPacket.values()].map((s) => s.length));
  for (const [packet, steps] of byPacket) {
    if (steps.length < longest) byPacket.delete(packet);
    else steps.sort((a, b) => a.started_s - b.started_s);
  }
  return byPacket;
}

/** Largest number of different values of `what` within one group. */
export function mostDistinct(
  run: FigureRun,
  group: (s: Step) => string | undefined,
  what: (s: Step) => string | number,
): number {
  const groups = new Map<string, Set<string | number>>();
  for (const step of stepsOf(run)) {
    const name = group(step);
    if (name === undefined) continue;
    const values = groups.get(name) ?? new Set();
    groups.set(name, values.add(what(step)));
  }
  return Math.max(...[...groups.values()].map((values) => values.size));
}

/** Work of all NAPI polls for each packet that the first device's polls took in: softirq stages of the path. */
export function polledPerPacket(run: FigureRun): number {
  const events = run.tables.events;
  if (events === undefined) throw new Error(`run ${run.id} has no tracepoint events`);
  const work = new Map<string, number>();
  let first: string | undefined;
  for (const event of events.rows()) {
    if (event.event !== 'napi:napi_poll' || event.value === null) continue;
    const device = event.device ?? '';
    first ??= device;
    work.set(device, (work.get(device) ?? 0) + event.value);
  }
  if (first === undefined) throw new Error(`run ${run.id} has no napi:napi_poll events`);
  const all = [...work.values()].reduce((a, b) => a + b, 0);
  return all / (work.get(first) as number);
}

/** Largest number of times that a packet changed its CPU between softirq stages behind the NIC's. */
export function cpuChanges(run: FigureRun): number {
  let most = 0;
  for (const steps of journeysOf(run).values()) {
    const softirq = steps.filter((s) => s.device !== 'socket');
    const changes = softirq.filter((s, i) => i > 0 && s.cpu !== softirq[i - 1].cpu).length;
    most = Math.max(most, changes);
  }
  return most;
}

/** Share of packets that are in stage `later` while stage `earlier` serves a packet behind them. */
export function interleaved(run: FigureRun, earlier: string, later: string): number {
  const journeys = [...journeysOf(run).values()];
  const services = journeys
    .map((steps) => steps.find((s) => hasStage(s, earlier)))
    .filter((s): s is Step => s !== undefined)
    .sort((a, b) => a.started_s - b.started_s);
  const starts = services.map((s) => s.started_s);
  let overlapping = 0;
  for (const steps of journeys) {
    const at = steps.find((s) => hasStage(s, later));
    if (at === undefined) continue;
    // The service of `earlier` that began last before this one ended: a later packet's if it overlaps.
    const candidate = services[lowerBound(starts, at.ended_s) - 1];
    if (candidate !== undefined && candidate.packet > at.packet && candidate.ended_s > at.started_s) overlapping++;
  }
  return overlapping / journeys.length;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean place (from 1) of a stage among `stages` on the packets' ways. */
export function meanRank(run: FigureRun, stage: string, stages: readonly string[]): number {
  const ranks = [...journeysOf(run).values()].map(
    (steps) => steps.filter((s) => stages.some((known) => hasStage(s, known))).findIndex((s) => hasStage(s, stage)) + 1,
  );
  return ranks.reduce((a, b) => a + b, 0) / ranks.length;
}

/**
 * p value of the chi-square test of counts against equal shares, by the cube-root normal approximation of
 * Wilson and Hilferty (1931); good to about 0.001 from three categories on.
 */
export function chiSquareP(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  const statistic = counts.reduce((s, c) => s + (c - expected) ** 2 / expected, 0);
  const df = counts.length - 1;
  const spread = 2 / (9 * df);
  return 1 - cumulativeStdNormalProbability(((statistic / df) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread));
}

/** Services closer than this follow each other in one poll. */
const SAME_POLL_S = 0.5e-6;

/** Most flows whose packets one poll of the network card took in, one right after the other. */
export function flowsInOnePoll(run: FigureRun): number {
  const services = stepsOf(run)
    .filter((s) => hasStage(s, 'nic'))
    .sort((a, b) => a.cpu - b.cpu || a.started_s - b.started_s);
  let most = 0;
  let flows = new Set<string>();
  services.forEach((step, i) => {
    const before = services[i - 1] as Step | undefined;
    const together = before?.cpu === step.cpu && step.started_s - before.ended_s < SAME_POLL_S;
    if (!together) flows = new Set();
    most = Math.max(most, flows.add(step.flow).size);
  });
  return most;
}
