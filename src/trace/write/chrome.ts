import type { TraceTables } from '../format';
import { cpuSlices } from './chromeSlices';
import { sampleSlices } from './chromeSamples';
import { journeySlices } from './chromeJourneys';
import { jsonArray } from './writer';
import type { TraceWriter } from './writer';

/** An entry of Chrome's trace-event format. Times are in microseconds. */
export interface ChromeEvent {
  readonly ph: 'X' | 'i' | 'M' | 's' | 't' | 'f';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly name: string;
  readonly cat?: string;
  readonly id?: number;
  readonly s?: 't';
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Groups of tracks; Perfetto shows them as processes. */
export const GROUPS = { cpus: 1, stacks: 2, stages: 3 } as const;

/**
 * Chrome's trace-event JSON, which Perfetto (https://ui.perfetto.dev) and chrome://tracing open. Of `events`, a track
 * for each CPU with softirqs and interrupts as slices and the other tracepoints as marks on them; of `samples`, a
 * flame chart for each CPU; of `journeys`, a track for each stage and device, with arrows that follow a packet.
 */
export const chromeWriter: TraceWriter = {
  name: 'chrome',
  title: 'Chrome trace events (Perfetto)',
  extension: '.trace.json',
  reads: ['events', 'samples', 'journeys'],
  *write(tables: TraceTables): Generator<string> {
    yield '{"displayTimeUnit":"ns","traceEvents":';
    yield* jsonArray(allEvents(tables), (event) => `${JSON.stringify(event)}\n`);
    yield '}\n';
  },
};

function* allEvents(tables: TraceTables): Generator<ChromeEvent, void, undefined> {
  if (tables.events !== undefined) yield* cpuSlices(tables.events);
  if (tables.samples !== undefined) yield* sampleSlices(tables.samples);
  if (tables.journeys !== undefined) yield* journeySlices(tables.journeys);
}

/** Names a group of tracks, or a track of it. */
export function named(pid: number, name: string, tid?: number): ChromeEvent {
  const ph = 'M' as const;
  return tid === undefined
    ? { ph, pid, tid: 0, name: 'process_name', args: { name } }
    : { ph, pid, tid, name: 'thread_name', args: { name } };
}

/** Seconds as microseconds, to the nanosecond. */
export function microseconds(time_s: number): number {
  return Math.round(time_s * 1e9) / 1e3;
}
