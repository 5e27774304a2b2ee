import { TableBuilder, column, defineSchema, optional } from '../table';
import type { Table, eventsSchema } from '../table';

/** One run of a softirq on a core. */
export const softirqTimelineSchema = defineSchema('softirqTimeline', 'Runs of softirqs on each core', {
  source: column('string', "'simulated' or 'captured'"),
  run: column('string', 'id of the run'),
  cpu: column('i32', 'CPU number'),
  vector: column('i32', 'number of the softirq vector; 3 is NET_RX'),
  comm: column('string', 'command name of the interrupted task; ksoftirqd/N where the work was put off'),
  raised_s: optional('f64', 'first raise on this CPU since its last run; null if not seen', 's'),
  started_s: column('f64', 'entry', 's'),
  ended_s: column('f64', 'exit', 's'),
  polls: column('i32', 'NAPI polls within'),
  packets: column('i32', 'work that those polls reported'),
  interrupts: column('i32', 'hardware interrupts handled within'),
});

interface OpenRun {
  readonly vector: number;
  readonly comm: string;
  readonly raised_s: number | null;
  readonly started_s: number;
  polls: number;
  packets: number;
  interrupts: number;
}

/** Runs of softirqs, by core in order of their ends. Those cut by a border of the recording are left out. */
export function softirqTimeline(events: Table<typeof eventsSchema>): Table<typeof softirqTimelineSchema> {
  const origin =
    events.numRows === 0
      ? { source: 'captured', run: '' }
      : { source: events.column('source').at(0), run: events.column('run').at(0) };
  const timeline = new TableBuilder(softirqTimelineSchema, origin);
  const open = new Map<number, OpenRun>();
  /** Key: CPU × 64 + vector. */
  const raised = new Map<number, number>();
  const columns = {
    event: events.column('event'),
    cpu: events.column('cpu'),
    time_s: events.column('time_s'),
    value: events.column('value'),
    comm: events.column('comm'),
  };
  for (let row = 0; row < events.numRows; row++) {
    const [event, cpu, time_s] = [columns.event.at(row), columns.cpu.at(row), columns.time_s.at(row)];
    const value = columns.value.at(row);
    const run = open.get(cpu);
    if (event === 'irq:softirq_raise' && value !== null) {
      const key = cpu * 64 + value;
      if (!raised.has(key)) raised.set(key, time_s);
    } else if (event === 'irq:softirq_entry' && value !== null) {
      const key = cpu * 64 + value;
      const comm = columns.comm.at(row);
      const raised_s = raised.get(key) ?? null;
      raised.delete(key);
      open.set(cpu, { vector: value, comm, raised_s, started_s: time_s, polls: 0, packets: 0, interrupts: 0 });
    } else if (run !== undefined && event === 'irq:softirq_exit' && value === run.vector) {
      timeline.push({ cpu, ...run, ended_s: time_s });
      open.delete(cpu);
    } else if (run !== undefined && event === 'napi:napi_poll') {
      run.polls++;
      run.packets += value ?? 0;
    } else if (run !== undefined && event === 'irq:irq_handler_entry') run.interrupts++;
  }
  return timeline.finish();
}
