import { TableBuilder, eventsSchema } from '../../table';
import type { Core } from '../core';
import type { Machine } from '../machine';
import type { Napi } from '../napi';
import { NAPI_BACKLOG } from '../napi';
import type { Leg } from '../plan';
import { Origin, seconds } from './origin';

const NET_RX = 3;
/** Where skb addresses start: a kernel's direct mapping. */
const SKB_BASE = 0xffff888100000000n;
const SKB_SIZE = 256n;
const INNER_HEADERS_BYTES = 28;

const SOFTIRQ_EVENTS = { raise: 'irq:softirq_raise', entry: 'irq:softirq_entry', exit: 'irq:softirq_exit' } as const;
const SOFTIRQ_PAYLOAD = `vec=${NET_RX} [action=NET_RX]`;

/**
 * Tracepoint events as perf would print them, up to a limit. A softirq's events carry the time at which its
 * segment of work began or ended; an skb's address is its slot, and so is reused after the packet is freed.
 */
export class EventLog {
  private readonly table;
  private full = true;
  // Slots and lengths come again and again: making their texts anew would take a tenth of the simulator's time.
  private readonly addresses: string[] = [];
  /** By device, then skb: the text for the length that it had last. */
  private readonly payloads: Map<number, { readonly length: number; readonly text: string }>[];
  /** By NAPI instance, then work. */
  private readonly polls: string[][] = [];

  constructor(
    private readonly machine: Machine,
    private readonly limit: number,
  ) {
    this.table = new TableBuilder(eventsSchema, Origin.of(machine.plan.experiment));
    this.payloads = machine.plan.devices.map(() => new Map());
  }

  start(): void {
    this.full = false;
  }

  finish() {
    return this.table.finish();
  }

  softirq(what: 'raise' | 'entry' | 'exit', core: Core): void {
    if (this.full) return;
    this.push(core, SOFTIRQ_EVENTS[what], null, null, null, NET_RX, SOFTIRQ_PAYLOAD);
  }

  napiPoll(core: Core, napi: Napi, work: number): void {
    if (this.full) return;
    const device = napi.kind === NAPI_BACKLOG ? '(no_device)' : this.machine.plan.devices[napi.device].name;
    const payloads = (this.polls[napi.id] ??= []);
    payloads[work] ??= pollPayload(napi.id, device, work);
    this.push(core, 'napi:napi_poll', device, null, null, work, payloads[work]);
  }

  received(leg: Leg, core: Core, packet: number): void {
    if (this.full) return;
    this.packet(core, 'net:netif_receive_skb', leg, packet, null);
  }

  netifRx(core: Core, packet: number, target: number): void {
    if (this.full) return;
    this.packet(core, 'net:netif_rx', this.machine.plan.legs[this.machine.pool.leg[packet]], packet, target);
  }

  ipiSent(core: Core, target: number): void {
    if (this.full) return;
    this.push(
      core,
      'ipi:ipi_send_cpu',
      null,
      null,
      null,
      target,
      `cpu=${target} callsite=net_rps_send_ipi+0x0 callback=0x0`,
    );
  }

  private packet(core: Core, event: string, leg: Leg, packet: number, value: number | null): void {
    const { pool, plan } = this.machine;
    const device = plan.devices[leg.device].name;
    const outer = leg.index <= 1 && plan.experiment.topology.encapsulation_bytes > 0 && leg.next >= 0;
    const headers = INNER_HEADERS_BYTES + (outer ? plan.experiment.topology.encapsulation_bytes : 0);
    const length = pool.bytes[packet] + headers;
    const skb = (this.addresses[packet] ??= `0x${(SKB_BASE + BigInt(packet) * SKB_SIZE).toString(16)}`);
    this.push(core, event, device, skb, length, value, this.payload(leg.device, device, packet, skb, length));
  }

  private payload(index: number, device: string, packet: number, skb: string, length: number): string {
    const known = this.payloads[index].get(packet);
    if (known?.length === length) return known.text;
    const text = `dev=${device} skbaddr=${skb} len=${length}`;
    this.payloads[index].set(packet, { length, text });
    return text;
  }

  private push(
    core: Core,
    event: string,
    device: string | null,
    skb: string | null,
    length_bytes: number | null,
    value: number | null,
    payload: string,
  ): void {
    this.full = this.table.numRows + 1 >= this.limit;
    const time_s = seconds(this.machine, this.machine.now);
    const pid = Math.max(0, core.thread);
    this.table.pushValues(
      time_s,
      core.id,
      this.machine.scheduler.commOf(core),
      pid,
      event,
      device,
      skb,
      length_bytes,
      value,
      payload,
    );
  }
}

function pollPayload(napi: number, device: string, work: number): string {
  const address = `0x${(SKB_BASE + BigInt(napi) * 0x1000n).toString(16)}`;
  return `napi poll on napi struct ${address} for device ${device} work ${work} budget 64`;
}
