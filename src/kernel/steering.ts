import { FLOW_LIMIT_HISTORY, FLOW_LIMIT_TABLE, NETDEV_MAX_BACKLOG } from './constants';
import { reciprocalScale } from './hash';

/**
 * The CPU that RPS chooses for a flow: `cpus[reciprocal_scale(hash, len)]`, without flow tables (RFS).
 * The same hash and the same CPUs give the same choice at every device, which is the paper's section 4.1.
 * Source: get_rps_cpu() of net/core/dev.c, 5.4.63.
 * @param cpus the CPUs of the device's rps_cpus mask in ascending order, not empty
 */
export function rpsCpu(hash: number, cpus: ArrayLike<number>): number {
  return cpus[reciprocalScale(hash, cpus.length)];
}

/**
 * CPUs of a mask as written to rps_cpus or smp_affinity: hexadecimal, in groups of 32 bits apart by commas.
 * `cpusOfMask('1,00000003')` → [0, 1, 32].
 * @throws RangeError if the text is no such mask
 */
export function cpusOfMask(mask: string): number[] {
  if (!/^[0-9a-f]{1,8}(,[0-9a-f]{1,8})*$/i.test(mask)) throw new RangeError(`not a CPU mask: ${JSON.stringify(mask)}`);
  const cpus: number[] = [];
  const groups = mask.split(',').reverse();
  groups.forEach((group, i) => {
    const bits = parseInt(group, 16);
    for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) cpus.push(32 * i + bit);
  });
  return cpus;
}

/**
 * The CPU with the least load, the first of several. Not in Linux: the paper's section 4.3 argues
 * against chasing the least loaded core, and this is what it argues against.
 */
export function leastLoadedCpu(cpus: ArrayLike<number>, loads: ArrayLike<number>): number {
  let least = cpus[0];
  for (let i = 1; i < cpus.length; i++) if (loads[cpus[i]] < loads[least]) least = cpus[i];
  return least;
}

/** The CPUs in turn, one for each packet. Not in Linux: what section 3.3 of the paper warns of, since it reorders. */
export function sprayedCpu(packet: number, cpus: ArrayLike<number>): number {
  return cpus[packet % cpus.length];
}

/**
 * The flow limit of one CPU: at a backlog that is half full, a flow that made more than half of the last 128 packets
 * that this CPU brought to such backlogs is dropped. The table is that of the CPU that enqueues, not of the backlog's
 * (this_cpu_ptr), and off unless that CPU is in flow_limit_cpu_bitmap. Flows are told apart by 12 bits of their hash.
 * Source: skb_flow_limit() of net/core/dev.c, 5.4.63.
 */
export class FlowLimit {
  /** Packets refused so far. */
  refused = 0;
  private readonly history = new Uint16Array(FLOW_LIMIT_HISTORY);
  private readonly buckets = new Uint8Array(FLOW_LIMIT_TABLE);
  private head = 0;

  constructor(private readonly maxBacklog: number = NETDEV_MAX_BACKLOG) {}

  /** Notes a packet that is brought to a backlog of `queued` packets; true if it must be dropped. */
  refuses(hash: number, queued: number): boolean {
    if (queued < this.maxBacklog >> 1) return false;
    const flow = hash & (FLOW_LIMIT_TABLE - 1);
    const oldest = this.history[this.head];
    this.history[this.head] = flow;
    this.head = (this.head + 1) & (FLOW_LIMIT_HISTORY - 1);
    // The history starts as bucket 0 throughout, whose count is 0: nothing to take back then.
    if (this.buckets[oldest] > 0) this.buckets[oldest]--;
    if (++this.buckets[flow] <= FLOW_LIMIT_HISTORY >> 1) return false;
    this.refused++;
    return true;
  }
}
