import { InputError } from '../core';
import type { Arrivals, Experiment, FlowHash, Profile, TcpTraffic, UdpTraffic } from '../experiment';
import { constantOf, datagramCosts, FlowHasher, placeSegments, softirqSegments } from '../experiment';
import {
  ETHERNET_FCS_BYTES,
  frameBytes,
  fragmentSizes,
  IPV4_HEADER_BYTES,
  TCP_HEADER_BYTES,
  TCP_TIMESTAMP_BYTES,
  UDP_HEADER_BYTES,
  wireTime_ns,
} from '../kernel';
import { segmentCosts } from './packetCosts';
import type { PacketClass, SegmentCost } from './packetCosts';

/** A softirq of a flow on its core, with the cost of moving the packet there in `packet_ns` or `groSegment_ns`. */
export interface PlacedWork extends Omit<SegmentCost, 'message_ns'> {
  readonly cpu: number;
  readonly queue: 'ring' | 'gro-cells' | 'backlog';
}

/** Who sends a flow, and when. */
export interface Senders {
  readonly number: number;
  /** Name of the stream of random numbers of a sender: the simulator's, so that their phases are the same. */
  readonly stream: (sender: number) => string;
  readonly arrivals: Arrivals;
  /** Time between the packets of a message. */
  readonly spacing_ns: number;
  /** Messages per second that they can send at most, all together. */
  readonly most_pps: number;
}

/** A flow with everything placed. */
export interface PlacedFlow {
  readonly kind: PacketClass;
  /** Asked for; Infinity for as fast as possible. */
  readonly wanted_pps: number;
  /** On the wire, for each message; of a stream whose segments take no heed of messages, less than 1 may be. */
  readonly packetsPerMessage: number;
  readonly message_bytes: number;
  /** Payload of a packet, in the mean. */
  readonly packet_bytes: number;
  /** Of TCP: payload of a full segment, and of the last of a message. */
  readonly full_bytes: number;
  readonly last_bytes: number;
  /** Length of its frame, tunnel and all, without the checksum, and its time on the link. */
  readonly frame_bytes: number;
  readonly wire_ns: number;
  /** Most segments that GRO merges. */
  readonly mostMerged: number;
  /** A message ends where a packet ends, with PSH. */
  readonly cuts: boolean;
  readonly senders: Senders;
  /** Receive queue of the NIC. */
  readonly queue: number;
  /** In the order of the path. */
  readonly work: readonly PlacedWork[];
  /** The reader: for each recv, each byte, and each packet that comes from another core. */
  readonly application: {
    readonly cpu: number;
    readonly call_ns: number;
    readonly byte_ns: number;
    readonly touch_ns: number;
  };
}

const TCP_HEADERS_BYTES = IPV4_HEADER_BYTES + TCP_HEADER_BYTES + TCP_TIMESTAMP_BYTES;

/**
 * Every flow of an experiment where the first choice of its steering puts it on idle cores.
 * @throws InputError for closed loops, whose rate is a result, and for senders on the receiving machine
 */
export function placeFlows(experiment: Experiment, profile: Profile): PlacedFlow[] {
  const refuse = (what: string): never => {
    throw new InputError(
      { file: 'experiment' },
      `the analytic model is for udp and tcp traffic over a NIC, not for ${what}`,
    );
  };
  if (experiment.topology.cable !== 'nic') refuse(`senders on the same machine (${experiment.topology.title})`);
  const hasher = new FlowHasher(experiment);
  const flows: PlacedFlow[] = [];
  for (const traffic of experiment.traffic) {
    if (traffic.kind !== 'udp' && traffic.kind !== 'tcp') return refuse(traffic.kind);
    for (let f = 0; f < traffic.flows; f++) {
      const container = f % experiment.containers;
      const hashes = hasher.of(flows.length, traffic.kind, container);
      const placer = new FlowPlacer(
        experiment,
        profile,
        hashes,
        container,
        traffic.appCpus[f % traffic.appCpus.length],
      );
      flows.push(traffic.kind === 'udp' ? placer.udp(traffic, flows.length) : placer.tcp(traffic, flows.length));
    }
  }
  return flows;
}

class FlowPlacer {
  private readonly mtu_bytes: number;

  constructor(
    private readonly experiment: Experiment,
    private readonly profile: Profile,
    private readonly hashes: FlowHash,
    private readonly container: number,
    private readonly appCpu: number,
  ) {
    this.mtu_bytes = experiment.nic.mtu_bytes - experiment.topology.encapsulation_bytes;
  }

  udp(traffic: UdpTraffic, flow: number): PlacedFlow {
    const { message_bytes, clients } = traffic;
    const packets = fragmentSizes(message_bytes + UDP_HEADER_BYTES, this.mtu_bytes).length;
    const kind = packets > 1 ? 'fragment' : 'udp';
    const { first_ns, fragment_ns } = datagramCosts(this.profile, this.experiment.topology, message_bytes);
    const { frame_bytes, wire_ns } = this.frame(
      Math.min(message_bytes + UDP_HEADER_BYTES + IPV4_HEADER_BYTES, this.mtu_bytes),
    );
    return {
      kind,
      wanted_pps: traffic.rate_pps === 'stress' ? Infinity : traffic.rate_pps,
      packetsPerMessage: packets,
      message_bytes,
      packet_bytes: message_bytes / packets,
      full_bytes: 0,
      last_bytes: 0,
      frame_bytes,
      wire_ns,
      mostMerged: 1,
      cuts: true,
      senders: {
        number: clients,
        stream: (client) => `udp-${flow}-${client}`,
        arrivals: traffic.arrivals,
        spacing_ns: Math.max(fragment_ns, wire_ns),
        most_pps: (clients * 1e9) / Math.max(first_ns + (packets - 1) * fragment_ns, clients * packets * wire_ns),
      },
      queue: kind === 'udp' ? this.hashes.queue : this.hashes.fragmentQueue,
      ...this.place(
        kind,
        kind === 'udp' ? this.hashes.hash : this.hashes.fragmentHash,
        message_bytes / packets,
        packets,
      ),
    };
  }

