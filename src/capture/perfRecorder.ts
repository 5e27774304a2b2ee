import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './processes';

/** What Falcon's analysis reads: softirqs, polls, the way of packets over devices, wake-ups of other CPUs. */
const TRACEPOINTS = [
  'irq:softirq_raise',
  'irq:softirq_entry',
  'irq:softirq_exit',
  'napi:napi_poll',
  'net:netif_rx',
  'net:netif_receive_skb',
  'net:net_dev_xmit',
  'ipi:ipi_send_cpu',
  'skb:skb_copy_datagram_iovec',
] as const;

const SAMPLES_HZ = 1999;

/** The tracepoints that this kernel has. */
export function availableTracepoints(): string[] {
  const roots = ['/sys/kernel/tracing/events', '/sys/kernel/debug/tracing/events'];
  const root = roots.find((folder) => existsSync(folder));
  if (root === undefined) return [];
  return TRACEPOINTS.filter((name) => existsSync(join(root, name.replace(':', '/'))));
}

/** A recording of perf that still has to be printed. */
export interface Recording {
  /** The command that recorded. */
  readonly command: string;
  /** Leaves what perf script prints in the file, and removes perf's own. Takes seconds, and CPU time. */
  print(): Promise<void>;
}

/**
 * Samples stacks on all CPUs, for `perf-cpu.txt.gz`. Software clock samples work on virtual machines too, which
 * have no hardware events.
 */
export function recordStacks(folder: string, duration_s: number, signal?: AbortSignal): Promise<Recording> {
  const what = ['-e', 'cpu-clock', '-F', String(SAMPLES_HZ), '-a', '-g'];
  return record(folder, 'perf-cpu.txt.gz', what, duration_s, signal);
}

/** Records tracepoints on all CPUs, for `perf-softirq.txt.gz`. */
export function recordTracepoints(
  folder: string,
  events: readonly string[],
  duration_s: number,
  signal?: AbortSignal,
): Promise<Recording> {
  return record(folder, 'perf-softirq.txt.gz', ['-e', events.join(','), '-a'], duration_s, signal);
}

async function record(
  folder: string,
  file: string,
  what: readonly string[],
  duration_s: number,
  signal?: AbortSignal,
): Promise<Recording> {
  const data = join(folder, `${file}.data`);
  const limits = { timeout_s: duration_s + 60, ...(signal === undefined ? {} : { signal }) };
  const argv = ['perf', 'record', '-q', ...what, '-o', data, '--', 'sleep', String(duration_s)];
  await run(argv, limits).catch(async (error: unknown) => {
    await rm(data, { force: true });
    throw error;
  });
  return {
    command: argv.map((word) => (word === data ? 'perf.data' : word)).join(' '),
    async print() {
      try {
        await run(['perf', 'script', '--header', '-i', data], { ...limits, stdoutFile: join(folder, file) });
      } finally {
        await rm(data, { force: true });
      }
    },
  };
}
