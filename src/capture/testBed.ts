import { spawnSync } from 'node:child_process';
import { run } from './processes';

/**
 * Two hosts and two containers as network namespaces of this machine:
 *
 *     ctrA eth0 ── veth0 ┐                                       ┌ veth0 ── eth0 ctrB
 *     198.19.0.1         br0 ── vxlan0 (id 42)   vxlan0 ── br0              198.19.0.2
 *                        hostA eth0 ══════ cable ══════ eth0 hostB
 *                        198.18.0.1                     198.18.0.2
 *
 * The cable is a veth pair that is made inside the namespaces: no device, route or address of the machine
 * itself is touched, and no packet leaves. 198.18.0.0/15 is set aside for benchmarks (RFC 2544).
 */
export const ADDRESSES = {
  hostA: '198.18.0.1',
  hostB: '198.18.0.2',
  ctrA: '198.19.0.1',
  ctrB: '198.19.0.2',
} as const;

export type Role = keyof typeof ADDRESSES;
const ROLES = Object.keys(ADDRESSES) as Role[];

export const VXLAN = { id: 42, port: 4789 } as const;

const PREFIX = 'falcon-lab-';
const TIMEOUT_S = 10;

export class TestBed {
  private readonly made: string[] = [];
  private readonly onExit = (): void => this.removeNow();

  private constructor(private readonly signal: AbortSignal | undefined) {}

  /**
   * Makes namespaces and devices. Those of sessions that were killed are removed first.
   * @throws InputError if the kernel refuses; nothing is left behind
   */
  static async create(signal?: AbortSignal): Promise<TestBed> {
    removeStale();
    const bed = new TestBed(signal);
    // The last resort, should the process end by an uncaught error.
    process.once('exit', bed.onExit);
    try {
      await bed.build();
    } catch (error) {
      bed.remove();
      throw error;
    }
    return bed;
  }

  /** Name of a namespace; it has our process id in it, so that several beds may stand at once. */
  namespace(role: Role): string {
    return `${PREFIX}${process.pid}-${role}`;
  }

  /** The command, to be run inside a namespace and, if given, on one CPU. */
  command(role: Role, argv: readonly string[], cpu?: number): string[] {
    const pinned = cpu === undefined ? argv : ['taskset', '-c', String(cpu), ...argv];
    return ['ip', 'netns', 'exec', this.namespace(role), ...pinned];
  }

  /** Spreads packets that a device receives over the CPUs of a hexadecimal mask; '0' switches RPS off. */
  async setRps(role: Role, device: string, mask: string): Promise<void> {
    const file = `/sys/class/net/${device}/queues/rx-0/rps_cpus`;
    // `ip netns exec` mounts the sysfs of the namespace.
    await this.exec(this.command(role, ['sh', '-c', 'echo "$1" > "$2"', 'sh', mask, file]));
  }

  /** Removes everything. May be called twice. */
  remove(): void {
    process.removeListener('exit', this.onExit);
    this.removeNow();
  }

  private async build(): Promise<void> {
    for (const role of ROLES) {
      const name = this.namespace(role);
      this.made.push(name);
      await this.exec(['ip', 'netns', 'add', name]);
      await this.ip(role, 'link set lo up');
    }
    await this.exec(
      words(
        `ip link add eth0 netns ${this.namespace('hostA')} type veth peer name eth0 netns ${this.namespace('hostB')}`,
      ),
    );
    for (const [host, peer, container] of [
      ['hostA', 'hostB', 'ctrA'],
      ['hostB', 'hostA', 'ctrB'],
    ] as const) {
      await this.ip(host, `addr add ${ADDRESSES[host]}/24 dev eth0`);
      await this.ip(host, 'link set eth0 up');
      const { id, port } = VXLAN;
      const ends = `local ${ADDRESSES[host]} remote ${ADDRESSES[peer]}`;
      await this.ip(host, `link add vxlan0 type vxlan id ${id} dstport ${port} ${ends} dev eth0`);
      await this.ip(host, 'link add br0 type bridge');
      await this.ip(host, `link add veth0 type veth peer name eth0 netns ${this.namespace(container)}`);
      for (const device of ['vxlan0', 'veth0']) await this.ip(host, `link set ${device} master br0`);
      for (const device of ['vxlan0', 'veth0', 'br0']) await this.ip(host, `link set ${device} up`);
      // 50 bytes are for the outer headers.
      await this.ip(container, 'link set eth0 mtu 1450 up');
      await this.ip(container, `addr add ${ADDRESSES[container]}/24 dev eth0`);
    }
  }

  private async ip(role: Role, command: string): Promise<void> {
    await this.exec(['ip', '-n', this.namespace(role), ...words(command)]);
  }

  private async exec(argv: readonly string[]): Promise<void> {
    await run(argv, { timeout_s: TIMEOUT_S, ...(this.signal === undefined ? {} : { signal: this.signal }) });
  }

  private removeNow(): void {
    for (const name of this.made.splice(0)) deleteNamespace(name);
  }
}

/** Names of our namespaces whose process is gone. */
function removeStale(): void {
  const list = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8', timeout: TIMEOUT_S * 1000 });
  for (const line of (list.stdout ?? '').split('\n')) {
    const match = /^falcon-lab-(\d+)-(?:hostA|hostB|ctrA|ctrB)\b/.exec(line);
    if (match !== null && !isRunning(Number(match[1]))) deleteNamespace(match[0]);
  }
}

function deleteNamespace(name: string): void {
  spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore', timeout: TIMEOUT_S * 1000 });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function words(text: string): string[] {
  return text.split(' ');
}
