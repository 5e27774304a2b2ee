import type { TcpTraffic } from '../../experiment';
import { IPV4_HEADER_BYTES, TCP_HEADER_BYTES, TCP_TIMESTAMP_BYTES } from '../../kernel';
import { IntFifo } from '../intFifo';
import type { Machine } from '../machine';
import { hotspotsOf } from './hotspots';
import { Pacing } from './pacing';
import { Receiver } from './receiver';
import { TcpSource } from './tcpSource';
import type { Workload } from './workload';

const HEADERS_BYTES = IPV4_HEADER_BYTES + TCP_HEADER_BYTES + TCP_TIMESTAMP_BYTES;

/** Codes of timers: connection number doubled, plus what happened. */
const CREDIT = 0;
const LOSS = 1;

/** One-way messages on one connection and one receiving thread for each flow. */
export class TcpWorkload implements Workload {
  private readonly sources: TcpSource[] = [];
  /** Number of each source at the outlet. */
  private readonly outlets: number[] = [];
  /** Bytes read whose acknowledgements are on their way, by connection, oldest first. */
  private readonly credits: IntFifo[] = [];
  private readonly connectionOf = new Map<number, number>();

  constructor(
    private readonly machine: Machine,
    private readonly number: number,
    traffic: TcpTraffic,
  ) {
    const { experiment } = machine.plan;
    const hotspots = hotspotsOf(machine, number, traffic.flows, traffic.hotspots);
    const mtu = experiment.nic.mtu_bytes - experiment.topology.encapsulation_bytes;
    const mss = machine.outlet.segmentBytes(mtu - HEADERS_BYTES);
    for (let f = 0; f < traffic.flows; f++) {
      const receiver = new Receiver(machine, (packet) => this.onRead(f, packet));
      const thread = machine.scheduler.add(traffic.appCpus[f % traffic.appCpus.length], 'sockperf', receiver);
      const socket = machine.sockets.add('tcp', thread);
      receiver.attach(socket);
      const flow = machine.flows.add({
        protocol: 'tcp',
        container: f % experiment.containers,
        socket: socket.id,
        workload: number,
        label: `tcp-${number}-${f}`,
        message_bytes: traffic.message_bytes,
      });
      const pacing = this.pacingOf(traffic, flow, hotspots[f]);
      const source = new TcpSource(machine, flow, traffic, mss, HEADERS_BYTES, pacing);
      this.connectionOf.set(flow, f);
      this.sources.push(source);
      this.credits.push(new IntFifo());
      this.outlets.push(machine.outlet.add(source, traffic.senderCpus[f % traffic.senderCpus.length]));
    }
  }

  start(): void {}

  /** What the application has read opens the window, once the sender hears of it. */
  private onRead(connection: number, packet: number): void {
    const { machine } = this;
    this.credits[connection].push(machine.pool.bytes[packet]);
    machine.timer(machine.now + machine.outlet.oneWay_ns, this.number, 2 * connection + CREDIT);
  }

  onLost(flow: number, bytes: number, messages: number, sent_ns: number): void {
    const connection = this.connectionOf.get(flow);
    if (connection === undefined) return;
    this.sources[connection].lose(bytes, messages, sent_ns);
    // Duplicate acknowledgements tell the sender after a round trip.
    this.machine.timer(this.machine.now + 2 * this.machine.outlet.oneWay_ns, this.number, 2 * connection + LOSS);
  }

  onTimer(code: number): void {
    const connection = code >> 1;
    const source = this.sources[connection];
    if ((code & 1) === CREDIT) source.acknowledge(this.credits[connection].shift());
    else source.retransmit();
    this.machine.outlet.update(this.outlets[connection]);
    this.machine.nic?.watch();
  }

  private pacingOf(traffic: TcpTraffic, flow: number, hotspots: TcpTraffic['hotspots']): Pacing | null {
    if (traffic.rate_pps === 'bulk') return null;
    const { plan } = this.machine;
    const random = this.machine.random(`tcp-${flow}`);
    return new Pacing(
      random,
      traffic.arrivals,
      1e9 / traffic.rate_pps,
      plan.constant('wire.jitter_ns'),
      hotspots,
      plan.experiment.warmup_s * 1e9,
      random.uniform(),
    );
  }
}
