import { collapsePerfScript } from '../trace/collapse/collapse';
import type { CollapseResult } from '../trace/collapse/collapse';
import type { CollapseOptions } from '../trace/collapse/options';
import { Diagnostics, formatSi } from '../core';
import { ProgressLine } from './progressLine';

/** Bytes that are gathered before each write. */
const WRITE_BYTES = 2 ** 16;

/** Prints folded stacks on stdout; progress, what was left out and what was odd on stderr. */
export async function runCollapse(file: string, options: CollapseOptions): Promise<void> {
  const progress = new ProgressLine(process.stderr);
  let result: CollapseResult;
  try {
    result = await collapsePerfScript(file, { ...options, onProgress: (at) => progress.show(at) });
  } finally {
    progress.clear();
  }
  for (const line of notes(result)) process.stderr.write(`falcon-lab collapse: ${line}\n`);
  await print(result.lines());
}

/** What a reader of the output should know, one line each. */
function notes(result: CollapseResult): string[] {
  const { counts, event, otherEvents } = result;
  const lines: string[] = [];
  if (counts.filtered > 0) {
    const others = otherEvents.map((name) => JSON.stringify(name)).join(', ');
    lines.push(
      `kept event ${JSON.stringify(event)}, left out ${counts.filtered} records of ${others} (--event-filter picks another)`,
    );
  }
  if (counts.withoutStack > 0) {
    lines.push(`${counts.withoutStack} of ${formatSi(counts.records)} records have no call chain`);
  }
  const diagnostics = new Diagnostics();
  diagnostics.merge(result.diagnostics);
  return lines.concat(diagnostics.summary());
}

/** Lines are latin-1, one character for each byte of the input: the output has the input's bytes. */
async function print(lines: Iterable<string>): Promise<void> {
  let pending = '';
  for (const line of lines) {
    pending += `${line}\n`;
    if (pending.length >= WRITE_BYTES) {
      await write(pending);
      pending = '';
    }
  }
  await write(pending);
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text, 'latin1')) resolve();
    else process.stdout.once('drain', resolve);
  });
}
