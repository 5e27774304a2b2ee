import type { TcpTraffic } from '../../experiment';
import { IPV4_HEADER_BYTES, TCP_HEADER_BYTES, TCP_TIMESTAMP_BYTES } from '../../kernel';
import type { Machine } from '../machine';
import type { TcpArrival } from '../sockets';
import { hotspotsOf } from './hotspots';
import { Pacing } from './pacing';
import { openFlow, Receiver } from './receiver';
import { TcpReceiver } from './tcpReceiver';
import type { Acknowledgement } from './tcpReceiver';
import { TcpSource } from './tcpSource';
import type { Workload } from './workload';

const HEADERS_BYTES = IPV4_HEADER_BYTES + TCP_HEADER_BYTES + TCP_TIMESTAMP_BYTES;

/** Codes of timers: so many times the connection's number, plus what happened. */
const CODES = 3;
const ACKNOWLEDGEMENT = 0;
const ALARM = 1;
const DELAYED = 2;

/** One connection: its sending end on the other side of the cable, its receiving end here. */
export interface Connection {
  readonly source: TcpSource;
  readonly receiver: TcpReceiver;
  /** Number of the source at the outlet. */
  readonly outlet: number;
}

/** One-way messages on one connection and one receiving thread for each flow. */
export class TcpWorkload implements Workload {
  readonly connections: Connection[] = [];
  private readonly firstFlow: number;
  private readonly arrived: Acknowledgement = { position: 0, edge: 0, from: 0, to: 0 };

  constructor(
    private readonly machine: Machine,
    private readonly number: number,
    traffic: TcpTraffic,
  ) {
    const hotspots = hotspotsOf(machine, number, traffic.flows, traffic.hotspots);
    this.firstFlow = machine.flows.count;
    for (let f = 0; f < traffic.flows; f++) this.connect(f, traffic, hotspots[f]);
  }

  start(): void {}

  /** The sender learns of losses as TCP does. */
  onLost(): void {}

  acknowledges(flow: number, arrival: TcpArrival): boolean {
    return this.connections[flow - this.firstFlow].receiver.acknowledges(arrival);
  }

  onTcpInput(flow: number, arrival: TcpArrival, paid: boolean, cpu: number): void {
    this.connections[flow - this.firstFlow].receiver.onInput(arrival, paid, cpu);
  }

  onTimer(code: number): void {
    const { machine } = this;
    const what = code % CODES;
    const { source, receiver, outlet } = this.connections[(code - what) / CODES];
    if (what === DELAYED) {
      receiver.onTimer();
      return;
    }
    if (what === ACKNOWLEDGEMENT) {
      receiver.arrive(this.arrived);
      source.onAcknowledgement(this.arrived);
    } else source.onAlarm();
    machine.outlet.update(outlet);
    machine.nic?.watch();
  }

  private connect(index: number, traffic: TcpTraffic, hotspots: TcpTraffic['hotspots']): void {
    const { machine } = this;
    const { experiment } = machine.plan;
    const wire_bytes = experiment.nic.mtu_bytes - experiment.topology.encapsulation_bytes - HEADERS_BYTES;
    const reader = new Receiver(machine, (packet, cpu) => {
      receiver.onRead(machine.pool.bytes[packet], socket.rmem_bytes === 0, cpu);
    });
    const { flow, socket } = openFlow(machine, reader, traffic, this.number, index);
    const code = CODES * index;
    const codes = { arrives: code + ACKNOWLEDGEMENT, delayed: code + DELAYED };
    const receiver = new TcpReceiver(machine, flow, traffic.window_bytes, wire_bytes, this.number, codes);
    const sizes = { wire_bytes, most_bytes: machine.outlet.segmentBytes(wire_bytes), headers_bytes: HEADERS_BYTES };
    const source = new TcpSource(machine, flow, traffic, sizes, this.pacingOf(traffic, flow, hotspots), (at_ns) => {
      machine.timer(at_ns, this.number, code + ALARM);
    });
    const outlet = machine.outlet.add(source, traffic.senderCpus[index % traffic.senderCpus.length]);
    this.connections.push({ source, receiver, outlet });
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
