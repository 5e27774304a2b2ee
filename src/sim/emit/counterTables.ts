import { NS_PER_S } from '../../core';
import { TableBuilder, cpuTimeSchema, interruptsSchema, softirqsSchema, softnetSchema } from '../../table';
import { HARDIRQ, IDLE, SOFTIRQ, SYSTEM, USER } from '../core';
import type { Machine } from '../machine';
import { COUNTERS } from './counterReadings';
import type { CounterReadings, Reading } from './counterReadings';
import { Origin, seconds } from './origin';

const CONTEXT_NAMES = [
  ['user', USER],
  ['system', SYSTEM],
  ['idle', IDLE],
  ['hardirq', HARDIRQ],
  ['softirq', SOFTIRQ],
] as const;

/** Rows of /proc/softirqs that the model fills. */
const SOFTIRQ_VECTORS = [
  ['TIMER', 'timer'],
  ['NET_RX', 'netRx'],
  ['SCHED', 'sched'],
] as const;

/** Rows of /proc/interrupts that are not a device's. */
const IPI_ROWS = [
  ['LOC', 'Local timer interrupts', 'loc'],
  ['RES', 'Rescheduling interrupts', 'res'],
  ['CAL', 'Function call interrupts', 'cal'],
] as const;

/** Interrupt number of the NIC's first queue. */
const FIRST_IRQ = 24;

type Counter = (typeof COUNTERS)[number];

/** Counters since measuring began, in the shape of /proc/stat, softirqs, interrupts and softnet_stat. */
export function counterTables(machine: Machine, readings: CounterReadings) {
  const origin = Origin.of(machine.plan.experiment);
  const cpuTime = new TableBuilder(cpuTimeSchema, origin);
  const softirqs = new TableBuilder(softirqsSchema, origin);
  const interrupts = new TableBuilder(interruptsSchema, origin);
  const softnet = new TableBuilder(softnetSchema, origin);
  const base = readings.all[0];
  for (const reading of readings.all) {
    const time_s = seconds(machine, reading.time_ns);
    for (let cpu = 0; cpu < machine.cores.length; cpu++) {
      const since = (counter: Counter): number => difference(reading, base, cpu, counter);
      for (const [name, context] of CONTEXT_NAMES) {
        const ns = reading.contexts[cpu][context] - base.contexts[cpu][context];
        cpuTime.pushValues(time_s, cpu, name, ns / NS_PER_S);
      }
      for (const [vector, counter] of SOFTIRQ_VECTORS) softirqs.pushValues(time_s, cpu, vector, since(counter));
      for (const [irq, device, counter] of IPI_ROWS) interrupts.pushValues(time_s, cpu, irq, device, since(counter));
      softnet.pushValues(
        time_s,
        cpu,
        since('processed'),
        since('backlogDropped'),
        since('timeSqueeze'),
        since('receivedRps'),
        since('flowLimit'),
      );
    }
    const device = machine.plan.devices[machine.plan.legs[0].device].name;
    (machine.nic?.queues ?? []).forEach((queue, q) => {
      const count = reading.queueInterrupts[q] - base.queueInterrupts[q];
      interrupts.pushValues(time_s, queue.core, String(FIRST_IRQ + q), `PCI-MSI ${device}-${q}`, count);
    });
  }
  return {
    cpuTime: cpuTime.finish(),
    softirqs: softirqs.finish(),
    interrupts: interrupts.finish(),
    softnet: softnet.finish(),
  };
}

function difference(reading: Reading, base: Reading, cpu: number, counter: Counter): number {
  const at = COUNTERS.indexOf(counter);
  return reading.counters[cpu][at] - base.counters[cpu][at];
}
