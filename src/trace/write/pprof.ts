import { gzipSync } from 'node:zlib';
import {
  Function as PprofFunction,
  Label,
  Line,
  Location,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { TraceTables } from '../format';
import { stackRows } from './stackRows';
import { NameTable, framesWithComm } from './writer';
import type { TraceWriter } from './writer';

/**
 * pprof (profile.proto, gzipped): one sample for each distinct stack, CPU, command and event, with two values: the
 * number of samples and their weight. Command, CPU and event are labels too, for `pprof -tagfocus`.
 */
export const pprofWriter: TraceWriter = {
  name: 'pprof',
  title: 'pprof',
  extension: '.pb.gz',
  reads: ['samples', 'stacks'],
  *write(tables: TraceTables): Generator<Uint8Array> {
    const strings = new StringTable();
    const functions = new NameTable();
    const samples = new Map<
      string,
      { row: { comm: string; event: string; cpu: number | null }; ids: number[]; values: [number, number] }
    >();
    for (const row of stackRows(tables)) {
      const key = JSON.stringify([row.event, row.cpu, row.comm, row.stack]);
      const known = samples.get(key);
      if (known !== undefined) {
        known.values[0] += row.samples;
        known.values[1] += row.weight;
        continue;
      }
      // Innermost first; ids count from 1.
      const ids = framesWithComm(row.comm, row.stack)
        .reverse()
        .map((frame) => functions.index(frame) + 1);
      samples.set(key, { row, ids, values: [row.samples, row.weight] });
    }
    const text = (value: string) => strings.dedup(value);
    const profile = new Profile({
      sampleType: [
        new ValueType({ type: text('samples'), unit: text('count') }),
        new ValueType({ type: text('weight'), unit: text('count') }),
      ],
      sample: [...samples.values()].map(({ row, ids, values }) => {
        const label = [
          new Label({ key: text('comm'), str: text(row.comm) }),
          new Label({ key: text('event'), str: text(row.event) }),
        ];
        if (row.cpu !== null) label.push(new Label({ key: text('cpu'), num: row.cpu }));
        return new Sample({ locationId: ids, value: values.map(Math.round), label });
      }),
      location: functions.names.map((_, i) => new Location({ id: i + 1, line: [new Line({ functionId: i + 1 })] })),
      function: functions.names.map(
        (name, i) => new PprofFunction({ id: i + 1, name: text(name), systemName: text(name) }),
      ),
      stringTable: strings,
    });
    yield gzipSync(profile.encode());
  },
};
