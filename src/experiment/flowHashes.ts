import { Random } from '../core';
import { defaultIndirectionTable, rssHash, rssQueue, softwareFlowHash, vxlanSourcePort } from '../kernel';
import type { FlowKey } from '../kernel';
import type { Experiment } from './experiment';

const RSS_KEY_BYTES = 40;
const BOOT_KEY_BYTES = 16;
/** net.ipv4.ip_local_port_range, net/ipv4/af_inet.c. */
const EPHEMERAL_PORTS = [32768, 60999] as const;
const PROTOCOL = { udp: 17, tcp: 6 } as const;

/** What is fixed for a flow: its hash and receive queue, whole and for the fragments of its datagrams. */
export interface FlowHash {
  /** skb->hash: that of the NIC, which stays with the packet through the tunnel. */
  readonly hash: number;
  readonly fragmentHash: number;
  /** NIC queue by RSS. */
  readonly queue: number;
  readonly fragmentQueue: number;
}

/**
 * Hashes of an experiment's flows. Addresses and ports are made up, the keys drawn from the seed as a kernel draws
 * them at boot; the NIC hashes what it sees, which in a VXLAN is the outer header, whose source port stands for the
 * inner flow.
 */
export class FlowHasher {
  private readonly seed: number;
  private readonly rssKey: Uint8Array;
  private readonly bootKey: Uint8Array;
  private readonly table: Uint16Array;
  private readonly tunnel: 'vxlan' | 'ipip' | undefined;

  constructor({ seed, nic, topology }: Pick<Experiment, 'seed' | 'nic' | 'topology'>) {
    this.seed = seed;
    const random = new Random(seed, 'hash-keys');
    this.rssKey = Uint8Array.from({ length: RSS_KEY_BYTES }, () => random.below(256));
    this.bootKey = Uint8Array.from({ length: BOOT_KEY_BYTES }, () => random.below(256));
    this.table = defaultIndirectionTable(nic.queues);
    for (const { kind } of topology.devices) {
      if (kind !== 'vxlan' && kind !== 'ipip') continue;
      this.tunnel = kind;
      break;
    }
  }

  /** @param flow number of the flow over all traffic of the experiment, from 0 */
  of(flow: number, protocol: 'udp' | 'tcp', container: number): FlowHash {
    const inner = this.innerKey(flow, protocol, container);
    const seen = rssHash(this.outerKey(inner), this.rssKey);
    // A hash without ports does not satisfy skb_get_hash, which then looks into the tunnel itself.
    const hash = this.tunnel === 'ipip' ? softwareFlowHash(inner, this.bootKey) : seen;
    // Fragments carry no ports; a tunnel hides that from the NIC, but not that they share one outer port.
    const fragmentHash = rssHash(this.outerKey(withoutPorts(inner)), this.rssKey);
    return {
      hash,
      fragmentHash,
      queue: rssQueue(seen, this.table),
      fragmentQueue: rssQueue(fragmentHash, this.table),
    };
  }

  /**
   * The client's port is an ephemeral one, which the kernel picks at random for each destination (secure port
   * selection, RFC 6056); numbers in a row would meet Toeplitz's linearity and crowd some queues.
   */
  private innerKey(flow: number, protocol: 'udp' | 'tcp', container: number): FlowKey {
    const [first, last] = EPHEMERAL_PORTS;
    const c = container + 1;
    return {
      source: `10.1.${flow >> 8}.${(flow & 255) === 0 ? 254 : flow & 255}`,
      destination: `10.2.${c >> 8}.${c & 255}`,
      protocol: PROTOCOL[protocol],
      sourcePort: first + new Random(this.seed, `client-port-${flow}`).below(last - first + 1),
      destinationPort: 11111 + container,
    };
  }

  private outerKey(inner: FlowKey): FlowKey {
    if (this.tunnel === undefined) return inner;
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
