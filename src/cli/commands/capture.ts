import type { Command } from 'commander';
import { InputError } from '../../core';

/** `falcon-lab capture`: records a capture folder in network namespaces of this machine. */
export function registerCapture(program: Command): void {
  program
    .command('capture')
    .description(
      'Record a capture of host or overlay in network namespaces of this machine. Needs root, ip, sockperf, perf.',
    )
    .requiredOption('--out <dir>', 'folder to make')
    .option('--mode <mode>', 'host or overlay', 'overlay')
    .option('--protocol <protocol>', 'udp or tcp', 'udp')
    .option('--message-bytes <n>', 'message size', '16')
    .option('--duration <s>', 'seconds of each load', '5')
    .option('--repeats <n>', 'throughput runs', '3')
    .option('--sender-cpu <n>', 'CPU of the sender')
    .option('--receiver-cpu <n>', 'CPU of the receiver')
    .option('--rps <device=mask...>', "RPS masks of hostB's devices, e.g. eth0=2 vxlan0=2")
    .option('--no-perf', 'without stack samples and tracepoints, which see the whole machine')
    .action(async (options: CaptureArguments) => {
      const { recordCapture } = await import('../../capture');
      const interrupted = new AbortController();
      const stop = (): void => interrupted.abort(new InputError({ file: 'capture' }, 'interrupted'));
      process.once('SIGINT', stop).once('SIGTERM', stop);
      try {
        await recordCapture({
          folder: options.out,
          mode: oneOf('--mode', options.mode, ['host', 'overlay'] as const),
          protocol: oneOf('--protocol', options.protocol, ['udp', 'tcp'] as const),
          messageBytes: Number(options.messageBytes),
          duration_s: Number(options.duration),
          repeats: Number(options.repeats),
          senderCpu: options.senderCpu === undefined ? undefined : Number(options.senderCpu),
          receiverCpu: options.receiverCpu === undefined ? undefined : Number(options.receiverCpu),
          rps: new Map((options.rps ?? []).map(parseRps)),
          perf: options.perf,
          signal: interrupted.signal,
          onStep: (step) => process.stderr.write(`${step} …\n`),
        });
      } finally {
        process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
      }
      process.stderr.write(`recorded ${options.out}; falcon-lab inspect ${options.out} tells what is in it\n`);
    });
}

interface CaptureArguments {
  readonly out: string;
  readonly mode: string;
  readonly protocol: string;
  readonly messageBytes: string;
  readonly duration: string;
  readonly repeats: string;
  readonly senderCpu?: string;
  readonly receiverCpu?: string;
  readonly rps?: readonly string[];
  readonly perf: boolean;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found === undefined) throw InputError.expected({ file: option }, allowed.join(' or '), JSON.stringify(value));
  return found;
}

function parseRps(text: string): ['eth0' | 'vxlan0', string] {
  const match = /^(eth0|vxlan0)=(.+)$/.exec(text);
  if (match === null) throw InputError.expected({ file: '--rps' }, 'eth0=MASK or vxlan0=MASK', JSON.stringify(text));
  return [match[1] as 'eth0' | 'vxlan0', match[2]];
}
