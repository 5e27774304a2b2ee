import type { KernelModule } from './kernel';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PieceFile, pieceBorders, readPiece } from './fileReader';
import { KernelReader } from './kernelReader';
import type { CollapseOptions, CollapseRules } from './options';
import { CollapseSession } from './session';
import type { CollapseReport } from './session';
import { TextReader } from './textReader';

/** Pieces are taken in turn by whichever thread is free, so that threads end together. */
const MIN_PIECE_BYTES = 2 ** 22;
const MAX_PIECE_BYTES = 2 ** 25;
const PIECES_PER_THREAD = 4;
/** Below this a thread costs more than it saves. */
export const MIN_PARALLEL_BYTES = 2 ** 26;
/** The first event is looked for no further. */
const PROBE_BYTES = 2 ** 22;

const WORKER = join(__dirname, 'worker.js');

/** What one piece gave, but for its stacks. */
export interface PieceReport extends CollapseReport {
  readonly piece: number;
}

/** What a worker is given. */
export interface WorkerTask {
  readonly path: string;
  readonly name: string;
  readonly rules: CollapseRules;
  readonly module: KernelModule;
  readonly borders: readonly number[];
  /** [next piece, kilobytes done], shared by all threads. */
  readonly shared: Int32Array;
}

/** What a worker answers. */
export interface WorkerResult {
  readonly reports: readonly PieceReport[];
  readonly stacks: readonly (readonly [string, number | bigint])[];
}

/** Reads the whole file into the session with the kernel, with one thread or several. */
export async function collapseFile(
  path: string,
  session: CollapseSession,
  module: KernelModule,
  threads: number,
  options: CollapseOptions,
): Promise<void> {
  const file = new PieceFile(path);
  try {
    const event = threads > 1 && file.bytes >= MIN_PARALLEL_BYTES ? firstEvent(file, session) : undefined;
    const alone = event === undefined || !existsSync(WORKER);
    const rules = { ...session.rules, eventFilter: event };
    const borders = alone ? [0, file.bytes] : pieceBorders(file, pieceSize(file.bytes, threads));
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const task: WorkerTask = {
      path,
      name: session.file,
      rules: alone ? session.rules : rules,
      module,
      borders,
      shared,
    };
    const helpers = alone ? 0 : Math.min(threads, borders.length - 1) - 1;
    const others = Array.from({ length: helpers }, () => startWorker(task));
    const own = collapsePieces(task, file, (done) => {
      options.onProgress?.({ done, total: file.bytes, unit: 'bytes', label: session.file });
    });
    merge(session, [own, ...(await Promise.all(others))], event);
  } finally {
    file.close();
  }
}

function pieceSize(bytes: number, threads: number): number {
  const wanted = Math.ceil(bytes / (threads * PIECES_PER_THREAD));
  return Math.max(MIN_PIECE_BYTES, Math.min(MAX_PIECE_BYTES, wanted));
}

/**
 * The event that is kept, which is the same for all pieces: the first of the file. undefined if there
 * is none near its start; then one thread must read all.
 */
function firstEvent(file: PieceFile, session: CollapseSession): string | undefined {
  if (session.event !== undefined) return session.event;
  const probe = new CollapseSession(session.rules, session.file);
  const reader = new TextReader(probe);
  const chunk = Buffer.alloc(2 ** 15);
  for (let at = 0; at < PROBE_BYTES && probe.event === undefined; at += chunk.length) {
    const got = file.read(chunk, at);
    if (got === 0) break;
    reader.push(chunk.subarray(0, got));
  }
  return probe.event;
}

/** Takes pieces until none is left. */
export function collapsePieces(
  task: WorkerTask,
  file: PieceFile,
  onKept: (doneBytes: number) => void = () => undefined,
): WorkerResult {
  const session = new CollapseSession(task.rules, task.name);
  const reader = new KernelReader(session, task.module);
  const reports: PieceReport[] = [];
  for (;;) {
    const piece = Atomics.add(task.shared, 0, 1);
    if (piece >= task.borders.length - 1) break;
    readPiece(file, task.borders[piece], task.borders[piece + 1], reader, (bytes) => {
      onKept((Atomics.add(task.shared, 1, bytes >> 10) + (bytes >> 10)) * 1024);
    });
    reports.push({ piece, ...session.takeReport() });
  }
  return { reports, stacks: [...session.tally.entries()] };
}

function startWorker(task: WorkerTask): Promise<WorkerResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Adds everything up in the order of the pieces, whoever read them. */
function merge(session: CollapseSession, results: readonly WorkerResult[], event: string | undefined): void {
  if (event !== undefined) session.keeps(event);
  for (const { stacks } of results) for (const [stack, count] of stacks) session.tally.add(stack, count);
  const reports = results.flatMap((result) => result.reports).sort((a, b) => a.piece - b.piece);
  for (const report of reports) session.addReport(report);
}
