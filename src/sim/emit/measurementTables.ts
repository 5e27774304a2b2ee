import { NS_PER_US } from '../../core';
import {
  TableBuilder,
  countersSchema,
  dropsSchema,
  latencySchema,
  messageRatesSchema,
  operationsSchema,
  stagesSchema,
} from '../../table';
import { recordedValues } from '../histogram';
import type { Machine } from '../machine';
import type { StageStatistics } from '../monitors';
import { Origin } from './origin';

/** What the monitors gathered, as tables. */
export function measurementTables(machine: Machine) {
  return {
    latency: latencyTable(machine),
    messageRates: messageRatesTable(machine),
    drops: dropsTable(machine),
    stages: stagesTable(machine),
    counters: countersTable(machine),
    ...operationsTable(machine),
  };
}

function latencyTable(machine: Machine) {
  const { monitors, flows, plan } = machine;
  const table = new TableBuilder(latencySchema, Origin.of(plan.experiment));
  monitors.latency.forEach((histogram, flow) => {
    if (histogram === undefined) return;
    for (const bin of recordedValues(histogram)) {
      table.pushValues(flows.label[flow], bin.value / NS_PER_US, bin.count);
    }
  });
  for (const { log } of machine.workloads) {
    for (const { name, histogram } of log?.histograms() ?? []) {
      for (const bin of recordedValues(histogram)) table.pushValues(name, bin.value / NS_PER_US, bin.count);
    }
  }
  return table.finish();
}

function messageRatesTable(machine: Machine) {
  const { monitors, flows, plan } = machine;
  const { duration_s } = plan.experiment;
  const table = new TableBuilder(messageRatesSchema, Origin.of(plan.experiment));
  // The connections of a service share a label.
  const totals = new Map<string, { flow: number; sent: number; received: number }>();
  for (let flow = 0; flow < flows.count; flow++) {
    const total = totals.get(flows.label[flow]) ?? { flow, sent: 0, received: 0 };
    total.sent += monitors.sentMessages[flow] ?? 0;
    total.received += monitors.receivedMessages[flow] ?? 0;
    totals.set(flows.label[flow], total);
  }
  for (const [label, { flow, sent, received }] of totals) {
    table.push({
      flow: label,
      repeat: 1,
      message_bytes: flows.message_bytes[flow],
      offered_pps: sent / duration_s,
      received_pps: received / duration_s,
      duration_s,
    });
  }
  return table.finish();
}

/** By operation; absent where no workload has operations. */
function operationsTable(machine: Machine) {
  const { duration_s } = machine.plan.experiment;
  const rows = machine.workloads.flatMap(({ log }) => log?.rows(duration_s) ?? []);
  if (rows.length === 0) return {};
  const table = new TableBuilder(operationsSchema, Origin.of(machine.plan.experiment));
  for (const row of rows) table.push(row);
  return { operations: table.finish() };
}

function dropsTable(machine: Machine) {
  const table = new TableBuilder(dropsSchema, Origin.of(machine.plan.experiment));
  for (const place of [...machine.monitors.drops.keys()].sort()) {
    machine.monitors.drops.get(place)?.forEach((packets, cpu) => table.push({ place, cpu, packets }));
  }
  return table.finish();
}

function stagesTable(machine: Machine) {
  const { plan, monitors } = machine;
  const table = new TableBuilder(stagesSchema, Origin.of(plan.experiment));
  monitors.stages.forEach((byCore, stage) => {
    const leg = plan.legs[stage];
    const name = leg === undefined ? 'application' : leg.id;
    const device = leg === undefined ? 'socket' : plan.devices[leg.device].name;
    byCore.forEach((statistics, cpu) => {
      if (statistics !== undefined) table.push({ stage: name, device, cpu, ...figuresOf(statistics) });
    });
  });
  return table.finish();
}

function figuresOf(statistics: StageStatistics) {
  return {
    packets: statistics.packets,
    queue_us_mean: statistics.queue_ns / statistics.packets / NS_PER_US,
    queue_us_p99: statistics.queueing.percentile(99) / NS_PER_US,
    service_us_mean: statistics.service_ns / statistics.packets / NS_PER_US,
  };
}

/** Scalars; packets obey offered + in flight at the start = delivered + dropped + in flight at the end. */
function countersTable(machine: Machine) {
  const { monitors, pool, steering, splitting, cores } = machine;
  const { ledger } = monitors;
  const table = new TableBuilder(countersSchema, Origin.of(machine.plan.experiment));
  const packets = (name: string, value: number): void => table.push({ name, unit: 'packets', value });
  packets('offered', ledger.offered);
  packets('delivered', ledger.delivered);
  packets('dropped', ledger.dropped);
  packets('in flight at start', ledger.inFlightAtStart);
  packets('in flight at end', pool.live);
  packets('out of order', monitors.outOfOrder);
  packets('steered', steering.steered);
  packets('steering refused', steering.refused);
  packets('cut before GRO', splitting.cut);
  packets('kept at GRO', splitting.kept);
  table.push({ name: 'changes of splitting', unit: '1', value: splitting.changes });
  const bytes = monitors.receivedBytes.reduce((sum, b) => sum + (b ?? 0), 0);
  table.push({ name: 'goodput', unit: 'bit/s', value: (bytes * 8) / machine.plan.experiment.duration_s });
  table.push({ name: 'average load', unit: '%', value: steering.average });
  const runs = cores.reduce((sum, core) => sum + core.ksoftirqdRuns, 0);
  table.push({ name: 'ksoftirqd wake-ups', unit: '1', value: runs });
  return table.finish();
}
