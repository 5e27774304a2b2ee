import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { CollapseOptions } from '../../trace/collapse/options';

interface Flags {
  readonly pid?: boolean;
  readonly tid?: boolean;
  readonly kernel?: boolean;
  readonly jit?: boolean;
  readonly all?: boolean;
  readonly addrs?: boolean;
  readonly srcline?: boolean;
  readonly eventFilter?: string;
  readonly count?: 'period' | 'samples';
  readonly skipAfter?: string[];
  readonly compat?: 'flamegraph';
  readonly threads?: number;
  readonly wasm: boolean;
  readonly kallsyms?: string;
  readonly symfs?: string;
}

export function registerCollapse(program: Command): void {
  program
    .command('collapse')
    .description('Fold the stacks of perf script output or perf.data: one line for each stack, with its count.')
    .argument('[file]', 'perf script text or perf.data, plain or gzip; - is standard input', '-')
    .option('--pid', 'process id behind the command name')
    .option('--tid', 'process and thread id behind the command name')
    .option('--kernel', 'mark kernel frames with _[k]')
    .option('--jit', 'mark frames of just-in-time compiled code with _[j]')
    .option('--all', '--kernel and --jit')
    .option('--addrs', 'show the address where the symbol is unknown')
    .option('--srcline', 'append the source line that perf script -F +srcline printed')
    .option('--event-filter <event>', 'keep this event (default: the first one met)')
    .addOption(new Option('--count <what>', 'what to add up').choices(['period', 'samples']).default('period'))
    .option('--skip-after <name>', 'leave out the callers of this function; may be repeated', append)
    .addOption(
      new Option('--compat <tool>', 'print exactly what this tool prints, faults included').choices(['flamegraph']),
    )
    .option('--threads <n>', 'threads that read the file (default: 1)', positiveInteger)
    .option('--kallsyms <file>', 'of perf.data: kernel symbols (kallsyms or System.map) of the recorded machine')
    .option('--symfs <folder>', 'of perf.data: root of the recorded machine, for symbols of programs')
    .option('--no-wasm', 'without the WebAssembly kernel: slower, same output')
    .action(async (file: string, flags: Flags) => {
      const { runCollapse } = await import('../collapse');
      await runCollapse(file, collapseOptions(flags));
    });
}

function collapseOptions(flags: Flags): CollapseOptions {
  const { all, wasm, kernel, jit, kallsyms, symfs, ...rest } = flags;
  const symbols = { ...(kallsyms === undefined ? {} : { kallsyms }), ...(symfs === undefined ? {} : { symfs }) };
  return {
    ...rest,
    symbols,
    kernel: kernel === true || all === true,
    jit: jit === true || all === true,
    noKernel: !wasm,
  };
}

function append(name: string, names: string[] | undefined): string[] {
  return [...(names ?? []), name];
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.');
  return value;
}
