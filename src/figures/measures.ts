import type { CpuContext, RunTableName, Table } from '../table';
import { CPU_CONTEXTS } from '../table';
import type { FigureRun } from './cases';

/**
 * Numbers that figures and claims read off the tables of one run. They work alike on simulated and
 * captured runs, and throw, naming run and table, if the run lacks the table.
 */

function need<K extends RunTableName>(run: FigureRun, name: K): NonNullable<FigureRun['tables'][K]> {
  const table = run.tables[name];
  if (table === undefined) throw new Error(`run ${run.id} has no table ${name}`);
  return table;
}

/** Messages per second that applications received, added up over flows. */
export function receivedRate_pps(run: FigureRun): number {
  return sum([...receivedRates_pps(run).values()]);
}

/** Messages per second received by flow, mean over repeats. A row for all flows counts only if there is no other. */
export function receivedRates_pps(run: FigureRun): Map<string, number> {
  return ratesByFlow(run, 'received_pps');
}

/** Messages per second that the senders sent, added up over flows. */
export function offeredRate_pps(run: FigureRun): number {
  return sum([...ratesByFlow(run, 'offered_pps').values()]);
}

function ratesByFlow(run: FigureRun, column: 'received_pps' | 'offered_pps'): Map<string, number> {
  const table = need(run, 'messageRates');
  const flows = table.column('flow');
  const rates = table.column(column);
  const totals = new Map<string, { sum: number; repeats: number }>();
  for (let i = 0; i < table.numRows; i++) {
    const rate = rates.at(i);
    if (rate === null || rate === undefined) continue;
    const flow = flows.at(i) as string;
    const total = totals.get(flow) ?? { sum: 0, repeats: 0 };
    totals.set(flow, { sum: total.sum + rate, repeats: total.repeats + 1 });
  }
  if (totals.size > 1) totals.delete('');
  return new Map([...totals].map(([flow, t]) => [flow, t.sum / t.repeats]));
}

/** Seconds of each context on each CPU within the measured interval (last reading minus first). */
export function cpuSeconds(run: FigureRun): Map<number, Map<CpuContext, number>> {
  const table = need(run, 'cpuTime');
  const [cpus, contexts, busy] = [table.column('cpu'), table.column('context'), table.column('busy_s')];
  const first = new Map<string, number>();
  const byCpu = new Map<number, Map<CpuContext, number>>();
  for (let i = 0; i < table.numRows; i++) {
    const cpu = cpus.at(i) as number;
    const context = contexts.at(i) as CpuContext;
    const key = `${cpu} ${context}`;
    if (!first.has(key)) first.set(key, busy.at(i) as number);
    let ofCpu = byCpu.get(cpu);
    if (ofCpu === undefined) byCpu.set(cpu, (ofCpu = new Map()));
    ofCpu.set(context, (busy.at(i) as number) - (first.get(key) as number));
  }
  return byCpu;
}

const IDLE: ReadonlySet<CpuContext> = new Set(['idle', 'iowait']);
const BUSY_CONTEXTS = CPU_CONTEXTS.filter((context) => !IDLE.has(context));

/** Share of time that each CPU was busy in the given contexts (default: all but idle), by CPU number. */
export function coreLoads(run: FigureRun, contexts: readonly CpuContext[] = BUSY_CONTEXTS): Map<number, number> {
  const loads = new Map<number, number>();
  for (const [cpu, seconds] of cpuSeconds(run)) {
    const total = sum([...seconds.values()]);
    const busy = sum(contexts.map((context) => seconds.get(context) ?? 0));
    loads.set(cpu, total > 0 ? busy / total : 0);
  }
  return loads;
}

/** Busy share of one CPU; 0 if the run does not know it. */
export function coreLoad(run: FigureRun, cpu: number): number {
  return coreLoads(run).get(cpu) ?? 0;
}

/** Busy share of one CPU between consecutive readings. */
export function loadOverTime(run: FigureRun, cpu: number): number[] {
  const table = need(run, 'cpuTime');
  const [cpus, contexts] = [table.column('cpu'), table.column('context')];
  const [times, busy] = [table.column('time_s'), table.column('busy_s')];
  const readings = new Map<number, { busy: number; total: number }>();
  for (let i = 0; i < table.numRows; i++) {
    if (cpus.at(i) !== cpu) continue;
    const time = times.at(i) as number;
    const reading = readings.get(time) ?? { busy: 0, total: 0 };
    readings.set(time, reading);
    reading.total += busy.at(i) as number;
    if (!IDLE.has(contexts.at(i) as CpuContext)) reading.busy += busy.at(i) as number;
  }
  const inOrder = [...readings].sort((a, b) => a[0] - b[0]).map(([, reading]) => reading);
  return inOrder.slice(1).map((now, i) => {
    const total = now.total - inOrder[i].total;
    return total > 0 ? (now.busy - inOrder[i].busy) / total : 0;
  });
}

/** Busy cores added up: 2.5 means two and a half cores. */
export function totalLoad(run: FigureRun, contexts?: readonly CpuContext[]): number {
  return sum([...coreLoads(run, contexts).values()]);
}

