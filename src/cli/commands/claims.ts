import type { Command } from 'commander';

/** `falcon-lab claims [--json]`: the scoreboard. */
export function registerClaims(program: Command): void {
  program
    .command('claims')
    .description("Judge every claim of the paper from simulated runs: the paper's value, ours, the verdict.")
    .option('--json', 'JSON on stdout instead of a table')
    .option('--workers <n>', 'worker threads (default: as many as the machine has processors)')
    .action(async (options: ClaimsCommandOptions) => {
      const { printClaims } = await import('../claims');
      await printClaims(options);
    });
}

export interface ClaimsCommandOptions {
  readonly json?: boolean;
  readonly workers?: string;
}
