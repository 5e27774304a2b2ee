import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause, run } from './processes';
import type { Role, TestBed } from './testBed';

/** Counters of the whole machine. */
const SYSTEM_FILES: readonly (readonly [source: string, file: string])[] = [
  ['/proc/softirqs', 'proc-softirqs.txt'],
  ['/proc/interrupts', 'proc-interrupts.txt'],
  ['/proc/stat', 'proc-stat.txt'],
  ['/proc/net/softnet_stat', 'proc-softnet_stat.txt'],
];

/** Counters of one network namespace. */
const NAMESPACE_FILES: readonly (readonly [source: string, file: string])[] = [
  ['/proc/net/dev', 'proc-net-dev'],
  ['/proc/net/snmp', 'proc-net-snmp'],
];

export interface RecordedFile {
  readonly name: string;
  readonly about: string;
  readonly namespace?: Role;
}

/** The files that `recordProc` writes. */
export function procFiles(namespaces: readonly Role[]): RecordedFile[] {
  const about = (source: string, where: string): string =>
    `${source}, ${where}, each dump after a line "# epoch seconds"`;
  return [
    ...SYSTEM_FILES.map(([source, name]) => ({ name, about: about(source, 'system-wide') })),
    ...namespaces.flatMap((namespace) =>
      NAMESPACE_FILES.map(([source, file]) => ({
        name: `${file}-${namespace}.txt`,
        about: about(source, `of ${namespace}`),
        namespace,
      })),
    ),
  ];
}

/** Bounds a series whose end never comes. */
const MAX_DUMPS = 10_000;

/**
 * Appends dumps of the counters to files of a folder, `interval_s` apart, until `end` is settled. Each dump follows
 * a line `# seconds` with the time at which it was read.
 */
export async function recordProc(
  folder: string,
  bed: TestBed,
  namespaces: readonly Role[],
  interval_s: number,
  end: Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  let ended = false;
  const stop = (): void => {
    ended = true;
  };
  end.then(stop, stop);
  for (let dump = 0; dump < MAX_DUMPS && !ended; dump++) {
    if (dump > 0) await pause(interval_s, signal);
    for (const [source, name] of SYSTEM_FILES) {
      await append(folder, name, () => readFile(source, 'utf8'));
    }
    for (const namespace of namespaces) {
      for (const [source, file] of NAMESPACE_FILES) {
        const argv = bed.command(namespace, ['cat', source]);
        await append(folder, `${file}-${namespace}.txt`, () => run(argv, { timeout_s: 5 }));
      }
    }
  }
}

async function append(folder: string, name: string, read: () => Promise<string>): Promise<void> {
  const time_s = (performance.timeOrigin + performance.now()) / 1000;
  const text = await read();
  await appendFile(join(folder, name), `# ${time_s.toFixed(6)}\n${text}`);
}
