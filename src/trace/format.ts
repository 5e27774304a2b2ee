import type { Diagnostics, OnProgress } from '../core';
import type { RunTableName, Table } from '../table';
import type { runSchemas } from '../table';
import type { ByteSource } from './source';

/** What a format says of a prefix of the input. `more`: cannot tell yet, show me more bytes. */
export type Detection = 'yes' | 'no' | 'more';

/** Tables that a parser may fill; a subset of those of a run. */
export type TraceTables = { [K in RunTableName]?: Table<(typeof runSchemas)[K]> };

/** What came out of one input. */
export interface Trace {
  /** Id of the format. */
  readonly format: string;
  readonly tables: TraceTables;
  /** Facts stated by the input itself: headers, versions, command lines. A Map, since keys are untrusted text. */
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ParseContext {
  /** Goes into the `run` column. */
  readonly run: string;
  /** File name for messages. */
  readonly file: string;
  readonly diagnostics: Diagnostics;
  /** Goes into the `namespace` column of per-namespace counters. Default ''. */
  readonly namespace?: string;
  /** Goes into the `repeat` column of load generators' results. Default 1. */
  readonly repeat?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * One file format. An implementation must: answer `detect` from a prefix alone, at once and without
 * throwing; consume the source as a stream; count what it does not understand in
 * `context.diagnostics`; throw `InputError` if there is nothing usable, naming what it saw instead.
 */
export interface TraceFormat {
  /** Stable id, e.g. `perf-script`. */
  readonly id: string;
  readonly title: string;
  /** Tables that it may fill, so that a reader who wants others can pass it over. Default: any. */
  readonly fills?: readonly RunTableName[];
  /**
   * @param prefix the first bytes of the input, after decompression; at most `DETECTION_LIMIT`
   * @param complete whether `prefix` is the whole input; then `more` counts as `no`
   */
  detect(prefix: Uint8Array, complete: boolean): Detection;
  parse(source: ByteSource, context: ParseContext): Promise<Trace>;
}

/** Detection never sees more than this. */
export const DETECTION_LIMIT = 65536;
