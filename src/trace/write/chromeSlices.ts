import type { Table, eventsSchema } from '../../table';
import type { ChromeEvent } from './chrome';
import { GROUPS, microseconds, named } from './chrome';

/** Tracepoints that begin a slice, and those that end it. */
const BEGINNINGS: ReadonlyMap<string, string> = new Map([
  ['irq:softirq_entry', 'softirq'],
  ['irq:irq_handler_entry', 'irq'],
]);
const ENDS: ReadonlyMap<string, string> = new Map([
  ['irq:softirq_exit', 'softirq'],
  ['irq:irq_handler_exit', 'irq'],
]);

interface Open {
  readonly kind: string;
  readonly started_s: number;
  readonly payload: string;
  readonly value: number | null;
}

/** A track for each CPU: softirqs and interrupts as slices, other tracepoints as marks. */
export function* cpuSlices(events: Table<typeof eventsSchema>): Generator<ChromeEvent> {
  const pid = GROUPS.cpus;
  yield named(pid, 'CPUs');
  const open = new Map<number, Open[]>();
  for (const row of events.rows()) {
    const { cpu, event, time_s, payload, value, comm } = row;
    let stack = open.get(cpu);
    if (stack === undefined) {
      stack = [];
      open.set(cpu, stack);
      yield named(pid, `CPU ${cpu}`, cpu);
    }
    const begins = BEGINNINGS.get(event);
    const ends = ENDS.get(event);
    if (begins !== undefined) stack.push({ kind: begins, started_s: time_s, payload, value });
    else if (ends !== undefined) {
      // What was not seen to begin began before the recording.
      const at = findLast(stack, (entry) => entry.kind === ends && entry.value === value);
      if (at < 0) continue;
      const [begun] = stack.splice(at);
      const ts = microseconds(begun.started_s);
      const dur = Math.max(0, Math.round((microseconds(time_s) - ts) * 1000) / 1000);
      yield { ph: 'X', pid, tid: cpu, ts, dur, cat: ends, name: sliceName(begun), args: { payload: begun.payload } };
    } else {
      const name = event.slice(event.indexOf(':') + 1);
      yield { ph: 'i', s: 't', pid, tid: cpu, ts: microseconds(time_s), cat: event, name, args: { comm, payload } };
    }
  }
}

function findLast<T>(items: readonly T[], test: (item: T) => boolean): number {
  for (let i = items.length - 1; i >= 0; i--) if (test(items[i])) return i;
  return -1;
}

/** `vec=3 [action=NET_RX]` → `NET_RX`; `irq=42 name=virtio3-tx` → `virtio3-tx`. */
function sliceName({ kind, payload }: Open): string {
  return (
    /\[action=([^\]]+)\]|name=(\S+)/
      .exec(payload)
      ?.slice(1)
      .find((part) => part !== undefined) ?? kind
  );
}
