import type { Command } from 'commander';
import type { Inspection } from '../../run/inspect';

/** `falcon-lab inspect`: what is this file or folder, and what can be read from it. */
export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('Tell what a trace or a capture folder is: format, tables, rows, and what was skipped.')
    .argument('<path>', 'file of any known format, plain or gzip; capture folder; - is standard input')
    .option('--format <id>', 'take the file for this format instead of detecting it')
    .option('--max-inflated <bytes>', 'refuse gzip data that inflate beyond this (default: 64 GiB)')
    .option('--json', 'print JSON')
    .addHelpText('after', formatList)
    .action(async (path: string, options: { json?: boolean; format?: string; maxInflated?: string }) => {
      const { inspect } = await import('../../run/inspect');
      const inspection = await inspect(path, {
        ...(options.format === undefined ? {} : { format: options.format }),
        ...(options.maxInflated === undefined ? {} : { maxInflatedBytes: Number(options.maxInflated) }),
      });
      const { inspectionText } = await import('../inspectionText');
      process.stdout.write(options.json === true ? toJson(inspection) : inspectionText(inspection));
    });
}

/** Loaded when asked for, since formats bring their parsers. */
function formatList(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { traceFormats } = require('../../trace/formats') as typeof import('../../trace/formats');
  return `\nFormats:\n${traceFormats.map(({ id, title }) => `  ${id.padEnd(26)}${title}`).join('\n')}`;
}

function toJson(inspection: Inspection): string {
  return `${JSON.stringify(inspection, null, 2)}\n`;
}
