import type { Command } from 'commander';

/** `falcon-lab diagnose`: where the cores' time goes, and what pipelining could bring. */
export function registerDiagnose(program: Command): void {
  program
    .command('diagnose')
    .description(
      'Tell from stack samples where the time of each core goes, and what moving stages to other cores could bring.',
    )
    .argument('<path>', 'capture folder, or perf script text, perf.data or the like, recorded with perf record -a -g')
    .option('--json', 'print JSON')
    .action(async (path: string, options: { json?: boolean }) => {
      const { runDiagnose } = await import('../diagnose');
      await runDiagnose(path, options.json === true);
    });
}
