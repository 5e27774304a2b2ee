import { parentPort, workerData } from 'node:worker_threads';
import { PieceFile } from './fileReader';
import { collapsePieces } from './parallel';
import type { WorkerTask } from './parallel';

/** A thread that reads pieces of a file; see parallel.ts. */
const task = workerData as WorkerTask;
const file = new PieceFile(task.path);
const result = collapsePieces(task, file);
file.close();
parentPort?.postMessage(result);
