import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../core';
import { Background, PLACE, pause, run } from './processes';
import { ADDRESSES } from './testBed';
import type { Role, TestBed } from './testBed';

const PORT = 11111;
/** Longest load of unknown length; it is stopped when its task is done. */
const LONGEST_S = 900;
const ARRIVAL_TIMEOUT_S = 15;

export interface LoadOptions {
  readonly mode: 'host' | 'overlay';
  readonly protocol: 'udp' | 'tcp';
  readonly messageBytes: number;
  readonly senderCpu: number;
  readonly receiverCpu: number;
}

/** sockperf between the hosts or, over the overlay, between the containers. */
export class SockperfLoad {
  readonly sender: Role;
  readonly receiver: Role;
  private server: Background | undefined;

  constructor(
    private readonly bed: TestBed,
    private readonly folder: string,
    private readonly options: LoadOptions,
    private readonly signal?: AbortSignal,
  ) {
    this.sender = options.mode === 'host' ? 'hostA' : 'ctrA';
    this.receiver = options.mode === 'host' ? 'hostB' : 'ctrB';
  }

  async startServer(): Promise<void> {
    const argv = ['sockperf', 'sr', ...this.target()];
    const pinned = this.bed.command(this.receiver, argv, this.options.receiverCpu);
    this.server = new Background(pinned, join(this.folder, 'sockperf-server.txt'));
    // It tells when it listens, but buffers that; half a second is ample.
    await pause(0.5, this.signal);
  }

  async stopServer(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  /** As many messages as it can. @returns the command, without the addresses */
  async throughput(duration_s: number, file?: string): Promise<string> {
    const what = ['tp', '-m', String(this.options.messageBytes), '-t', String(duration_s)];
    await this.client(what, duration_s, file);
    return `sockperf ${what.join(' ')}`;
  }

  /** A fixed rate, every fifth message answered; latency goes to the summary and to a log of each reply. */
  async underLoad(duration_s: number, rate_pps: number, file: string, log: string): Promise<string> {
    const what = ['ul', '-m', String(this.options.messageBytes), '--mps', String(rate_pps), '--reply-every', '5'];
    what.push('-t', String(duration_s));
    await this.client([...what, '--full-log', join(this.folder, log)], duration_s, file);
    return `sockperf ${what.join(' ')}`;
  }

  /** Does a task while as many messages as possible arrive, and stops them then. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    const what = ['-m', String(this.options.messageBytes), '-t', String(LONGEST_S)];
    const argv = ['sockperf', 'tp', ...this.target(), ...what];
    const client = new Background(this.bed.command(this.sender, argv, this.options.senderCpu));
    try {
      await this.arrival();
      return await task();
    } finally {
      await client.stop();
    }
  }

  /** sockperf does not tell when its warm-up is over; the receiver's counters do. */
  private async arrival(): Promise<void> {
    const argv = this.bed.command(this.receiver, ['cat', '/proc/net/snmp']);
    let before: number | undefined;
    for (let waited_s = 0; waited_s < ARRIVAL_TIMEOUT_S; waited_s += 0.1) {
      const received = receivedPackets(await run(argv, { timeout_s: 5 }));
      if (before !== undefined && received - before > 1000) return;
      before = received;
      await pause(0.1, this.signal);
    }
    throw new InputError(PLACE, `no load arrived at ${this.receiver} within ${ARRIVAL_TIMEOUT_S} s`);
  }

  private async client(what: readonly string[], duration_s: number, file?: string): Promise<void> {
    const [mode, ...rest] = what;
    const argv = this.bed.command(this.sender, ['sockperf', mode, ...this.target(), ...rest], this.options.senderCpu);
    const stdout = await run(argv, {
      timeout_s: duration_s + 15,
      ...(this.signal === undefined ? {} : { signal: this.signal }),
    });
    if (file !== undefined) await writeFile(join(this.folder, file), stdout);
  }

  private target(): string[] {
    const address = ['-i', ADDRESSES[this.receiver], '-p', String(PORT)];
    return this.options.protocol === 'tcp' ? [...address, '--tcp'] : address;
  }
}

/** InReceives, the third number of the line of values of `Ip:`. */
function receivedPackets(snmp: string): number {
  const match = /^Ip: \d+ \d+ (\d+) /m.exec(snmp);
  return match === null ? 0 : Number(match[1]);
}
