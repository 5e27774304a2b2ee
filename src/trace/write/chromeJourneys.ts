import type { Table, journeysSchema } from '../../table';
import type { ChromeEvent } from './chrome';
import { GROUPS, microseconds, named } from './chrome';

/** A track for each stage and CPU, a slice for each packet in service, and arrows from stage to stage. */
export function* journeySlices(journeys: Table<typeof journeysSchema>): Generator<ChromeEvent> {
  const pid = GROUPS.stages;
  yield named(pid, 'Stages');
  const tracks = new Map<string, number>();
  const started = new Set<number>();
  for (const { packet, stage, device, cpu, enqueued_s, started_s, ended_s } of journeys.rows()) {
    const track = `${stage} ${device} on CPU ${cpu}`;
    let tid = tracks.get(track);
    if (tid === undefined) {
      tid = tracks.size + 1;
      tracks.set(track, tid);
      yield named(pid, track, tid);
    }
    const ts = microseconds(started_s);
    const dur = Math.max(0, Math.round((microseconds(ended_s) - ts) * 1000) / 1000);
    const queued_us = enqueued_s === null ? undefined : Math.round((ts - microseconds(enqueued_s)) * 1000) / 1000;
    yield { ph: 'X', pid, tid, ts, dur, cat: 'stage', name: `packet ${packet}`, args: { packet, queued_us } };
    yield { ph: started.has(packet) ? 't' : 's', pid, tid, ts, id: packet, cat: 'packet', name: 'packet', bp: 'e' };
    started.add(packet);
  }
}
