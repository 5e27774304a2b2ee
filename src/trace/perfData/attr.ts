import type { Cursor } from './cursor';

/** Bits of `perf_event_attr.sample_type` (include/uapi/linux/perf_event.h). */
export const SAMPLE = {
  IP: 2 ** 0,
  TID: 2 ** 1,
  TIME: 2 ** 2,
  ADDR: 2 ** 3,
  READ: 2 ** 4,
  CALLCHAIN: 2 ** 5,
  ID: 2 ** 6,
  CPU: 2 ** 7,
  PERIOD: 2 ** 8,
  STREAM_ID: 2 ** 9,
  RAW: 2 ** 10,
  IDENTIFIER: 2 ** 16,
} as const;

/** Bits of `read_format`. */
export const READ_FORMAT = { ENABLED: 1, RUNNING: 2, ID: 4, GROUP: 8, LOST: 16 } as const;

/** `perf_event_attr.type`. */
export const EVENT_TYPES = ['hardware', 'software', 'tracepoint', 'hw-cache', 'raw', 'breakpoint'] as const;

/** Bit of the flag word: every record ends with the fields that identify a sample. */
const SAMPLE_ID_ALL_BIT = 18;

/** What was measured, and what each of its samples holds: the part of `perf_event_attr` that reading needs. */
export interface EventAttr {
  readonly type: number;
  readonly config: number;
  /** Fixed period, or the frequency; what perf takes for the period of samples that state none. */
  readonly samplePeriod: number;
  readonly sampleType: number;
  readonly readFormat: number;
  readonly sampleIdAll: boolean;
}

/** An event of the file: attributes, name, and the ids by which samples name it. */
export interface PerfEvent {
  readonly attr: EventAttr;
  name: string;
  readonly ids: Set<bigint>;
}

/** Smallest attribute of any kernel: PERF_ATTR_SIZE_VER0. */
export const MIN_ATTR_SIZE = 64;

/** Reads an attribute of `size` bytes; newer kernels append fields, older ones lack some. */
export function readAttr(cursor: Cursor, size: number): EventAttr {
  const end = cursor.at + size;
  const type = cursor.u32();
  cursor.skip(4); // size, as given
  const config = cursor.u64();
  const samplePeriod = cursor.u64();
  const sampleType = cursor.u64();
  const readFormat = cursor.u64();
  const flags = cursor.slice(8);
  // A C bit field counts from the least significant bit on little-endian machines, from the most on others.
  const byte = flags[SAMPLE_ID_ALL_BIT >> 3];
  const bit = cursor.littleEndian ? SAMPLE_ID_ALL_BIT & 7 : 7 - (SAMPLE_ID_ALL_BIT & 7);
  cursor.at = end;
  return { type, config, samplePeriod, sampleType, readFormat, sampleIdAll: ((byte >> bit) & 1) === 1 };
}

/** Whether a sample type has a field. Beyond 31 bits, hence no `&`. */
export function has(sampleType: number, field: number): boolean {
  return Math.floor(sampleType / field) % 2 === 1;
}

const SOFTWARE_EVENTS = [
  'cpu-clock',
  'task-clock',
  'page-faults',
  'context-switches',
  'cpu-migrations',
  'minor-faults',
  'major-faults',
  'alignment-faults',
  'emulation-faults',
  'dummy',
  'bpf-output',
  'cgroup-switches',
] as const;

const HARDWARE_EVENTS = [
  'cycles',
  'instructions',
  'cache-references',
  'cache-misses',
  'branches',
  'branch-misses',
  'bus-cycles',
  'stalled-cycles-frontend',
  'stalled-cycles-backend',
  'ref-cycles',
] as const;

/** The name of an event for which the file gives none. */
export function defaultEventName(attr: EventAttr): string {
  const kind = EVENT_TYPES[attr.type];
  if (kind === 'software') return SOFTWARE_EVENTS[attr.config] ?? `software/config=${attr.config}/`;
  if (kind === 'hardware') return HARDWARE_EVENTS[attr.config % 2 ** 32] ?? `hardware/config=${attr.config}/`;
  if (kind === 'raw') return `raw 0x${attr.config.toString(16)}`;
  return `${kind ?? `pmu ${attr.type}`}/config=0x${attr.config.toString(16)}/`;
}
