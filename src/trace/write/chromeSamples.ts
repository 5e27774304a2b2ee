import { splitStack } from '../../table';
import type { Table, samplesSchema } from '../../table';
import type { ChromeEvent } from './chrome';
import { GROUPS, microseconds, named } from './chrome';

/** A sample stands for the time until the next on its CPU, but for no longer than this many usual intervals. */
const LONGEST_GAP_INTERVALS = 4;

interface Moment {
  readonly time_us: number;
  readonly frames: readonly string[];
}

/** Flame charts: for each CPU, frames that neighbouring samples share are drawn through. */
export function* sampleSlices(samples: Table<typeof samplesSchema>): Generator<ChromeEvent, void, undefined> {
  const byCpu = new Map<number, Moment[]>();
  for (const { time_s, cpu, comm, stack } of samples.rows()) {
    if (time_s === null) continue;
    const list = byCpu.get(cpu ?? -1);
    const moment = { time_us: microseconds(time_s), frames: [comm, ...splitStack(stack)] };
    if (list === undefined) byCpu.set(cpu ?? -1, [moment]);
    else list.push(moment);
  }
  if (byCpu.size === 0) return;
  const pid = GROUPS.stacks;
  yield named(pid, 'Stack samples');
  for (const [cpu, moments] of [...byCpu].sort(([a], [b]) => a - b)) {
    yield named(pid, cpu < 0 ? 'CPU unknown' : `CPU ${cpu}`, cpu);
    yield* flameChart(
      moments.sort((a, b) => a.time_us - b.time_us),
      cpu,
    );
  }
}

function* flameChart(moments: readonly Moment[], tid: number): Generator<ChromeEvent, void, undefined> {
  const interval = usualInterval(moments);
  let open: { name: string; ts: number }[] = [];
  let end = 0;
  const close = (depth: number): ChromeEvent[] => {
    const closed = open.slice(depth);
    open = open.slice(0, depth);
    return closed.map(({ name, ts }) => {
      const dur = Math.round((end - ts) * 1000) / 1000;
      return { ph: 'X', pid: GROUPS.stacks, tid, ts, dur, cat: 'sample', name };
    });
  };
  for (let i = 0; i < moments.length; i++) {
    const { time_us, frames } = moments[i];
    let shared = 0;
    if (time_us <= end)
      while (shared < open.length && shared < frames.length && open[shared].name === frames[shared]) shared++;
    yield* close(shared);
    for (const name of frames.slice(shared)) open.push({ name, ts: time_us });
    const next = moments[i + 1]?.time_us ?? Infinity;
    end = Math.min(
      next,
      time_us + interval * (next - time_us > LONGEST_GAP_INTERVALS * interval ? 1 : LONGEST_GAP_INTERVALS),
    );
  }
  yield* close(0);
}

/** Median distance of two samples; 1 ms if there is but one. */
function usualInterval(moments: readonly Moment[]): number {
  const distances = moments.slice(1).map((moment, i) => moment.time_us - moments[i].time_us);
  distances.sort((a, b) => a - b);
  return Math.max(distances[distances.length >> 1] ?? 1000, 0.001);
}
