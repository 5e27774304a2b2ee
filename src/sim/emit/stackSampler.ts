import { TableBuilder, samplesSchema, stacksSchema } from '../../table';
import {
  FROM_BH_ENABLE,
  FROM_KSOFTIRQD,
  HARDIRQ,
  IDLE,
  IRQ_CALL,
  IRQ_NIC,
  IRQ_RESCHEDULE,
  OP_BLOCK,
  OP_NIC_CHUNK,
  OP_PACKET,
  OP_PASS_UP,
  SOFTIRQ,
} from '../core';
import type { Core } from '../core';
import { EV_STACK_SAMPLE, PRIORITY_MONITOR } from '../events';
import type { Machine } from '../machine';
import { NAPI_BACKLOG } from '../napi';
import { NONE } from '../packets';
import { ENTRY_GRO_CELLS } from '../plan';
import { Origin, seconds } from './origin';

const EVENT = 'cpu-clock';
/** Progress of a thread's step just before it is done. */
const STEP_END = 0.999999;
/** Process ids of the simulated threads start here; ksoftirqd's are those of a small machine anyway. */
const FIRST_PID = 1000;

const SEND_IPI = ['net_rps_send_ipi', 'smp_call_function_single_async', 'generic_exec_single'];
const WAKE_UP = [
  'ip_local_deliver_finish',
  'ip_protocol_deliver_rcu',
  'sock_def_readable',
  '__wake_up_sync_key',
  'try_to_wake_up',
];

/** Frames by interrupt: entry, then the handler. */
const IRQ_FRAMES: Readonly<Record<number, { readonly entry: string; readonly handler: readonly string[] }>> = {
  [IRQ_NIC]: { entry: '@irqEntry', handler: ['@irqHandler', '@irqDriver'] },
  [IRQ_CALL]: { entry: '@ipiEntry', handler: ['@ipiHandler'] },
  [IRQ_RESCHEDULE]: { entry: '@reschedule', handler: [] },
};

/**
 * Samples every core's stack at a frequency, as `perf record -e cpu-clock -a -g` does. Within a segment of work the
 * function is the one whose share of the segment's cost the instant falls into.
 */
export class StackSampler {
  private readonly samples;
  private readonly folded = new Map<string, { cpu: number; comm: string; stack: string; samples: number }>();
  private readonly period_ns: number;
  private readonly expanded = new Map<string, readonly string[]>();

  constructor(private readonly machine: Machine) {
    const { experiment } = machine.plan;
    this.samples = new TableBuilder(samplesSchema, Origin.of(experiment));
    this.period_ns = Math.max(1, Math.round(1e9 / experiment.emit.samples_hz));
  }

  start(): void {
    this.schedule();
  }

  sample(): void {
    const time_s = seconds(this.machine, this.machine.now);
    for (const core of this.machine.cores) {
      const comm = this.machine.scheduler.commOf(core);
      const stack = this.stackOf(core).join(';');
      const pid = core.thread < 0 ? 0 : FIRST_PID + core.thread;
      this.samples.pushValues(time_s, core.id, comm, pid, pid, EVENT, this.period_ns, stack);
      this.fold(core.id, comm, stack);
    }
    this.schedule();
  }

  finish() {
    const stacks = new TableBuilder(stacksSchema, Origin.of(this.machine.plan.experiment));
    for (const { cpu, comm, stack, samples } of this.folded.values()) {
      stacks.push({ cpu, comm, event: EVENT, stack, samples, weight: samples * this.period_ns });
    }
    return { samples: this.samples.finish(), stacks: stacks.finish() };
  }

  private schedule(): void {
    this.machine.queue.push(this.machine.now + this.period_ns, PRIORITY_MONITOR, EV_STACK_SAMPLE);
  }

  private fold(cpu: number, comm: string, stack: string): void {
    const key = `${cpu} ${comm} ${stack}`;
    const known = this.folded.get(key);
    if (known === undefined) this.folded.set(key, { cpu, comm, stack, samples: 1 });
    else known.samples++;
  }

  private stackOf(core: Core): readonly string[] {
    if (core.context === SOFTIRQ) return this.softirqStack(core);
    const base = this.baseOf(core);
    // A core that was idle is still waking up during the segment's overhead.
    const waking = this.machine.now - core.segmentStart < core.overhead_ns;
    if (core.context !== HARDIRQ || waking) return base;
    const { entry, handler } = IRQ_FRAMES[core.irq];
    return [...base, ...this.frames(entry), ...handler.flatMap((name) => this.frames(name))];
  }

