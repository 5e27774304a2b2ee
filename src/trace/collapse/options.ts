import type { OnProgress } from '../../core';
import type { SymbolOptions } from '../perfData';

/** What `collapse` is asked for. Names of flags are those of stackcollapse-perf.pl where it has them. */
export interface CollapseOptions {
  /** `comm-PID` for the process; PID is `?` where only a thread id was printed. Default false. */
  readonly pid?: boolean;
  /** `comm-PID/TID`; takes over from `pid`. Default false. */
  readonly tid?: boolean;
  /** Marks kernel frames with `_[k]`. Default false. */
  readonly kernel?: boolean;
  /** Marks frames of just-in-time compiled code with `_[j]`. Default false. */
  readonly jit?: boolean;
  /** Unknown symbols as `[module <address>]`. Default false. */
  readonly addrs?: boolean;
  /** Appends the line that `perf script -F +srcline` prints below a frame. Default false. */
  readonly srcline?: boolean;
  /** Keeps this event only. Default: the first event met. */
  readonly eventFilter?: string;
  /** What a stack counts: periods (1 where none is printed) or samples. Default `period`. */
  readonly count?: 'period' | 'samples';
  /** Leaves out the callers of the innermost frame of such a name, and the process. Default none. */
  readonly skipAfter?: readonly string[];
  /** `flamegraph`: prints what stackcollapse-perf.pl prints, its faults included. Default none. */
  readonly compat?: 'flamegraph';
  /** Threads that read. More than one needs an uncompressed file. Default: cores, at most 4. */
  readonly threads?: number;
  /** Without the WebAssembly kernel: slower, the same result. Default false. */
  readonly noKernel?: boolean;
  /** Where the symbols of a perf.data file are. Default: this machine's. */
  readonly symbols?: SymbolOptions;
  readonly onProgress?: OnProgress;
}

/** The options that say what is printed; what workers are given. */
export interface CollapseRules {
  readonly pid: boolean;
  readonly tid: boolean;
  readonly kernel: boolean;
  readonly jit: boolean;
  readonly addrs: boolean;
  readonly srcline: boolean;
  readonly eventFilter: string | undefined;
  readonly count: 'period' | 'samples';
  readonly skipAfter: readonly string[];
  readonly compat: 'flamegraph' | undefined;
}

export const COLLAPSE_DEFAULTS: CollapseRules = {
  pid: false,
  tid: false,
  kernel: false,
  jit: false,
  addrs: false,
  srcline: false,
  eventFilter: undefined,
  count: 'period',
  skipAfter: [],
  compat: undefined,
};

export function collapseRules(options: CollapseOptions): CollapseRules {
  const d = COLLAPSE_DEFAULTS;
  return {
    pid: options.pid ?? d.pid,
    tid: options.tid ?? d.tid,
    kernel: options.kernel ?? d.kernel,
    jit: options.jit ?? d.jit,
    addrs: options.addrs ?? d.addrs,
    srcline: options.srcline ?? d.srcline,
    eventFilter: options.eventFilter ?? d.eventFilter,
    count: options.count ?? d.count,
    skipAfter: options.skipAfter ?? d.skipAfter,
    compat: options.compat ?? d.compat,
  };
}
