import { InputError } from '../core';
import { totals, type ClaimResult } from '../figures';
import { paperScoreboard } from '../lab';
import type { ClaimsCommandOptions } from './commands/claims';
import { ProgressLine } from './progressLine';

/** Prints the scoreboard. @throws InputError for a number of workers that is none */
export async function printClaims(options: ClaimsCommandOptions): Promise<void> {
  const workers = options.workers === undefined ? undefined : workersOf(options.workers);
  const progress = new ProgressLine(process.stderr);
  let results: ClaimResult[];
  try {
    results = await paperScoreboard({ workers, onProgress: (at) => progress.show({ ...at, label: 'claims' }) });
  } finally {
    progress.clear();
  }
  process.stdout.write(options.json === true ? `${JSON.stringify({ claims: results }, null, 1)}\n` : table(results));
}

export function workersOf(text: string): number {
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1) return workers;
  throw InputError.expected({ file: '--workers' }, 'a whole number from 1', text);
}

const HEADINGS = ['claim', 'figure', 'paper', 'measured', '95% interval', 'verdict', 'basis'] as const;

/** One line for each claim, the reason below it, and the totals. */
function table(results: readonly ClaimResult[]): string {
  const rows = results.map((r) => [
    r.id,
    r.figure,
    text(r.expected),
    text(r.measured),
    r.interval === null ? '' : `${number(r.interval[0])} … ${number(r.interval[1])}`,
    r.verdict,
    r.basis,
  ]);
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd();
  const body = results.flatMap((r, i) => [line(rows[i]), ...(r.reason === undefined ? [] : [`    ${r.reason}`])]);
  const { verdicts, holding } = totals(results);
  const computable = verdicts.holds + verdicts.fails;
  const share = (part: number, whole: number): string => (whole === 0 ? '-' : `${Math.round((100 * part) / whole)}%`);
  return [
    line(HEADINGS),
    ...body,
    '',
    `${results.length} claims: ${verdicts.holds} hold (${share(verdicts.holds, computable)} of ${computable} computable), ` +
      `${verdicts.fails} fail, ${verdicts['not computable']} not computable`,
    `of those that hold, ${holding.predicted} are predictions (${share(holding.predicted, verdicts.holds)}), ` +
      `${holding.fitted} were fitted to`,
    '',
  ].join('\n');
}

/** Longest text of one cell. */
const CELL = 44;

function text(value: ClaimResult['expected'] | ClaimResult['measured']): string {
  if (value === null) return '';
  if (typeof value === 'number') return number(value);
  const joined =
    typeof value === 'string' ? value : value.map((v) => (typeof v === 'number' ? number(v) : v)).join(' … ');
  return joined.length > CELL ? `${joined.slice(0, CELL - 1)}…` : joined;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
