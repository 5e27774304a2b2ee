import type { Command } from 'commander';

interface SimulateOptions {
  readonly seed?: string;
  readonly tables?: string;
}

/** `falcon-lab simulate EXPERIMENT.json`: the run's tables as JSON. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('Simulate an experiment and print its tables as JSON.')
    .argument('<experiment>', 'JSON file, or - for standard input; see data/experiments')
    .option('--seed <n>', 'take this seed instead of that of the file')
    .option('--tables <names>', 'only these tables, separated by commas')
    .action(async (file: string, options: SimulateOptions) => {
      const { readExperimentFile, runToJson } = await import('../experimentFile');
      const { simulateRun } = await import('../../run');
      const experiment = await readExperimentFile(file, options.seed);
      const run = simulateRun(experiment);
      for (const piece of runToJson(run, options.tables)) process.stdout.write(piece);
    });
}
