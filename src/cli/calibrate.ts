import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../core';
import { calibrate, type CalibrationResult } from '../lab';
import type { CalibrateCommandOptions } from './commands/calibrate';
import { workersOf } from './claims';
import { ProgressLine } from './progressLine';

const FITTED_FILE = resolve(__dirname, '../../src/experiment/profiles/fitted.ts');

/** Fits and prints. @throws InputError for a number of steps or workers that is none, or `--write` without sources */
export async function runCalibration(options: CalibrateCommandOptions): Promise<void> {
  const steps = Number(options.steps);
  if (!Number.isInteger(steps) || steps < 0) {
    throw InputError.expected({ file: '--steps' }, 'a whole number from 0', options.steps);
  }
  if (options.write === true && !existsSync(FITTED_FILE)) {
    throw InputError.expected({ file: FITTED_FILE }, 'the sources of falcon-lab', 'no such file');
  }
  const workers = options.workers === undefined ? undefined : workersOf(options.workers);
  const progress = new ProgressLine(process.stderr);
  let result: CalibrationResult;
  try {
    result = await calibrate({
      steps,
      leaveOneOut: options.leaveOneOut,
      workers,
      onProgress: (at) => progress.show({ ...at, label: 'calibration' }),
    });
  } finally {
    progress.clear();
  }
  process.stdout.write(options.json === true ? `${JSON.stringify(result, null, 1)}\n` : report(result));
  if (options.write === true) writeFileSync(FITTED_FILE, source(result));
}

function report({ parameters, claims, cost, exceptions }: CalibrationResult): string {
  const three = (value: number): string => String(Number(value.toPrecision(3)));
  const leftOut = claims.some((c) => c.leftOut !== undefined);
  return [
    `${parameters.length} free parameters:`,
    ...parameters.map(
      (p) =>
        `  ${p.name.padEnd(28)} ${three(p.value).padStart(8)}  (was ${three(p.start)}; ${p.bounds.map(three).join(' … ')})`,
    ),
    '',
    `${claims.length} fitted claims; residual in tolerances${leftOut ? ', and when left out of the fit' : ''}:`,
    ...claims.map(
      (c) =>
        `  ${c.id.padEnd(28)} ${three(c.residual).padStart(8)} ${c.leftOut === undefined ? '' : three(c.leftOut).padStart(8)}  ` +
        (c.holds ? 'holds' : 'fails'),
    ),
    '',
    `sum of squared residuals ${three(cost.start)} before, ${three(cost.end)} after`,
    ...(leftOut ? [`off by more than twice the tolerance when left out: ${exceptions.join(', ') || 'none'}`] : []),
    '',
  ].join('\n');
}

function source({ parameters, claims }: CalibrationResult): string {
  return [
    '/**',
    ' * What the fit to the paper gave. `falcon-lab calibrate --paper --write` writes this file, starting from its values.',
    ' * One set serves both network cards and both kernels; what differs between those is in their profiles.',
    ' */',
    'export const FITTED: Readonly<Record<string, number>> = {',
    ...parameters.map((p) => `  '${p.name}': ${Number(p.value.toPrecision(3))},`),
    '};',
    '',
    '/** How the values were found; the source of the constants. */',
    "export const FITTED_BY = 'falcon-lab calibrate --paper';",
    '',
    '/** Claims of data/paper/claims.json that the values were fitted to (data/paper/fit.json). */',
    'export const FITTED_TO: readonly string[] = [',
    ...claims.map((c) => `  '${c.id}',`),
    '];',
    '',
  ].join('\n');
}
