import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError, makeFolder } from '../core';
import { availableTracepoints, recordStacks, recordTracepoints } from './perfRecorder';
import { PLACE, run } from './processes';
import { procFiles, recordProc } from './procRecorder';
import type { RecordedFile } from './procRecorder';
import { checkRequirements } from './requirements';
import { SockperfLoad } from './sockperfLoad';
import { ADDRESSES, TestBed, VXLAN } from './testBed';
import type { Role } from './testBed';

export interface CaptureOptions {
  /** Folder to make; it may exist if it is empty. */
  readonly folder: string;
  /** Default overlay. */
  readonly mode?: 'host' | 'overlay';
  /** Default udp. */
  readonly protocol?: 'udp' | 'tcp';
  /** Default 16. */
  readonly messageBytes?: number;
  /** Length of each load. Default 5. */
  readonly duration_s?: number;
  /** Throughput runs; the counters belong to the first. Default 3. */
  readonly repeats?: number;
  /** Messages per second of the latency run. Default 40,000 for UDP, 10,000 for TCP. */
  readonly rate_pps?: number;
  /** Default: the first CPU sends, the second receives. */
  readonly senderCpu?: number;
  readonly receiverCpu?: number;
  /** RPS masks of hostB's devices, hexadecimal, e.g. `{eth0: '2'}`. Default: off. */
  readonly rps?: ReadonlyMap<'eth0' | 'vxlan0', string>;
  /** Whether to record with perf, which sees the whole machine. Default true. */
  readonly perf?: boolean;
  readonly onStep?: (step: string) => void;
  readonly signal?: AbortSignal;
}

const DEFAULTS = {
  mode: 'overlay',
  protocol: 'udp',
  messageBytes: 16,
  duration_s: 5,
  repeats: 3,
  perf: true,
} as const;

const MAX_DURATION_S = 600;
/** Dumps of the counters in the length of a load. */
const DUMPS = 5;
const TRACEPOINT_S = 0.1;

/**
 * Records a capture folder that `loadCapture` reads, in network namespaces of this machine. Takes about
 * (repeats + 3) × duration. Everything that it makes is removed again, whether it ends, fails or is aborted.
 * @throws InputError in one line if the machine cannot, an option makes no sense, or a program fails
 */
export async function recordCapture(options: CaptureOptions): Promise<void> {
  const settings = check(options);
  checkRequirements(['ip', 'taskset', 'sockperf', ...(settings.perf ? ['perf'] : [])]);
  await makeEmptyFolder(options.folder);
  const bed = await TestBed.create(options.signal);
  const load = new SockperfLoad(bed, options.folder, settings, options.signal);
  try {
    for (const [device, mask] of settings.rps) await bed.setRps('hostB', device, mask);
    await load.startServer();
    const commands = await measure(bed, load, settings);
    await load.stopServer();
    await writeManifest(settings, commands);
  } finally {
    // A server that did not start has failed already; its end must not hide why.
    await load.stopServer().catch(() => undefined);
    bed.remove();
  }
}

type Settings = ReturnType<typeof check>;

function check(options: CaptureOptions) {
  const count = cpus().length;
  const settings = {
    ...DEFAULTS,
    rate_pps: options.protocol === 'tcp' ? 10_000 : 40_000,
    senderCpu: 0,
    receiverCpu: Math.min(1, count - 1),
    rps: new Map<'eth0' | 'vxlan0', string>() as ReadonlyMap<'eth0' | 'vxlan0', string>,
    ...definedOnly(options),
  };
  const within = (name: string, value: number, low: number, high: number): void => {
    if (Number.isInteger(value) && value >= low && value <= high) return;
    throw InputError.expected(PLACE, `${name} from ${low} to ${high}`, String(value));
  };
  within('duration', settings.duration_s, 1, MAX_DURATION_S);
  within('repeats', settings.repeats, 1, 100);
  within('message size', settings.messageBytes, 14, 65_507);
  within('rate', settings.rate_pps, 1, 10_000_000);
  within('sender CPU', settings.senderCpu, 0, count - 1);
  within('receiver CPU', settings.receiverCpu, 0, count - 1);
  for (const mask of settings.rps.values()) {
    if (!/^[0-9a-f]{1,8}(?:,[0-9a-f]{8})*$/i.test(mask))
      throw InputError.expected(PLACE, 'a hexadecimal CPU mask', mask);
  }
  return settings;
}

function definedOnly(options: CaptureOptions): CaptureOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as CaptureOptions;
}

async function makeEmptyFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  if ((await readdir(folder)).length > 0) {
    throw InputError.expected({ file: folder }, 'a new or empty folder', 'files in it');
  }
}