  tcp(traffic: TcpTraffic, flow: number): PlacedFlow {
    const { message_bytes } = traffic;
    const part = (name: string): number => constantOf(this.profile, name);
    const mss_bytes = this.mtu_bytes - TCP_HEADERS_BYTES;
    const cuts = traffic.rate_pps !== 'bulk' || traffic.nodelay;
    const packets = cuts ? Math.ceil(message_bytes / mss_bytes) : message_bytes / mss_bytes;
    const packet_bytes = message_bytes / packets;
    const { frame_bytes, wire_ns } = this.frame(packet_bytes + TCP_HEADERS_BYTES);
    const perByte_ns = part('clientTcpSend.byte_ns') * message_bytes;
    // Segments bear the limit of the tunnel wherever GRO sees them.
    const tunnelled = this.experiment.topology.stages.some((stage) => stage.entry === 'gro-cells');
    const bySize = Math.floor(part('gro.maxBytes') / (packets > 1 || !cuts ? mss_bytes : packet_bytes));
    return {
      kind: 'tcp',
      wanted_pps: traffic.rate_pps === 'bulk' ? Infinity : traffic.rate_pps,
      packetsPerMessage: packets,
      message_bytes,
      packet_bytes,
      full_bytes: packets > 1 || !cuts ? mss_bytes : message_bytes,
      last_bytes: cuts ? message_bytes - (packets - 1) * mss_bytes : mss_bytes,
      frame_bytes,
      wire_ns,
      mostMerged: tunnelled ? Math.min(bySize, part('gro.tunnelMaxSegments')) : bySize,
      cuts,
      senders: {
        number: 1,
        stream: () => `tcp-${flow}`,
        arrivals: traffic.arrivals,
        spacing_ns: Math.max(perByte_ns / packets, wire_ns),
        most_pps: 1e9 / Math.max(part('clientTcpSend.packet_ns') + perByte_ns, packets * wire_ns),
      },
      queue: this.hashes.queue,
      ...this.place('tcp', this.hashes.hash, packet_bytes, 1),
    };
  }

  private frame(ip_bytes: number): { frame_bytes: number; wire_ns: number } {
    const whole_bytes = frameBytes(ip_bytes + this.experiment.topology.encapsulation_bytes);
    return {
      frame_bytes: whole_bytes - ETHERNET_FCS_BYTES,
      wire_ns: wireTime_ns(whole_bytes, constantOf(this.profile, 'nic.link_gbps')),
    };
  }

  private place(
    kind: PacketClass,
    hash: number,
    packet_bytes: number,
    packetsPerMessage: number,
  ): Pick<PlacedFlow, 'work' | 'application'> {
    const own = {
      ...this.experiment,
      topology: {
        ...this.experiment.topology,
        devices: this.experiment.topology.devices.map((device) =>
          device.perContainer === true ? { ...device, ifindex: device.ifindex + 2 * this.container } : device,
        ),
      },
    };
    const queue = kind === 'fragment' ? this.hashes.fragmentQueue : this.hashes.queue;
    const segments = softirqSegments(own.topology, own.steering, kind === 'tcp' ? 'tcp' : 'udp');
    const cpus = placeSegments(own, segments, { hash, queue });
    const touch = toucher(this.profile);
    const costs = segmentCosts(own, this.profile, segments, kind, packet_bytes);
    const work = costs.map(({ message_ns, ...cost }, s): PlacedWork => {
      const touch_ns = touch(cpus[s]);
      return {
        ...cost,
        cpu: cpus[s],
        queue: segments[s].queue,
        groSegment_ns: cost.groSegment_ns + (cost.merges ? touch_ns : 0),
        packet_ns: cost.packet_ns + (cost.merges ? 0 : touch_ns) + message_ns / packetsPerMessage,
      };
    });
    const part = (name: string): number => constantOf(this.profile, name);
    const remote = this.appCpu !== cpus[cpus.length - 1];
    const application = {
      cpu: this.appCpu,
      call_ns: part('socketReceive.packet_ns') + part('copyToUser.packet_ns') + part('application.packet_ns'),
      byte_ns: part('copyToUser.byte_ns') + (remote ? part('locality.byte_ns') : 0),
      touch_ns: touch(this.appCpu),
    };
    return { work, application };
  }
}

/** Cost of touching a packet on a core, given those that touched it before. */
function toucher(profile: Profile): (cpu: number) => number {
  const miss_ns = constantOf(profile, 'locality.skb_ns');
  const spread_ns = constantOf(profile, 'locality.spread_ns');
  let last = -1;
  let hops = 0;
  return (cpu) => {
    const first = last < 0;
    const moved = cpu !== last;
    last = cpu;
    if (first || !moved) return 0;
    return miss_ns + spread_ns * hops++;
  };
}

/** Of an acknowledgement, whoever sends it. */
export function ackCost({ work }: PlacedFlow): number {
  return work.reduce((sum, { ack_ns }) => sum + ack_ns, 0);
}
