import type { Command } from 'commander';

/** `falcon-lab calibrate --paper`: fits the profiles' free parameters to the declared claims. */
export function registerCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description('Fit the free parameters of the profiles to the claims of data/paper/fit.json.')
    .requiredOption('--paper', "fit the profiles of the paper's machines")
    .option('--steps <n>', 'Gauss-Newton steps; 0 measures the parameters as they are', '2')
    .option('--leave-one-out', 'also refit without each claim in turn, and see how far off it is then')
    .option('--write', 'write the parameters to src/experiment/profiles/fitted.ts')
    .option('--json', 'JSON on stdout instead of tables')
    .option('--workers <n>', 'worker threads (default: as many as the machine has processors)')
    .action(async (options: CalibrateCommandOptions) => {
      const { runCalibration } = await import('../calibrate');
      await runCalibration(options);
    });
}

export interface CalibrateCommandOptions {
  readonly steps: string;
  readonly leaveOneOut?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
  readonly workers?: string;
}