interface Commands {
  throughput: string;
  underload: string;
  cpuProfile?: string;
  tracepoints?: string;
}

/** hostB sees the outer packets, the receiver the inner ones; on the host path they are one. */
function counted(mode: 'host' | 'overlay'): Role[] {
  return mode === 'host' ? ['hostB'] : ['hostB', 'ctrB'];
}

async function measure(bed: TestBed, load: SockperfLoad, settings: Settings): Promise<Commands> {
  const { folder, duration_s, repeats, perf, rate_pps, signal } = settings;
  const step = settings.onStep ?? (() => undefined);
  step('throughput with counters');
  // Dumps begin before the load does, which warms up first: the series begins idle.
  const first = load.throughput(duration_s, 'sockperf-throughput-1.txt');
  const series = recordProc(folder, bed, counted(settings.mode), duration_s / DUMPS, first, signal);
  const [throughput] = await settled([first, series]);
  const commands: Commands = { throughput: throughput as string, underload: '' };
  if (perf) {
    step('stack samples');
    const stacks = await load.during(() => recordStacks(folder, Math.min(2, duration_s), signal));
    commands.cpuProfile = stacks.command;
    await stacks.print();
    const events = availableTracepoints();
    if (events.length > 0) {
      step('tracepoints');
      const tracepoints = await load.during(() => recordTracepoints(folder, events, TRACEPOINT_S, signal));
      commands.tracepoints = tracepoints.command;
      await tracepoints.print();
    }
  }
  step('latency');
  const log = 'sockperf-latency.csv';
  commands.underload = await load.underLoad(duration_s, rate_pps, 'sockperf-underload.txt', log);
  await writeFile(join(folder, `${log}.gz`), gzipSync(await readFile(join(folder, log))));
  await rm(join(folder, log));
  for (let repeat = 2; repeat <= repeats; repeat++) {
    step(`throughput ${repeat} of ${repeats}`);
    await load.throughput(duration_s, `sockperf-throughput-${repeat}.txt`);
  }
  return commands;
}

/** Waits for all, so that nothing goes on after a failure, and then fails with the first. */
async function settled(tasks: readonly Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function writeManifest(settings: Settings, commands: Commands): Promise<void> {
  const { folder, mode, protocol, messageBytes, repeats } = settings;
  const version = async (argv: string[]): Promise<string> =>
    (await run(argv, { timeout_s: 5 }).catch(() => '')).trim().split('\n')[0];
  const manifest = {
    schema: 'falcon-lab/capture/1',
    id: basename(resolve(folder)),
    recorded: new Date().toISOString(),
    kernel: release(),
    cpus: cpus().length,
    cpuModel: cpus()[0]?.model.trim(),
    memoryKiB: Math.round(totalmem() / 1024),
    mode,
    protocol,
    messageBytes,
    topology: {
      hosts: ['hostA', 'hostB'],
      containers: ['ctrA', 'ctrB'],
      cable: 'veth eth0-eth0',
      vxlan: { ...VXLAN, device: 'vxlan0' },
      bridge: 'br0',
      containerVeth: { host: 'veth0', container: 'eth0' },
      addresses: ADDRESSES,
      namespacesRunOn: 'one machine; every namespace shares its CPUs',
    },
    placement: { sender: settings.senderCpu, receiver: settings.receiverCpu },
    receiverNamespace: mode === 'host' ? 'hostB' : 'ctrB',
    rpsCpuMask: Object.fromEntries([...settings.rps].map(([device, mask]) => [`hostB/${device}`, mask])),
    tools: { perf: settings.perf ? await version(['perf', '--version']) : undefined },
    repeats,
    load: { throughput: commands.throughput, underload: commands.underload },
    commands: { cpuProfile: commands.cpuProfile, tracepoints: commands.tracepoints },
    files: await describeFiles(folder, counted(mode)),
  };
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function describeFiles(folder: string, namespaces: readonly Role[]): Promise<object[]> {
  const known = new Map<string, RecordedFile>(procFiles(namespaces).map((file) => [file.name, file]));
  const names = (await readdir(folder)).filter((name) => name !== 'manifest.json').sort();
  return names.map((name) => {
    const proc = known.get(name);
    if (proc !== undefined) return { ...proc, phase: 'throughput', repeat: 1 };
    const repeat = /^sockperf-throughput-(\d+)\.txt$/.exec(name);
    if (repeat !== null)
      return { name, phase: 'throughput', repeat: Number(repeat[1]), about: 'summary of the sender' };
    if (name === 'sockperf-server.txt') return { name, about: 'messages of the receiver' };
    const phase = name.startsWith('sockperf') ? 'underload' : 'throughput';
    return { name, phase };
  });
}