  /** What the core would be at without interrupts: idle, or a thread. */
  private baseOf(core: Core): readonly string[] {
    if (core.thread < 0 || core.context === IDLE) return this.frames('@idle');
    const thread = this.machine.scheduler.threads[core.thread];
    if (thread.program === null) return this.frames('@ksoftirqd');
    const op = core.context === SOFTIRQ || core.context === HARDIRQ ? thread.op : core.op;
    return this.expand(thread.program.frames(op === OP_BLOCK ? -1 : this.progress(core)));
  }

  private softirqStack(core: Core): readonly string[] {
    const softirq = [...this.frames('@softirq'), ...this.frames('@netRx')];
    return [...this.entryOf(core), ...softirq, ...this.workOf(core)];
  }

  private entryOf(core: Core): readonly string[] {
    if (core.softirqFrom === FROM_KSOFTIRQD) return this.frames('@ksoftirqd');
    if (core.softirqFrom === FROM_BH_ENABLE) {
      // The end of a step is where its thread sends.
      const step = this.machine.scheduler.threads[core.thread]?.program?.frames(STEP_END) ?? [];
      const send = step.includes('@send') ? step : ['@send', 'udp_sendmsg'];
      return [...this.expand(send), 'ip_output', '__dev_queue_xmit', ...this.frames('@bhEnable')];
    }
    return [...this.baseOf(core), ...this.frames(IRQ_FRAMES[core.irq].entry), ...this.frames('@irqExit')];
  }

  /** Frames below net_rx_action. */
  private workOf(core: Core): readonly string[] {
    const { machine } = this;
    const elapsed = machine.now - core.segmentStart;
    if (elapsed < core.overheadIpi_ns) return SEND_IPI;
    if (elapsed < core.overheadIpi_ns + core.overheadWake_ns)
      return [...this.frames('@napiPoll'), ...this.frames('@backlog'), ...WAKE_UP];
    if (elapsed < core.overhead_ns || core.napi < 0) return [];
    const packet = this.packetOf(core);
    if (packet === NONE) return this.frames('@napiPoll');
    const { pool, plan } = machine;
    const leg = plan.legs[pool.leg[packet]];
    const kind = pool.kind[packet];
    const backlog = machine.napis[core.napi].kind === NAPI_BACKLOG;
    // A backlog in place of a gro_cell skips its GRO, and so does what was already passed on.
    const skipsBefore = core.op === OP_PASS_UP || (backlog && leg.entry === ENTRY_GRO_CELLS);
    const works = leg.works.filter((work) => !(skipsBefore && work.beforeGro));
    const costs = works.map(
      (work) =>
        work.packet_ns[kind] + work.segment_ns[kind] * pool.segments[packet] + work.byte_ns[kind] * pool.bytes[packet],
    );
    let left = this.progress(core) * costs.reduce((sum, cost) => sum + cost, 0);
    const at = costs.findIndex((cost) => (left -= cost) < 0);
    return [...this.frames('@napiPoll'), ...(at < 0 ? [] : works[at].frames)];
  }

  private packetOf(core: Core): number {
    if (core.op === OP_PACKET || core.op === OP_NIC_CHUNK) return core.opPacket;
    return core.op === OP_PASS_UP && core.passing.length > 0 ? core.passing.at(0) : NONE;
  }

  /** How far the running segment is, 0 to 1, without the overhead at its beginning. */
  private progress(core: Core): number {
    const length = core.segmentEnd - core.segmentStart - core.overhead_ns;
    const done = this.machine.now - core.segmentStart - core.overhead_ns;
    return length > 0 ? Math.min(STEP_END, Math.max(0, done / length)) : 0;
  }

  private expand(names: readonly string[]): string[] {
    return names.flatMap((name) => (name.startsWith('@') ? this.frames(name) : [name]));
  }

  private frames(name: string): readonly string[] {
    let frames = this.expanded.get(name);
    if (frames === undefined) {
      frames = this.machine.plan.frames(name);
      this.expanded.set(name, frames);
    }
    return frames;
  }
}
