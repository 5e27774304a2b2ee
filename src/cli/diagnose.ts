import { stat } from 'node:fs/promises';
import { ACTIVITY_MEANING, diagnose } from '../analysis/diagnosis';
import type { Activity, CoreActivity, Diagnosis, PipeliningForecast } from '../analysis/diagnosis';
import { counterRates, loadedWindow, meanRates } from '../analysis/rates';
import { Diagnostics, InputError, formatDiagnostic } from '../core';
import { loadCapture } from '../run/loadCapture';
import { openTrace } from '../trace';
import type { TraceTables } from '../trace';

/** Prints the diagnosis of a file or a capture folder on stdout, what was odd on stderr. */
export async function runDiagnose(path: string, json: boolean): Promise<void> {
  const { tables, odd } = await load(path);
  if (tables.stacks === undefined) {
    const seen = Object.keys(tables).join(', ') || 'no table at all';
    throw InputError.expected({ file: path }, 'stack samples (perf record -a -g)', seen);
  }
  const diagnosis = diagnosisOf(path, tables.stacks, tables.cpuTime);
  for (const line of odd) process.stderr.write(`falcon-lab diagnose: ${line}\n`);
  process.stdout.write(json ? `${JSON.stringify(plain(diagnosis), null, 2)}\n` : text(diagnosis, tables));
}

async function load(path: string): Promise<{ tables: TraceTables; odd: string[] }> {
  const isFolder = path !== '-' && (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (isFolder) {
    const { tables, diagnostics } = await loadCapture(path, {
      tables: ['stacks', 'cpuTime', 'softirqs', 'drops', 'counters'],
    });
    return { tables, odd: diagnostics.map(formatDiagnostic) };
  }
  const diagnostics = new Diagnostics();
  const { tables } = await openTrace(path, { diagnostics });
  return { tables, odd: diagnostics.summary() };
}

function diagnosisOf(
  path: string,
  stacks: NonNullable<TraceTables['stacks']>,
  cpuTime: TraceTables['cpuTime'],
): Diagnosis {
  try {
    return diagnose(stacks, cpuTime);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError({ file: path }, error.message);
    throw error;
  }
}

function text(diagnosis: Diagnosis, tables: TraceTables): string {
  const samples = samplesByCpu(tables);
  const lines = diagnosis.cores.flatMap((core) =>
    coreLines(core, samples.get(core.cpu) ?? 0, tables.cpuTime !== undefined),
  );
  lines.push('', ...forecastLines(diagnosis.forecast), ...counterLines(tables));
  return `${lines.join('\n')}\n`;
}

function samplesByCpu({ stacks }: TraceTables): Map<number, number> {
  const byCpu = new Map<number, number>();
  for (const { cpu, samples } of stacks?.rows() ?? []) {
    if (cpu !== null) byCpu.set(cpu, (byCpu.get(cpu) ?? 0) + samples);
  }
  return byCpu;
}

/** Without /proc/stat the load is that of the samples, and a core that sleeps deeply gives few idle ones. */
function coreLines({ cpu, load, shares }: CoreActivity, samples: number, counted: boolean): string[] {
  const parts = [...shares].sort(([, a], [, b]) => b - a).map(([activity, share]) => activityLine(activity, share));
  const busy = counted ? `${percent(load)} busy while the load ran` : `${percent(load)} of them busy`;
  return [`CPU ${cpu}: ${samples.toLocaleString('en')} samples, ${busy}`, ...parts];
}

function activityLine(activity: Activity, share: number): string {
  return `  ${percent(share).padStart(6)}  ${activity.padEnd(16)} ${ACTIVITY_MEANING[activity]}`;
}

function forecastLines({ cpu, moved, heaviest, atMost }: PipeliningForecast): string[] {
  if (moved.length === 0) return [`CPU ${cpu} is the busiest. None of its time is in stages that could be moved.`];
  const stages = moved.map(({ activity, share }) => `${activity} (${percent(share)})`).join(' and ');
  return [
    `CPU ${cpu} is the busiest. With ${stages} on cores of their own,`,
    `it could do at most ${atMost.toFixed(2)} times as much; ${heaviest} would be the heaviest part then.`,
    'The hand-over between cores is not paid for in this bound.',
  ];
}

/** What the counters of a capture add to the samples. */
function counterLines({ softirqs, drops, counters }: TraceTables): string[] {
  const lines: string[] = [];
  if (softirqs !== undefined) {
    const rates = counterRates(softirqs);
    const netRx = meanRates(rates, loadedWindow(rates, 'NET_RX')).filter(({ counter }) => counter === 'NET_RX');
    for (const { cpu, rate_per_s } of netRx) lines.push(`CPU ${cpu}: ${Math.round(rate_per_s)} NET_RX softirqs/s`);
  }
  for (const { place, cpu, packets } of drops?.rows() ?? []) {
    if (packets > 0) lines.push(`${packets} packets dropped at ${place}${cpu === null ? '' : ` of CPU ${cpu}`}`);
  }
  for (const { name, value } of counters?.rows() ?? []) lines.push(`${name}: ${percent(value)}`);
  return lines.length > 0 ? ['', ...lines] : [];
}

/** JSON has no maps. */
function plain({ cores, forecast }: Diagnosis): unknown {
  return { cores: cores.map(({ shares, ...core }) => ({ ...core, shares: Object.fromEntries(shares) })), forecast };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
