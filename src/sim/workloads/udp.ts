import { datagramCosts, type UdpTraffic } from '../../experiment';
import { fragmentSizes, IPV4_HEADER_BYTES, UDP_HEADER_BYTES } from '../../kernel/wire';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_FRAGMENT, PACKET_UDP } from '../packets';
import type { Emission, Source } from '../sources';
import { hotspotsOf } from './hotspots';
import { Pacing } from './pacing';
import { openFlow, Receiver } from './receiver';
import type { Workload } from './workload';

/** A sender may run ahead of the wire by its socket buffer's worth of time. */
const SEND_BUFFER_NS = 100_000;

/** One-way datagrams: one socket and one receiving thread for each flow, some clients sending to it. */
export class UdpWorkload implements Workload {
  constructor(machine: Machine, number: number, traffic: UdpTraffic) {
    const { experiment } = machine.plan;
    const hotspots = hotspotsOf(machine, number, traffic.flows, traffic.hotspots);
    const sizes = fragmentSizes(
      traffic.message_bytes + UDP_HEADER_BYTES,
      experiment.nic.mtu_bytes - experiment.topology.encapsulation_bytes,
    );
    for (let f = 0; f < traffic.flows; f++) {
      const { flow } = openFlow(machine, new Receiver(machine, null), traffic, number, f);
      if (sizes.length > 1) machine.path.reassembly.expect(flow, sizes.length);
      for (let c = 0; c < traffic.clients; c++) {
        const cpu = traffic.senderCpus[(f * traffic.clients + c) % traffic.senderCpus.length];
        machine.outlet.add(new UdpSource(machine, flow, c, traffic, sizes, hotspots[f]), cpu);
      }
    }
  }

  start(): void {}

  onTimer(): void {}

  onLost(): void {}
}

/** One sending client: a datagram at its pace, fragment by fragment, never faster than its own cost allows. */
class UdpSource implements Source {
  readonly isOpenLoop = true;
  readonly nextKind: number;
  nextTime_ns: number;
  nextIp_bytes: number;
  private readonly pacing: Pacing | null;
  private readonly packet_ns: number;
  private readonly fragment_ns: number;
  private fragment = 0;
  private message: number;
  private messageStart_ns: number;
  private readonly stride: number;

  constructor(
    private readonly machine: Machine,
    readonly flow: number,
    client: number,
    private readonly traffic: UdpTraffic,
    private readonly sizes: readonly number[],
    hotspots: UdpTraffic['hotspots'],
  ) {
    const { plan } = machine;
    const pays = machine.outlet.sendersPay ? 1 : 0;
    const costs = datagramCosts(plan.profile, plan.experiment.topology, traffic.message_bytes);
    this.packet_ns = pays * costs.first_ns;
    this.fragment_ns = pays * costs.fragment_ns;
    const random = machine.random(`udp-${flow}-${client}`);
    const phase = random.uniform();
    this.pacing =
      traffic.rate_pps === 'stress'
        ? null
        : new Pacing(
            random,
            traffic.arrivals,
            (1e9 * traffic.clients) / traffic.rate_pps,
            plan.constant('wire.jitter_ns'),
            hotspots,
            plan.experiment.warmup_s * 1e9,
            phase,
          );
    // Clients number their messages in turn, so that no two have the same number.
    this.message = client;
    this.stride = traffic.clients;
    this.nextTime_ns = this.pacing === null ? this.packet_ns * phase : this.pacing.next();
    this.messageStart_ns = this.nextTime_ns;
    this.nextIp_bytes = sizes[0] + IPV4_HEADER_BYTES;
    this.nextKind = sizes.length > 1 ? PACKET_FRAGMENT : PACKET_UDP;
  }

  emit(out: Emission, wireFree_ns: number): void {
    const last = this.fragment === this.sizes.length - 1;
    out.flow = this.flow;
    out.kind = this.nextKind;
    out.flags = last ? LAST_OF_MESSAGE : 0;
    out.bytes = this.sizes[this.fragment] - (this.fragment === 0 ? UDP_HEADER_BYTES : 0);
    out.messages = last ? 1 : 0;
    out.message = this.message;
    out.position = 0;
    out.sent_ns = this.messageStart_ns;
    if (!last) {
      this.fragment++;
      this.nextTime_ns = Math.max(this.nextTime_ns + this.fragment_ns, wireFree_ns - SEND_BUFFER_NS);
    } else {
      this.machine.monitors.messageSent(this.flow);
      this.message += this.stride;
      this.fragment = 0;
      this.startMessage(wireFree_ns);
    }
    this.nextIp_bytes = this.sizes[this.fragment] + IPV4_HEADER_BYTES;
  }

  private startMessage(wireFree_ns: number): void {
    // A slow system call now and then is what a sender's jitter looks like under stress.
    const earliest = Math.max(
      this.nextTime_ns + this.packet_ns * this.machine.senderVariation.next(),
      wireFree_ns - SEND_BUFFER_NS,
    );
    if (this.pacing === null) {
      this.nextTime_ns = earliest;
      this.messageStart_ns = earliest;
      return;
    }
    this.messageStart_ns = this.pacing.next();
    this.nextTime_ns = Math.max(this.messageStart_ns, earliest);
    if (typeof this.traffic.arrivals !== 'object') this.messageStart_ns = this.nextTime_ns;
  }
}
