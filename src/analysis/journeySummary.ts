import { quantile } from '../table';
import type { Table, journeysSchema } from '../table';

/** One stage of the usual way: the n-th that packets pass. Times in microseconds. */
export interface StageSummary {
  /** Position on the way, from 1. */
  readonly step: number;
  readonly stage: string;
  readonly device: string;
  readonly packets: number;
  readonly cpus: readonly number[];
  /** From joining the queue to the end of service; undefined where no queueing is known. */
  readonly residence_us: Spread | undefined;
  readonly queue_us: Spread | undefined;
  readonly service_us: Spread;
  /** Packets that were on another CPU in their previous stage. */
  readonly cpuChanges: number;
  /** Packets that are not seen in any later stage: delivered, merged, dropped, or cut off by the end of the recording. */
  readonly endHere: number;
  /** Packets that begin here after one that was first seen later (RFC 4737, over all flows together). */
  readonly reordered: number;
}

export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

interface Gathered {
  readonly step: number;
  readonly stage: string;
  readonly device: string;
  readonly cpus: Set<number>;
  readonly queue: number[];
  readonly residence: number[];
  readonly service: number[];
  /** Start and packet, for reordering. */
  readonly starts: { readonly started_s: number; readonly packet: number }[];
  cpuChanges: number;
  endHere: number;
}

/**
 * Residence, queueing and service by stage of the way, CPU changes and reordering.
 * @param journeys rows of a packet in the order of its way, as `packetJourneys` and the simulator give them
 */
export function summarizeJourneys(journeys: Table<typeof journeysSchema>): StageSummary[] {
  const stages = new Map<string, Gathered>();
  let [packet, step, lastCpu] = [NaN, 0, NaN];
  let last: Gathered | undefined;
  for (const row of journeys.rows()) {
    if (row.packet !== packet) {
      if (last !== undefined) last.endHere++;
      [packet, step, lastCpu] = [row.packet, 0, NaN];
    }
    step++;
    const key = JSON.stringify([step, row.stage, row.device]);
    let gathered = stages.get(key);
    if (gathered === undefined) {
      const { stage, device } = row;
      gathered = {
        step,
        stage,
        device,
        cpus: new Set(),
        queue: [],
        residence: [],
        service: [],
        starts: [],
        cpuChanges: 0,
        endHere: 0,
      };
      stages.set(key, gathered);
    }
    gathered.cpus.add(row.cpu);
    gathered.service.push((row.ended_s - row.started_s) * 1e6);
    if (row.enqueued_s !== null) {
      gathered.queue.push((row.started_s - row.enqueued_s) * 1e6);
      gathered.residence.push((row.ended_s - row.enqueued_s) * 1e6);
    }
    gathered.starts.push({ started_s: row.started_s, packet });
    if (!Number.isNaN(lastCpu) && lastCpu !== row.cpu) gathered.cpuChanges++;
    lastCpu = row.cpu;
    last = gathered;
  }
  if (last !== undefined) last.endHere++;
  return [...stages.values()]
    .sort((a, b) => a.step - b.step || b.service.length - a.service.length)
    .map((gathered) => ({
      step: gathered.step,
      stage: gathered.stage,
      device: gathered.device,
      packets: gathered.service.length,
      cpus: [...gathered.cpus].sort((a, b) => a - b),
      residence_us: spread(gathered.residence),
      queue_us: spread(gathered.queue),
      service_us: spread(gathered.service) as Spread,
      cpuChanges: gathered.cpuChanges,
      endHere: gathered.endHere,
      reordered: reordered(gathered.starts),
    }));
}

function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

/** Packets that start behind one of a higher number. Equal times keep the order of the packets. */
function reordered(starts: { readonly started_s: number; readonly packet: number }[]): number {
  starts.sort((a, b) => a.started_s - b.started_s || a.packet - b.packet);
  let [highest, count] = [-1, 0];
  for (const { packet } of starts) {
    if (packet < highest) count++;
    else highest = packet;
  }
  return count;
}
