import type { Command } from 'commander';

interface Flags {
  readonly to: string;
  readonly table?: string;
  readonly output?: string;
  readonly weight?: boolean;
  readonly inverted?: boolean;
  readonly name?: string;
  readonly kallsyms?: string;
  readonly symfs?: string;
}

/** `falcon-lab convert INPUT --to FORMAT`: any trace in, files for other tools out. */
export function registerConvert(program: Command): void {
  program
    .command('convert')
    .description('Read a trace of any known format and write it for another tool.')
    .argument('<input>', 'trace file, plain or gzip; - is standard input')
    .requiredOption('--to <format>', 'folded, svg, html, speedscope, firefox, pprof, chrome, csv or parquet')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .option('--table <name>', 'of csv and parquet: the table to write')
    .option('--weight', 'count periods instead of samples')
    .option('--inverted', 'of svg and html: root on top')
    .option('--name <text>', 'title of the profile (default: the input)')
    .option('--kallsyms <file>', 'of perf.data: kernel symbols (kallsyms or System.map) of the recorded machine')
    .option('--symfs <folder>', 'of perf.data: root of the recorded machine, for symbols of programs')
    .action(async (input: string, { kallsyms, symfs, weight, ...flags }: Flags) => {
      const { runConvert } = await import('../convert');
      const symbols = { ...(kallsyms === undefined ? {} : { kallsyms }), ...(symfs === undefined ? {} : { symfs }) };
      await runConvert(input, { ...flags, symbols, weight: weight === true ? 'weight' : 'samples' });
    });
}
