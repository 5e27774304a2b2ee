import { NS_PER_S } from '../core';
import {
  OP_BLOCK,
  OP_IRQ_EXIT,
  OP_NIC_CHUNK,
  OP_PACKET,
  OP_PASS_UP,
  OP_SOFTIRQ_EXIT,
  OP_THREAD_STEP,
  FROM_IRQ,
  IDLE,
} from './core';
import {
  EV_ARRIVAL,
  EV_END,
  EV_IPI,
  EV_IRQ,
  EV_READ_COUNTERS,
  EV_RESCHEDULE,
  EV_SEGMENT,
  EV_STACK_SAMPLE,
  EV_TICK,
  EV_TIMER,
  EV_WAKE,
  EV_WARM,
  PRIORITY_MONITOR,
  PRIORITY_SEGMENT,
  PRIORITY_TICK,
} from './events';
import { CounterReadings } from './emit/counterReadings';
import { StackSampler } from './emit/stackSampler';
import { LocalSenders } from './localSenders';
import { Machine } from './machine';
import type { Plan } from './plan';
import { LOAD_SAMPLE_JIFFIES } from '../kernel';
import { createWorkload } from './workloads';

/** Runs a machine from time 0 to the end of measuring. */
export class Simulator {
  readonly machine: Machine;
  readonly readings: CounterReadings;
  readonly sampler: StackSampler | null;
  private readonly jiffy_ns: number;
  private readonly tick_ns: number;
  private readonly start_ns: number;
  private readonly end_ns: number;
  private readonly interval_ns: number;
  private ticks = 0;

  constructor(readonly plan: Plan) {
    const { experiment } = plan;
    this.machine = new Machine(plan);
    this.readings = new CounterReadings(this.machine);
    this.sampler = experiment.emit.samples_hz > 0 ? new StackSampler(this.machine) : null;
    this.jiffy_ns = 1e9 / plan.constant('kernel.hz');
    this.tick_ns = plan.constant('cpu.tick_ns');
    this.start_ns = this.machine.start_ns;
    this.end_ns = this.start_ns + Math.round(experiment.duration_s * NS_PER_S);
    this.interval_ns = Math.round(experiment.emit.interval_s * NS_PER_S);
    experiment.traffic.forEach((traffic, i) => {
      this.machine.workloads.push(createWorkload(this.machine, i, traffic));
    });
  }

  run(): void {
    const { machine } = this;
    const { queue } = machine;
    for (const workload of machine.workloads) workload.start();
    machine.nic?.watch();
    if (machine.outlet instanceof LocalSenders) machine.outlet.start();
    queue.push(Math.round(this.jiffy_ns), PRIORITY_TICK, EV_TICK);
    queue.push(this.start_ns, PRIORITY_MONITOR, EV_WARM);
    queue.push(this.end_ns, PRIORITY_MONITOR + 1, EV_END);
    while (queue.pop()) {
      if (queue.kind === EV_END) break;
      this.dispatch(queue.kind, queue.a, queue.b);
    }
    machine.nic?.pull();
    this.readings.read();
  }

  private dispatch(kind: number, a: number, b: number): void {
    const { machine } = this;
    switch (kind) {
      case EV_SEGMENT:
        this.onSegment(a, b);
        break;
      case EV_ARRIVAL:
        machine.nic?.onArrival(b);
        break;
      case EV_IRQ:
        machine.nic?.onIrq(a, b);
        break;
      case EV_IPI:
        machine.path.onIpi(a);
        break;
      case EV_RESCHEDULE:
        machine.scheduler.onReschedule(a);
        break;
      case EV_TIMER:
        machine.workloads[a].onTimer(b);
        break;
      case EV_WAKE:
        machine.scheduler.start(machine.scheduler.threads[a]);
        break;
      case EV_TICK:
        this.onTick();
        break;
      case EV_WARM:
        machine.nic?.pull();
        machine.monitors.startMeasuring();
        this.readings.start();
        this.sampler?.start();
        machine.queue.push(machine.now + this.interval_ns, PRIORITY_MONITOR, EV_READ_COUNTERS);
        break;
      case EV_READ_COUNTERS:
        // The last reading is taken at the end, whatever the interval.
        if (machine.now < this.end_ns) this.readings.read();
        machine.queue.push(machine.now + this.interval_ns, PRIORITY_MONITOR, EV_READ_COUNTERS);
        break;
      case EV_STACK_SAMPLE:
        this.sampler?.sample();
        break;
    }
  }

  private onSegment(coreId: number, generation: number): void {
    const { machine } = this;
    const core = machine.cores[coreId];
    if (generation !== core.generation) return;
    if (core.stolen_ns > 0) {
      // Handlers ran meanwhile: what was planned ends so much later.
      core.segmentStart += core.stolen_ns;
      core.segmentEnd += core.stolen_ns;
      core.stolen_ns = 0;
      machine.queue.push(core.segmentEnd, PRIORITY_SEGMENT, EV_SEGMENT, coreId, generation);
      return;
    }
    switch (core.op) {
      case OP_PACKET:
        machine.softirqs.onPacket(core);
        break;
      case OP_NIC_CHUNK:
        machine.softirqs.onNicChunk(core);
        break;
      case OP_PASS_UP:
        machine.softirqs.onPassUp(core);
        break;
      case OP_IRQ_EXIT:
        if (core.netRxPending && !machine.scheduler.ksoftirqdRuns(core)) machine.softirqs.start(core, FROM_IRQ);
        else machine.scheduler.resume(core);
        break;
      case OP_SOFTIRQ_EXIT:
        machine.softirqs.exit(core);
        break;
      case OP_THREAD_STEP:
      case OP_BLOCK:
        machine.scheduler.onThreadEnd(core, core.op);
        break;
    }
  }

  private onTick(): void {
    const { machine } = this;
    this.ticks++;
    if (this.ticks % LOAD_SAMPLE_JIFFIES === 0) {
      machine.steering.sampleLoads();
      machine.splitting.onLoadsSampled();
    }
    for (const core of machine.cores) if (core.context !== IDLE) machine.scheduler.tick(core, this.tick_ns);
    machine.queue.push(Math.round((this.ticks + 1) * this.jiffy_ns), PRIORITY_TICK, EV_TICK);
  }
}
