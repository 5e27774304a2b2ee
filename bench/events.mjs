// Loading a million tracepoint events into columns, in a process of its own: seconds and memory.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureText, writeRepeated } from './lib/inputs.mjs';

const EVENTS = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'falcon-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const input = join(folder, 'events.txt');

const LOAD = `
const { openTrace } = require(${JSON.stringify(join(process.cwd(), 'dist/trace'))});
void (async () => {
  const start = performance.now();
  const { tables } = await openTrace(process.argv[1], { format: 'perf-script' });
  const seconds = (performance.now() - start) / 1000;
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ rows: tables.events.numRows, seconds, megabytes: (maxRSS * 1024) / 1e6 }));
})();`;

function load() {
  if (!existsSync(input)) {
    const lines = captureText('perf-softirq.txt.gz')
      .split('\n')
      .filter((line) => line !== '');
    const one = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
    writeRepeated(input, one, { lines: EVENTS, linesInOne: lines.length });
  }
  const run = spawnSync(process.execPath, ['-e', LOAD, input], { encoding: 'utf8' });
  const result = JSON.parse(run.stdout);
  if (result.rows !== EVENTS) throw new Error(`expected ${EVENTS} events, loaded ${result.rows}`);
  return result;
}

export const rows = [
  { name: 'events: load 1 million tracepoint events', unit: 's', measure: () => load().seconds, repeats: 3 },
  { name: 'events: peak memory of that process', unit: 'MB', measure: () => load().megabytes, repeats: 1 },
];
