import { InvalidArgumentError } from 'commander';
import type { RegisterCommand } from '.';

export const registerVerify: RegisterCommand = (program) => {
  program
    .command('verify')
    .description('Check the model: closed forms against simulation, hashes against their vectors, exact conservation.')
    .option('--seed <number>', 'seed of the simulated samples', wholeNumber, 1)
    .option('--json', 'one JSON object a line')
    .action(async ({ seed, json }: { seed: number; json?: boolean }) => {
      const { verify } = await import('../../verify');
      let failed = 0;
      let all = 0;
      for (const line of verify({ seed })) {
        all++;
        if (!line.passed) failed++;
        process.stdout.write(json === true ? `${JSON.stringify(line)}\n` : `${formatLine(line)}\n`);
      }
      process.stderr.write(failed === 0 ? `all ${all} checks passed\n` : `${failed} of ${all} checks failed\n`);
      if (failed > 0) process.exitCode = 1;
    });
};

interface Line {
  readonly check: string;
  readonly quantity: string;
  readonly expected: string;
  readonly observed: string;
  readonly method: string;
  readonly passed: boolean;
}

function formatLine({ check, quantity, expected, observed, method, passed }: Line): string {
  return `${passed ? 'ok    ' : 'FAILED'} ${check.padEnd(46)} ${quantity}: expected ${expected}, saw ${observed} (${method})`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}
