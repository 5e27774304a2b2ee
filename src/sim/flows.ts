import { Random } from '../core';
import { defaultIndirectionTable, rssHash, rssQueue, softwareFlowHash, vxlanSourcePort } from '../kernel';
import type { FlowKey } from '../kernel';
import { PACKET_FRAGMENT } from './packets';
import type { Plan } from './plan';

const RSS_KEY_BYTES = 40;
const BOOT_KEY_BYTES = 16;
const FIRST_CLIENT_PORT = 40000;
const PROTOCOL = { udp: 17, tcp: 6 } as const;

export interface FlowSpec {
  readonly protocol: 'udp' | 'tcp';
  /** Container that receives it, from 0. */
  readonly container: number;
  readonly socket: number;
  readonly workload: number;
  /** Name in the tables. */
  readonly label: string;
  readonly message_bytes: number;
}

/**
 * The flows and what is fixed for each: hashes, NIC queue, device indexes, socket. Addresses and ports are made up,
 * the hash keys drawn from the seed as a kernel draws them at boot; the NIC hashes what it sees, which in a
 * VXLAN is the outer header, whose source port stands for the inner flow.
 */
export class Flows {
  readonly workload: number[] = [];
  readonly socket: number[] = [];
  readonly container: number[] = [];
  readonly label: string[] = [];
  readonly message_bytes: number[] = [];
  readonly protocol: ('udp' | 'tcp')[] = [];
  private readonly hash: number[] = [];
  private readonly fragmentHash: number[] = [];
  private readonly queue: number[] = [];
  private readonly fragmentQueue: number[] = [];
  private readonly sequence: number[] = [];
  /** Highest sequence number that reached the socket. */
  readonly highest: number[] = [];
  private readonly rssKey: Uint8Array;
  private readonly bootKey: Uint8Array;
  private readonly table: Uint16Array;
  private readonly tunnel: string;

  constructor(private readonly plan: Plan) {
    const random = new Random(plan.experiment.seed, 'hash-keys');
    this.rssKey = Uint8Array.from({ length: RSS_KEY_BYTES }, () => random.below(256));
    this.bootKey = Uint8Array.from({ length: BOOT_KEY_BYTES }, () => random.below(256));
    this.table = defaultIndirectionTable(plan.experiment.nic.queues);
    this.tunnel = plan.experiment.topology.devices.find((d) => d.kind === 'vxlan' || d.kind === 'ipip')?.kind ?? '';
  }

  get count(): number {
    return this.hash.length;
  }

  add(spec: FlowSpec): number {
    const flow = this.count;
    const inner = this.innerKey(flow, spec);
    const outer = this.outerKey(inner);
    const seen = rssHash(outer, this.rssKey);
    // A hash without ports does not satisfy skb_get_hash, which then looks into the tunnel itself.
    const hash = this.tunnel === 'ipip' ? softwareFlowHash(inner, this.bootKey) : seen;
    // Fragments carry no ports; a tunnel hides that from the NIC, but not that they share one outer port.
    const fragmentOuter = this.outerKey(withoutPorts(inner));
    const fragmentHash = rssHash(fragmentOuter, this.rssKey);
    this.hash.push(hash);
    this.fragmentHash.push(fragmentHash);
    this.queue.push(rssQueue(seen, this.table));
    this.fragmentQueue.push(rssQueue(fragmentHash, this.table));
    this.workload.push(spec.workload);
    this.socket.push(spec.socket);
    this.container.push(spec.container);
    this.label.push(spec.label);
    this.message_bytes.push(spec.message_bytes);
    this.protocol.push(spec.protocol);
    this.sequence.push(0);
    this.highest.push(-1);
    return flow;
  }

  /** skb->hash: that of the NIC, which stays with the packet through the tunnel. */
  hashOf(flow: number, kind: number): number {
    return kind === PACKET_FRAGMENT ? this.fragmentHash[flow] : this.hash[flow];
  }

  /** NIC queue by RSS. */
  queueOf(flow: number, kind: number): number {
    return kind === PACKET_FRAGMENT ? this.fragmentQueue[flow] : this.queue[flow];
  }

  nextSequence(flow: number): number {
    return this.sequence[flow]++;
  }

  /** Index of the device that a packet of the flow sees. */
  ifindex(device: number, flow: number): number {
    const spec = this.plan.devices[device];
    return spec.perContainer === true ? spec.ifindex + 2 * this.container[flow] : spec.ifindex;
  }

  private innerKey(flow: number, spec: FlowSpec): FlowKey {
    const c = spec.container + 1;
    return {
      source: `10.1.${flow >> 8}.${(flow & 255) === 0 ? 254 : flow & 255}`,
      destination: `10.2.${c >> 8}.${c & 255}`,
      protocol: PROTOCOL[spec.protocol],
      sourcePort: FIRST_CLIENT_PORT + (flow % 20000),
      destinationPort: 11111 + spec.container,
    };
  }

  private outerKey(inner: FlowKey): FlowKey {
    if (this.tunnel === '') return inner;
    const hosts = { source: '192.168.1.1', destination: '192.168.1.2' };
    // IP-in-IP has no ports: all flows between two hosts look alike to the NIC.
    if (this.tunnel === 'ipip') return { ...hosts, protocol: 4 };
    const port = vxlanSourcePort(softwareFlowHash(inner, this.bootKey));
    return { ...hosts, protocol: 17, sourcePort: port, destinationPort: 4789 };
  }
}

function withoutPorts(key: FlowKey): FlowKey {
  return { source: key.source, destination: key.destination, protocol: key.protocol };
}
