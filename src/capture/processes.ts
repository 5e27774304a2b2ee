import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InputError } from '../core';

/** Messages about the machine rather than a file carry this as their place. */
export const PLACE = { file: 'capture' } as const;

export interface CommandOptions {
  /** Killed when it runs longer. */
  readonly timeout_s: number;
  readonly signal?: AbortSignal;
  /** Where standard output goes, gzipped if the name says so; else it is returned. */
  readonly stdoutFile?: string;
}

const MAX_OUTPUT_CHARS = 2 ** 20;

/**
 * Runs a command to its end and gives its standard output.
 * @throws InputError with the last line of its standard error, if it fails or takes too long
 */
export async function run(argv: readonly string[], options: CommandOptions): Promise<string> {
  const child = start(argv);
  const output = options.stdoutFile === undefined ? collect(child) : toFile(child, options.stdoutFile);
  const errors = collectErrors(child);
  const { code, reason } = await ended(child, options);
  const stdout = await output;
  if (code === 0) return stdout;
  const said = errors().trim().split('\n').at(-1) ?? '';
  throw new InputError(PLACE, `${argv.join(' ')}: ${reason ?? `exit code ${code}`}${said === '' ? '' : `: ${said}`}`);
}

/** A command that runs until it is stopped; its output goes to a file, if one is named. */
export class Background {
  private readonly child: ChildProcess;
  private readonly done: Promise<unknown>;

  constructor(argv: readonly string[], stdoutFile?: string) {
    this.child = start(argv);
    this.child.stderr?.resume();
    if (stdoutFile === undefined) this.child.stdout?.resume();
    const output = stdoutFile === undefined ? undefined : toFile(this.child, stdoutFile);
    this.done = Promise.all([output, exited(this.child)]);
    // Failures are met in stop(); until then they must not end the process.
    this.done.catch(() => undefined);
  }

  /** Interrupts it, and kills it if it does not end within 2 s. */
  async stop(): Promise<void> {
    this.child.kill('SIGINT');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    await this.done.finally(() => clearTimeout(timer));
  }
}

/** Waits, unless the signal aborts it. */
export async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(finish, seconds * 1000);
    function finish(): void {
      signal?.removeEventListener('abort', stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    }
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function start([command, ...args]: readonly string[]): ChildProcess {
  // A group of its own: Ctrl-C at the terminal must reach us alone, so that we stop things in order.
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
}

async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

async function ended(
  child: ChildProcess,
  { timeout_s, signal }: CommandOptions,
): Promise<{ code: number | null; reason?: string }> {
  let reason: string | undefined;
  const stop = (why: string) => () => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(stop(`no end after ${timeout_s} s`), timeout_s * 1000);
  const onAbort = stop('interrupted');
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const code = await exited(child);
    return reason === undefined ? { code } : { code, reason };
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException & { path?: string };
    return { code: -1, reason: code === 'ENOENT' ? `${path ?? 'command'} is not installed` : String(error) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function collect(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => {
    if (text.length < MAX_OUTPUT_CHARS) text += chunk;
  });
  if (child.stdout !== null) await once(child.stdout, 'close').catch(() => undefined);
  return text;
}

function collectErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => (text = (text + chunk).slice(-4096)));
  return () => text;
}

async function toFile(child: ChildProcess, file: string): Promise<string> {
  const { stdout } = child;
  if (stdout === null) return '';
  const sink = createWriteStream(file);
  await (file.endsWith('.gz') ? pipeline(stdout, createGzip(), sink) : pipeline(stdout, sink));
  return '';
}
