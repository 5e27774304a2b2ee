import type { runSchemas, Table } from '../table';
import { counterRates } from './rates';

/** The tables that the diagnosis looks at; what is missing it leaves out. */
export type BottleneckTables = {
  readonly [K in 'cpuTime' | 'softnet' | 'netSnmp' | 'drops' | 'stages']?: Table<(typeof runSchemas)[K]>;
};

export interface BusyCore {
  readonly cpu: number;
  /** Share of time that was not idle, between first and last reading. */
  readonly busy: number;
  /** Of the core's time: in softirqs. */
  readonly softirq: number;
}

/** A stage's need for time on one core. */
export interface StageTime {
  readonly stage: string;
  readonly cpu: number;
  /** For each packet that left the path: service in this stage. */
  readonly perPacket_us: number;
}

/** What a core for each stage would bring at best. */
export interface PipeliningBound {
  /** Core whose stages take longest for a packet, and how long. */
  readonly cpu: number;
  readonly together_us: number;
  /** The longest single stage anywhere: no pipeline is faster. */
  readonly longestStage: string;
  readonly longest_us: number;
  /** Upper bound of the gain in rate: `together_us / longest_us`, at least 1. */
  readonly gain: number;
}

export interface BottleneckReport {
  /** By number. */
  readonly cores: readonly BusyCore[];
  readonly busiest?: BusyCore;
  /** Packets lost, by place, most first. */
  readonly drops: readonly { readonly place: string; readonly packets: number }[];
  /** Runs of net_rx_action that ended with work left. */
  readonly squeezes: number;
  readonly stages: readonly StageTime[];
  readonly pipelining?: PipeliningBound;
  /** The same in plain sentences. */
  readonly sentences: readonly string[];
}

/** Above this share of its time a core is taken to be the limit. */
const SATURATED = 0.95;

/**
 * Where the bottleneck of a run is and what pipelining could bring, from its tables alone, simulated or captured.
 * The pipelining bound needs the table `stages`; a core's stages are worth splitting if none of them alone fills it.
 */
export function findBottleneck(tables: BottleneckTables): BottleneckReport {
  const cores = coresOf(tables.cpuTime);
  const busiest = cores.reduce<BusyCore | undefined>(
    (most, core) => (most === undefined || core.busy > most.busy ? core : most),
    undefined,
  );
  const drops = dropsOf(tables);
  const squeezes = increaseOf(tables.softnet, 'time_squeeze');
  const stages = stageTimes(tables.stages);
  const pipelining = pipeliningOf(stages);
  const facts = { cores, drops, squeezes, stages, ...(busiest && { busiest }), ...(pipelining && { pipelining }) };
  return { ...facts, sentences: sentencesOf(facts) };
}

function coresOf(cpuTime: BottleneckTables['cpuTime']): BusyCore[] {
  const first = new Map<string, { time_s: number; busy_s: number }>();
  const last = new Map<string, { cpu: number; context: string; time_s: number; busy_s: number }>();
  for (const { cpu, context, time_s, busy_s } of cpuTime?.rows() ?? []) {
    const key = `${cpu} ${context}`;
    if (!first.has(key)) first.set(key, { time_s, busy_s });
    last.set(key, { cpu, context, time_s, busy_s });
  }
  const cores = new Map<number, { idle_s: number; softirq_s: number; all_s: number }>();
  for (const [key, { cpu, context, busy_s }] of last) {
    const spent_s = busy_s - (first.get(key)?.busy_s ?? 0);
    const core = cores.get(cpu) ?? { idle_s: 0, softirq_s: 0, all_s: 0 };
    core.all_s += spent_s;
    if (context === 'idle' || context === 'iowait') core.idle_s += spent_s;
    if (context === 'softirq') core.softirq_s += spent_s;
    cores.set(cpu, core);
  }
  return [...cores]
    .filter(([, core]) => core.all_s > 0)
    .map(([cpu, c]) => ({ cpu, busy: 1 - c.idle_s / c.all_s, softirq: c.softirq_s / c.all_s }))
    .sort((a, b) => a.cpu - b.cpu);
}

