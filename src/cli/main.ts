#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../core';
import { commands } from './commands';

/** Builds the program; exported so that tests can run it in process. */
export function program(): Command {
  const root = new Command('falcon-lab')
    .description('The receive path of container overlay networks: simulate it, read its traces, draw its figures.')
    .version((JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string }).version)
    .exitOverride()
    .showHelpAfterError('(falcon-lab --help lists the commands)');
  for (const register of commands) register(root);
  return root;
}

/** Runs one command line; resolves to the exit code. Every expected failure is one line on stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof InputError) {
      process.stderr.write(`falcon-lab: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

if (require.main === module) {
  // A closed pipe (`| head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
