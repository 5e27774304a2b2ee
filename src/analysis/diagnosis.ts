import { splitStack, type cpuTimeSchema, type stacksSchema, type Table } from '../table';
import { counterRates, loadedWindow, meanRates } from './rates';

/**
 * What a core does, by what its stack samples have in them. The order is that of a packet; `send` and `receive`
 * are system calls, `other` is what is none of these.
 */
export const ACTIVITIES = [
  'nic',
  'softirq',
  'outer',
  'tunnel',
  'container',
  'backlog',
  'bridge',
  'tunnel transmit',
  'send',
  'receive',
  'other',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

export const ACTIVITY_MEANING: Readonly<Record<Activity, string>> = {
  nic: 'poll of a network card: descriptors, skb, GRO, and what it calls directly',
  softirq: 'net_rx_action itself: interrupts to other cores, freeing, bookkeeping',
  outer: 'outer headers up to decapsulation',
  tunnel: 'gro_cells of the tunnel device, bridge, into the veth',
  container: 'from the veth to the socket: IP, UDP or TCP, waking the reader',
  backlog: 'process_backlog before it is clear whose packet it was',
  bridge: 'bridge work out of a backlog before it is clear which way the packet goes',
  'tunnel transmit': 'softirq work for packets that leave through the tunnel',
  send: 'system calls that send',
  receive: 'system calls that receive',
  other: 'anything else that is not idling',
};

/** Stages that can be moved to a core of their own: they begin with a queue. */
const STEERABLE: readonly Activity[] = ['tunnel', 'container'];

export interface CoreActivity {
  readonly cpu: number;
  /** Busy share of the loaded time. From /proc/stat if the run has it, else from the samples. */
  readonly load: number;
  /** Share of the core's busy samples by activity; activities without samples are left out. */
  readonly shares: ReadonlyMap<Activity, number>;
}

export interface PipeliningForecast {
  /** Core that is relieved: the busiest. */
  readonly cpu: number;
  /** Stages that would move to cores of their own, with their share of its busy time. */
  readonly moved: readonly { readonly activity: Activity; readonly share: number }[];
  /** What would then be the heaviest part. */
  readonly heaviest: Activity | 'the rest';
  /** Upper bound of the rate relative to now: the hand-over between cores is not paid for. */
  readonly atMost: number;
}

export interface Diagnosis {
  /** In the order of CPU numbers; CPUs without busy samples included. */
  readonly cores: readonly CoreActivity[];
  readonly busiest: CoreActivity;
  readonly forecast: PipeliningForecast;
}

/**
 * Where the time of the cores goes, and what moving stages off the busiest one could bring at most. Stack samples
 * are enough, so it works for any machine on which perf can be run.
 * @param cpuTime makes the loads exact: idle CPUs are not sampled reliably
 * @throws RangeError if no sample was of a busy core, or samples lack CPU numbers
 */
export function diagnose(stacks: Table<typeof stacksSchema>, cpuTime?: Table<typeof cpuTimeSchema>): Diagnosis {
  const byCpu = new Map<number, { busy: number; idle: number; activities: Map<Activity, number> }>();
  for (const { cpu, stack, weight } of stacks.rows()) {
    if (cpu === null) throw new RangeError('the samples have no CPU numbers: record with perf record -a');
    let core = byCpu.get(cpu);
    if (core === undefined) byCpu.set(cpu, (core = { busy: 0, idle: 0, activities: new Map() }));
    const activity = activityOf(splitStack(stack));
    if (activity === 'idle') core.idle += weight;
    else {
      core.busy += weight;
      core.activities.set(activity, (core.activities.get(activity) ?? 0) + weight);
    }
  }
  // An idle CPU may not be sampled at all; the CPU with the most samples shows how long sampling lasted.
  const span = Math.max(...[...byCpu.values()].map((core) => core.busy + core.idle));
  const loads = cpuTime === undefined ? new Map<number, number>() : loadedTime(cpuTime);
  const cores = [...byCpu]
    .sort(([a], [b]) => a - b)
    .map(([cpu, core]): CoreActivity => ({
      cpu,
      load: loads.get(cpu) ?? core.busy / span,
      shares: new Map(
        ACTIVITIES.filter((a) => core.activities.has(a)).map((a) => [
          a,
          (core.activities.get(a) as number) / core.busy,
        ]),
      ),
    }));
  const sampled = cores.filter((core) => core.shares.size > 0);
  if (sampled.length === 0) throw new RangeError('no sample was taken of a busy core');
  const busiest = sampled.reduce((most, core) => (core.load > most.load ? core : most));
  return { cores, busiest, forecast: forecastFor(busiest) };
}

const IDLE_CONTEXTS: ReadonlySet<string> = new Set(['idle', 'iowait']);

/** Busy share of each CPU while there was softirq work: readings often begin before the load and end after it. */
function loadedTime(cpuTime: Table<typeof cpuTimeSchema>): Map<number, number> {
  const rates = counterRates(cpuTime);
  const byCpu = new Map<number, { total: number; busy: number }>();
  for (const { cpu, counter, rate_per_s } of meanRates(rates, loadedWindow(rates, 'softirq'))) {
    if (cpu === null) continue;
    const { total, busy } = byCpu.get(cpu) ?? { total: 0, busy: 0 };
    byCpu.set(cpu, { total: total + rate_per_s, busy: busy + (IDLE_CONTEXTS.has(counter) ? 0 : rate_per_s) });
  }
  return new Map([...byCpu].map(([cpu, { total, busy }]) => [cpu, total > 0 ? busy / total : 0]));
}

/** What a stack, outermost frame first, was doing. */
export function activityOf(frames: readonly string[]): Activity | 'idle' {
  const softirq = frames.indexOf('net_rx_action');
  if (softirq < 0) {
    if (frames.some((f) => SENDS.test(f))) return 'send';
    if (frames.some((f) => RECEIVES.test(f))) return 'receive';
    return frames.some((f) => IDLES.test(f)) ? 'idle' : 'other';
  }
  const below = frames.slice(softirq + 1);
  const has = (name: RegExp): boolean => below.some((f) => name.test(f));
  if (has(/^vxlan_xmit/)) return 'tunnel transmit';
  if (has(/^gro_cell_poll$/)) return 'tunnel';
  if (has(/^(vxlan_rcv|ipip_rcv|gro_cells_receive)$/)) return 'outer';
  if (has(/^process_backlog$/)) {
    if (has(/^veth_xmit$/)) return 'tunnel';
    if (has(/^br_handle_frame$/)) return 'bridge';
    return has(DELIVERS) ? 'container' : 'backlog';
  }
  return has(DRIVER_POLL) ? 'nic' : 'softirq';
}

/** Poll functions of drivers, and what they call first; __napi_poll is the kernel's own. */
const DRIVER_POLL = /^(?!__napi_poll$)\w*_poll(_rx_cq)?$|_clean_rx_irq$|^napi_gro_receive$/;

/** A backlog's packet that gets this far goes to a socket. */
const DELIVERS = /^(__udp_enqueue_schedule_skb|sock_def_readable|tcp_v4_rcv|tcp_v6_rcv|tcp_v4_do_rcv)$/;
const SENDS = /^(__)?(x64_)?_*sys_send(to|msg|mmsg)$|^__x64_sys_(sendto|sendmsg|sendmmsg|write|writev)$|^__libc_send/;
const RECEIVES = /^__x64_sys_(recvfrom|recvmsg|recvmmsg|read|readv)$|^_*sys_recv(from|msg|mmsg)$|^__libc_recv/;
const IDLES = /^(do_idle|cpu_startup_entry|cpuidle_enter|default_idle|intel_idle)$/;

function forecastFor({ cpu, shares }: CoreActivity): PipeliningForecast {
  const moved = STEERABLE.flatMap((activity) => {
    const share = shares.get(activity) ?? 0;
    return share > 0 ? [{ activity, share }] : [];
  });
  const rest = 1 - moved.reduce((sum, { share }) => sum + share, 0);
  const heaviest = moved.reduce<{ activity: Activity | 'the rest'; share: number }>(
    (most, part) => (part.share > most.share ? part : most),
    { activity: 'the rest', share: rest },
  );
  return { cpu, moved, heaviest: heaviest.activity, atMost: 1 / heaviest.share };
}