/** Drops by place: the simulator's table, or the kernel's counters for backlog and socket. */
function dropsOf(tables: BottleneckTables): { place: string; packets: number }[] {
  const byPlace = new Map<string, number>();
  for (const { place, packets } of tables.drops?.rows() ?? []) {
    byPlace.set(place, (byPlace.get(place) ?? 0) + packets);
  }
  if (tables.drops === undefined) {
    byPlace.set('backlog', increaseOf(tables.softnet, 'dropped'));
    byPlace.set('socket', increaseOf(tables.netSnmp, 'RcvbufErrors'));
  }
  return [...byPlace]
    .map(([place, packets]) => ({ place, packets }))
    .filter(({ packets }) => packets > 0)
    .sort((a, b) => b.packets - a.packets);
}

function increaseOf(table: BottleneckTables['softnet'] | BottleneckTables['netSnmp'], counter: string): number {
  if (table === undefined) return 0;
  let sum = 0;
  for (const row of counterRates(table as Table).rows()) if (row.counter === counter) sum += row.increase ?? 0;
  return sum;
}

function stageTimes(stages: BottleneckTables['stages']): StageTime[] {
  const rows = [...(stages?.rows() ?? [])];
  if (rows.length === 0) return [];
  // Packets that left the path are those of its last stage.
  const end = rows[rows.length - 1].stage;
  const finished = rows.reduce((sum, row) => sum + (row.stage === end ? row.packets : 0), 0);
  return rows.map(({ stage, cpu, packets, service_us_mean }) => ({
    stage,
    cpu,
    perPacket_us: finished === 0 ? 0 : (packets * service_us_mean) / finished,
  }));
}

function pipeliningOf(stages: readonly StageTime[]): PipeliningBound | undefined {
  const byCore = new Map<number, number>();
  const byStage = new Map<string, number>();
  for (const { cpu, stage, perPacket_us } of stages) {
    byCore.set(cpu, (byCore.get(cpu) ?? 0) + perPacket_us);
    byStage.set(stage, Math.max(byStage.get(stage) ?? 0, perPacket_us));
  }
  if (byCore.size === 0) return undefined;
  const [cpu, together_us] = [...byCore].reduce((most, core) => (core[1] > most[1] ? core : most));
  const [longestStage, longest_us] = [...byStage].reduce((most, stage) => (stage[1] > most[1] ? stage : most));
  if (!(longest_us > 0)) return undefined;
  return { cpu, together_us, longestStage, longest_us, gain: together_us / longest_us };
}

function sentencesOf({ busiest, drops, squeezes, pipelining }: Omit<BottleneckReport, 'sentences'>): string[] {
  const sentences: string[] = [];
  if (busiest !== undefined) {
    const limit = busiest.busy >= SATURATED ? 'is the bottleneck: it' : 'is the busiest core, not a full one: it';
    sentences.push(
      `CPU ${busiest.cpu} ${limit} was busy ${percent(busiest.busy)} of the time, ${percent(busiest.softirq)} in softirqs.`,
    );
  }
  sentences.push(
    drops.length === 0
      ? 'No packet was dropped.'
      : `Packets were dropped: ${drops.map((d) => `${d.packets} at ${d.place}`).join(', ')}.`,
  );
  if (squeezes > 0) sentences.push(`net_rx_action ended ${squeezes} times with work left (time_squeeze).`);
  if (pipelining !== undefined) {
    const { cpu, together_us, longestStage, longest_us, gain } = pipelining;
    sentences.push(
      gain > 1.05
        ? `The stages on CPU ${cpu} take ${together_us.toFixed(2)} µs for a packet; on cores of their own the longest stage, ` +
            `${longestStage} with ${longest_us.toFixed(2)} µs, would allow up to ${gain.toFixed(2)} times the rate.`
        : `Pipelining cannot help: ${longestStage} alone takes ${longest_us.toFixed(2)} µs for a packet; it would have to be split.`,
    );
  }
  return sentences;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
