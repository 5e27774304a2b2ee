import { NS_PER_S } from '../../core';
import { TableBuilder, queuesSchema } from '../../table';
import type { Machine } from '../machine';
import type { CounterReadings } from './counterReadings';
import { Origin, seconds } from './origin';

/** Every queue that held a packet, each time that the counters were read. */
export function queuesTable(machine: Machine, readings: CounterReadings) {
  const table = new TableBuilder(queuesSchema, Origin.of(machine.plan.experiment));
  const { all } = readings;
  const last = all[all.length - 1];
  machine.monitors.gauges.forEach(({ queue, device, cpu }, g) => {
    if (last.gauges[g].longest === 0) return;
    all.forEach(({ time_ns, gauges }, i) => {
      const now = gauges[g];
      const before = i === 0 ? undefined : all[i - 1];
      table.push({
        time_s: seconds(machine, time_ns),
        queue,
        device,
        cpu,
        length: now.length,
        mean_length:
          before === undefined ? null : (now.present_ns - before.gauges[g].present_ns) / (time_ns - before.time_ns),
        longest: now.longest,
        joined: now.joined,
        waited_s: now.waited_ns / NS_PER_S,
      });
    });
  });
  return table.finish();
}
