/** Record types of perf.data: the kernel's, then those that `perf record` adds from 64 on. */
export const RECORD = {
  MMAP: 1,
  LOST: 2,
  COMM: 3,
  FORK: 7,
  SAMPLE: 9,
  MMAP2: 10,
  LOST_SAMPLES: 13,
  KSYMBOL: 17,
  HEADER_ATTR: 64,
  EVENT_TYPE: 65,
  TRACING_DATA: 66,
  BUILD_ID: 67,
  FINISHED_ROUND: 68,
  AUXTRACE: 71,
  EVENT_UPDATE: 78,
  HEADER_FEATURE: 80,
  COMPRESSED: 81,
  COMPRESSED2: 83,
} as const;

/** First of the types that the kernel does not write. */
export const FIRST_USER_TYPE = 64;

/** Records that hold nothing for us, but are no surprise; the others are counted as unknown. */
export const IGNORED_RECORDS: ReadonlyMap<number, string> = new Map([
  // Who exits keeps name and mappings: samples of its last moments come after the record.
  [4, 'EXIT'],
  [5, 'THROTTLE'],
  [6, 'UNTHROTTLE'],
  [8, 'READ'],
  [11, 'AUX'],
  [12, 'ITRACE_START'],
  [14, 'SWITCH'],
  [15, 'SWITCH_CPU_WIDE'],
  [16, 'NAMESPACES'],
  [18, 'BPF_EVENT'],
  [19, 'CGROUP'],
  [20, 'TEXT_POKE'],
  [21, 'AUX_OUTPUT_HW_ID'],
  [69, 'ID_INDEX'],
  [70, 'AUXTRACE_INFO'],
  [72, 'AUXTRACE_ERROR'],
  [73, 'THREAD_MAP'],
  [74, 'CPU_MAP'],
  [75, 'STAT_CONFIG'],
  [76, 'STAT'],
  [77, 'STAT_ROUND'],
  [79, 'TIME_CONV'],
  [82, 'FINISHED_INIT'],
  [84, 'BPF_METADATA'],
]);

/** Bits of `perf_event_header.misc`. */
export const MISC = {
  CPUMODE_MASK: 7,
  KERNEL: 1,
  USER: 2,
  HYPERVISOR: 3,
  GUEST_KERNEL: 4,
  GUEST_USER: 5,
  /** On COMM: the name changed by exec. */
  COMM_EXEC: 1 << 13,
  /** On FORK: the child executes at once, so it inherits no maps. */
  FORK_EXEC: 1 << 13,
  /** On MMAP2: a build id stands in place of device and inode. */
  MMAP_BUILD_ID: 1 << 14,
} as const;

/** One record, its 8-byte header taken off. */
export interface RawRecord {
  readonly type: number;
  readonly misc: number;
  readonly body: Uint8Array;
  /** Where it starts in the file (or, if it was compressed, where its compressed record starts). */
  readonly byte: number;
}
