import { FlowHasher } from '../experiment';
import { PACKET_FRAGMENT } from './packets';
import type { Plan } from './plan';

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

/** The flows and what is fixed for each: hashes, NIC queue, device indexes, socket. */
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
  private readonly hasher: FlowHasher;

  constructor(private readonly plan: Plan) {
    this.hasher = new FlowHasher(plan.experiment);
  }

  get count(): number {
    return this.hash.length;
  }

  add(spec: FlowSpec): number {
    const flow = this.count;
    const { hash, fragmentHash, queue, fragmentQueue } = this.hasher.of(flow, spec.protocol, spec.container);
    this.hash.push(hash);
    this.fragmentHash.push(fragmentHash);
    this.queue.push(queue);
    this.fragmentQueue.push(fragmentQueue);
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
}
