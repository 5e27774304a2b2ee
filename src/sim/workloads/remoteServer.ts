import type { Machine } from '../machine';
import { PACKET_TCP, PACKET_TCP_QUIET } from '../packets';
import type { Socket } from '../sockets';
import type { QueryServerOptions } from './queryServer';
import { mssOf, RequestSource } from './requestSource';
import { clientReceive_ns } from './systemCalls';
import type { SystemCalls } from './systemCalls';
import type { LossyFlow, Tier, TierConnection } from './tier';

/**
 * A tier on the other machine, which is alike and busy with nothing else: queries reach it over the wire and its
 * receive path, one thread answers them in the order of arrival, and the answers come back over the link and take this
 * machine's receive path.
 */
export class RemoteServer implements Tier {
  /** When the thread is done with all queries so far. */
  private free_ns = 0;
  private readonly way_ns: number;
  private readonly service_ns: number;

  constructor(
    private readonly machine: Machine,
    private readonly calls: SystemCalls,
    private readonly workload: number,
    private readonly options: Omit<QueryServerOptions, 'cpu' | 'container'>,
  ) {
    const { query_bytes, answer_bytes, service_ns } = options;
    this.way_ns = clientReceive_ns(machine, PACKET_TCP_QUIET, query_bytes);
    this.service_ns = calls.wait_ns + calls.event_ns + service_ns + calls.send_ns(PACKET_TCP, answer_bytes);
  }

  connect(answers: Socket, cpu: number): TierConnection {
    const { machine, options, calls } = this;
    const flow = machine.flows.add({
      protocol: 'tcp',
      container: 0,
      socket: answers.id,
      workload: this.workload,
      label: `${options.comm}-${this.workload}-answers`,
      message_bytes: options.answer_bytes,
    });
    const source = new RequestSource(machine, flow, 'tcp');
    const outlet = machine.outlet.add(source, cpu);
    const update = (): void => {
      machine.outlet.update(outlet);
      machine.nic?.watch();
    };
    const answer: LossyFlow = {
      flow,
      lose: (loss) => {
        source.lose(loss);
      },
      repeat: () => {
        source.repeat(machine.now);
        update();
      },
    };
    return {
      send_ns: calls.send_ns(options.query_bytes > mssOf(machine) ? PACKET_TCP : PACKET_TCP_QUIET, options.query_bytes),
      flows: [answer],
      ask: () => {
        source.request(this.serve(), options.answer_bytes);
        update();
      },
    };
  }

  /** Takes in a query that is sent now; returns when its answer leaves. */
  private serve(): number {
    const { now, variation } = this.machine;
    this.free_ns = Math.max(this.free_ns, now + this.way_ns) + this.service_ns * variation.next();
    return this.free_ns;
  }
}
