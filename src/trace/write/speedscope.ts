import type { TraceTables } from '../format';
import { stackRows } from './stackRows';
import { NameTable, WRITE_DEFAULTS, framesWithComm, jsonArray } from './writer';
import type { TraceWriter, WriteOptions } from './writer';

/** A profile of speedscope while it is gathered: samples of one event, on one CPU if they have a time. */
interface Gathered {
  readonly name: string;
  readonly samples: number[][];
  readonly weights: number[];
}

/**
 * speedscope's own JSON (https://www.speedscope.app/file-format-schema.json): one sampled profile for each event, and
 * where single samples are known, for each CPU, in order of time.
 */
export const speedscopeWriter: TraceWriter = {
  name: 'speedscope',
  title: 'speedscope JSON',
  extension: '.speedscope.json',
  reads: ['samples', 'stacks'],
  *write(tables: TraceTables, options: WriteOptions): Generator<string> {
    const { name, weight } = { ...WRITE_DEFAULTS, ...options };
    const frames = new NameTable();
    const profiles = gather(tables, frames, weight);
    yield '{"$schema":"https://www.speedscope.app/file-format-schema.json",';
    yield `"exporter":"falcon-lab","name":${JSON.stringify(name)},"activeProfileIndex":0,"shared":{"frames":`;
    yield* jsonArray(frames.names, (frame) => JSON.stringify({ name: frame }));
    yield '},"profiles":';
    yield* jsonArray(profiles, (profile) => {
      const endValue = profile.weights.reduce((sum, value) => sum + value, 0);
      return JSON.stringify({ type: 'sampled', unit: 'none', startValue: 0, endValue, ...profile });
    });
    yield '}\n';
  },
};

function gather(tables: TraceTables, frames: NameTable, weight: 'samples' | 'weight'): Gathered[] {
  const profiles = new Map<string, Gathered>();
  for (const row of stackRows(tables)) {
    const cpu = row.cpu === null ? '' : `CPU ${row.cpu}`;
    const name = [row.event === '' ? 'stacks' : row.event, cpu].filter((part) => part !== '').join(', ');
    let profile = profiles.get(name);
    if (profile === undefined) {
      profile = { name, samples: [], weights: [] };
      profiles.set(name, profile);
    }
    profile.samples.push(framesWithComm(row.comm, row.stack).map((frame) => frames.index(frame)));
    profile.weights.push(row[weight]);
  }
  return [...profiles.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
