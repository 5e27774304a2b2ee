import { TableBuilder, journeysSchema } from '../../table';
import type { Core } from '../core';
import type { Machine } from '../machine';
import type { Leg } from '../plan';
import { Origin, seconds } from './origin';

/** The way of chosen packets over legs and cores. */
export class JourneyLog {
  private readonly table;
  private recording = false;

  constructor(private readonly machine: Machine) {
    this.table = new TableBuilder(journeysSchema, Origin.of(machine.plan.experiment));
  }

  start(): void {
    this.recording = true;
  }

  finish() {
    return this.table.finish();
  }

  add(leg: Leg, core: Core, packet: number, service_ns: number): void {
    const ended = this.machine.now;
    this.push(packet, leg.id, this.machine.plan.devices[leg.device].name, core.id, ended - service_ns, ended);
  }

  /** The application's part. */
  addApplication(packet: number, core: number, started_ns: number, ended_ns: number): void {
    this.push(packet, 'application', 'socket', core, started_ns, ended_ns);
  }

  private push(packet: number, stage: string, device: string, cpu: number, started_ns: number, ended_ns: number): void {
    if (!this.recording) return;
    const { pool, flows } = this.machine;
    const queued = seconds(this.machine, pool.queued_ns[packet]);
    const label = flows.label[pool.flow[packet]];
    const started = seconds(this.machine, started_ns);
    const ended = seconds(this.machine, ended_ns);
    this.table.pushValues(pool.journey[packet], label, stage, device, cpu, queued, started, ended);
  }
}