/** Sum over CPUs of last minus first value of a cumulative counter, for rows that `keep` names. */
function increase<K extends 'softirqs' | 'interrupts'>(
  run: FigureRun,
  name: K,
  label: K extends 'softirqs' ? 'vector' : 'irq',
  value: string,
): number {
  const table = need(run, name) as unknown as Table;
  const labels = table.column(label);
  const cpus = table.column('cpu');
  const counts = table.column('count');
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (let i = 0; i < table.numRows; i++) {
    if (labels.at(i) !== value) continue;
    const cpu = cpus.at(i) as number;
    if (!first.has(cpu)) first.set(cpu, counts.at(i) as number);
    last.set(cpu, counts.at(i) as number);
  }
  return sum([...last].map(([cpu, count]) => count - (first.get(cpu) as number)));
}

/** Runs of net_rx_action within the measured interval, on all CPUs. */
export function netRxCount(run: FigureRun): number {
  return increase(run, 'softirqs', 'vector', 'NET_RX');
}

/** Rescheduling interrupts within the measured interval, on all CPUs. */
export function rescheduleCount(run: FigureRun): number {
  return increase(run, 'interrupts', 'irq', 'RES');
}

/** A scalar result of a simulated run. */
export function counter(run: FigureRun, name: string): number {
  const table = need(run, 'counters');
  const [names, values] = [table.column('name'), table.column('value')];
  for (let i = 0; i < table.numRows; i++) if (names.at(i) === name) return values.at(i) as number;
  throw new Error(`run ${run.id} has no counter ${name}`);
}

/** Mean latency, over one flow or operation, or over all. */
export function meanLatency_us(run: FigureRun, flow?: string): number {
  let [weighted, count] = [0, 0];
  for (const bin of latencyBins(run, flow)) {
    weighted += bin.value_us * bin.count;
    count += bin.count;
  }
  return weighted / count;
}

/** Quantile (0 … 1) of the latency: the value of the bin in which it lies. */
export function latencyQuantile_us(run: FigureRun, quantile: number, flow?: string): number {
  return latencyQuantiles_us(run, [quantile], flow)[0];
}

/** Several quantiles of the latency, each in 0 … 1. */
export function latencyQuantiles_us(run: FigureRun, quantiles: readonly number[], flow?: string): number[] {
  const bins = latencyBins(run, flow).sort((a, b) => a.value_us - b.value_us);
  const total = sum(bins.map((b) => b.count));
  return quantiles.map((quantile) => {
    let seen = 0;
    for (const bin of bins) {
      seen += bin.count;
      if (seen >= quantile * total && bin.count > 0) return bin.value_us;
    }
    throw new Error(`run ${run.id} has no latency samples`);
  });
}

function latencyBins(run: FigureRun, flow: string | undefined): { value_us: number; count: number }[] {
  const table = need(run, 'latency');
  const [flows, values, counts] = [table.column('flow'), table.column('value_us'), table.column('count')];
  const bins: { value_us: number; count: number; flow: string }[] = [];
  for (let i = 0; i < table.numRows; i++) {
    const of = flows.at(i) as string;
    if (flow === undefined || flow === of) {
      bins.push({ value_us: values.at(i) as number, count: counts.at(i) as number, flow: of });
    }
  }
  // A run may state both the flows and their sum.
  return flow === undefined && bins.some((b) => b.flow === '') ? bins.filter((b) => b.flow === '') : bins;
}

/** Results of one metric by operation, mean over repeats. */
export function operationValues(run: FigureRun, metric: string, statistic: string): Map<string, number> {
  const values = new Map<string, number[]>();
  for (const row of need(run, 'operations').rows()) {
    if (row.metric !== metric || row.statistic !== statistic) continue;
    values.set(row.operation, [...(values.get(row.operation) ?? []), row.value]);
  }
  return new Map([...values].map(([operation, all]) => [operation, sum(all) / all.length]));
}

/** Packets dropped, at one place or at all. */
export function dropped(run: FigureRun, place?: string): number {
  const table = need(run, 'drops');
  const [places, packets] = [table.column('place'), table.column('packets')];
  let total = 0;
  for (let i = 0; i < table.numRows; i++) {
    if (place === undefined || places.at(i) === place) total += packets.at(i) as number;
  }
  return total;
}

/** Whether a step of a run covers a stage: stages that call each other directly are one step, `tunnel+bridge`. */
export function hasStage(step: { readonly stage: string }, stage: string): boolean {
  return step.stage.split('+').includes(stage);
}

export interface StageLoad {
  readonly stage: string;
  readonly device: string;
  readonly cpu: number;
  readonly packets: number;
  readonly queue_us: number;
  readonly service_us: number;
}

/** Stages as the run lists them. */
export function stageLoads(run: FigureRun): StageLoad[] {
  return [...need(run, 'stages').rows()].map((row) => ({
    stage: row.stage,
    device: row.device,
    cpu: row.cpu,
    packets: row.packets,
    queue_us: row.queue_us_mean,
    service_us: row.service_us_mean,
  }));
}

export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Geometric mean of positive numbers. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(sum(values.map(Math.log)) / values.length);
}
