import type { Command } from 'commander';

/** `falcon-lab journeys FILE`: the way of packets over devices and CPUs, by stage. */
export function registerJourneys(program: Command): void {
  program
    .command('journeys')
    .description('Follow packets over devices and CPUs in a trace of net:*, napi:* and irq:* tracepoints.')
    .argument('<file>', 'perf script text, perf.data or ftrace text; - is standard input')
    .option('--json', 'print all numbers as JSON')
    .action(async (file: string, { json }: { readonly json?: boolean }) => {
      const { runJourneys } = await import('../journeys');
      await runJourneys(file, json === true);
    });
}
