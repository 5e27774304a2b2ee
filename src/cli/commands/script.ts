import type { Command } from 'commander';

interface Flags {
  readonly kallsyms?: string;
  readonly symfs?: string;
  readonly ns?: boolean;
  readonly pid?: boolean;
}

/** `falcon-lab script PERF_DATA`: what `perf script` prints, on machines without perf. */
export function registerScript(program: Command): void {
  program
    .command('script')
    .description('Print a perf.data file as perf script does, without perf.')
    .argument('[file]', 'perf.data, plain or gzip; - is standard input', 'perf.data')
    .option('--kallsyms <file>', 'kernel symbols (kallsyms or System.map) of the recorded machine')
    .option('--symfs <folder>', 'root of the recorded machine, for symbols of programs')
    .option('--ns', 'times to the nanosecond')
    .option('--pid', 'process and thread id, as -F +pid')
    .action(async (file: string, { ns, ...flags }: Flags) => {
      const { Diagnostics } = await import('../../core');
      const { openSource, perfDataText } = await import('../../trace');
      const diagnostics = new Diagnostics();
      const options = { ...flags, nanoseconds: ns === true };
      const { text } = await perfDataText(await openSource(file), { run: file, file, diagnostics }, options);
      for await (const piece of text) {
        if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
      }
      for (const line of diagnostics.summary()) process.stderr.write(`falcon-lab script: ${line}\n`);
    });
}
