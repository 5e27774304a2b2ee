import type { Command } from 'commander';

/** `falcon-lab figures [ids] --out DIR`: the paper's figures as files. */
export function registerFigures(program: Command): void {
  program
    .command('figures')
    .description('Draw figures of the paper from simulated and captured runs.')
    .argument('[ids...]', 'figures, e.g. 10 or fig10; without any, all')
    .requiredOption('--out <dir>', 'folder for the files; made if it is not there')
    .option('--source <source>', 'simulated, captured or both', 'both')
    .option('--format <format>', 'svg, png, html (interactive, one file) or json (data)', 'svg')
    .option('--captures <dir>', 'folder of the capture folders (default: those that come with falcon-lab)')
    .action(async (ids: string[], options: FiguresCommandOptions) => {
      const { drawFigures } = await import('../figures');
      await drawFigures(ids, options);
    });
}

export interface FiguresCommandOptions {
  readonly out: string;
  readonly source: string;
  readonly format: string;
  readonly captures?: string;
}
