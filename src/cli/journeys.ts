import { packetJourneys, softirqTimeline, summarizeJourneys } from '../analysis';
import type { JourneyCounts, Spread, StageSummary } from '../analysis';
import { InputError } from '../core';
import type { Row, Table, eventsSchema } from '../table';
import type { softirqTimelineSchema } from '../analysis';
import { openTrace } from '../trace';
import { ProgressLine } from './progressLine';

/** NET_RX in include/linux/interrupt.h. */
const NET_RX = 3;

/** Runs of NET_RX on one core. */
interface CoreSummary {
  readonly cpu: number;
  readonly runs: number;
  readonly busy_share: number;
  readonly polls_per_run: number;
  readonly packets_per_run: number;
  readonly in_ksoftirqd: number;
}

/** Prints what `falcon-lab journeys` prints: by stage of the way, what was linked, and NET_RX by core. */
export async function runJourneys(file: string, asJson: boolean): Promise<void> {
  const progress = new ProgressLine(process.stderr);
  const trace = await openTrace(file, { onProgress: (at) => progress.show(at) }).finally(() => progress.clear());
  for (const line of trace.diagnostics.summary()) process.stderr.write(`falcon-lab journeys: ${line}\n`);
  const { events } = trace.tables;
  if (events === undefined || events.numRows === 0) {
    const seen = Object.keys(trace.tables).join(', ') || 'no table';
    throw InputError.expected({ file }, 'tracepoints (net:*, napi:*, irq:*)', `${trace.format} with ${seen}`);
  }
  const { journeys, counts } = packetJourneys(events);
  if (counts.packets === 0) {
    throw InputError.expected({ file }, 'net:netif_rx or net:netif_receive_skb with skbaddr', eventNames(events));
  }
  const stages = summarizeJourneys(journeys);
  const cores = coreSummaries(softirqTimeline(events).rows(), span_s(events));
  const text = asJson
    ? `${JSON.stringify({ file, stages, counts, cores }, null, 2)}\n`
    : [...stageLines(stages), '', ...countLines(counts), '', ...coreLines(cores), ''].join('\n');
  process.stdout.write(text);
}

function eventNames(events: Table<typeof eventsSchema>): string {
  return [...new Set(events.column('event'))].slice(0, 10).join(', ');
}

function span_s(events: Table<typeof eventsSchema>): number {
  const times = events.column('time_s');
  return times.at(events.numRows - 1) - times.at(0);
}

function coreSummaries(runs: Iterable<Row<typeof softirqTimelineSchema>>, span_s: number): CoreSummary[] {
  const cores = new Map<number, { runs: number; busy_s: number; polls: number; packets: number; ksoftirqd: number }>();
  for (const run of runs) {
    if (run.vector !== NET_RX) continue;
    const core = cores.get(run.cpu) ?? { runs: 0, busy_s: 0, polls: 0, packets: 0, ksoftirqd: 0 };
    core.runs++;
    core.busy_s += run.ended_s - run.started_s;
    core.polls += run.polls;
    core.packets += run.packets;
    if (run.comm.startsWith('ksoftirqd/')) core.ksoftirqd++;
    cores.set(run.cpu, core);
  }
  return [...cores]
    .sort(([a], [b]) => a - b)
    .map(([cpu, core]) => ({
      cpu,
      runs: core.runs,
      busy_share: span_s > 0 ? core.busy_s / span_s : 0,
      polls_per_run: core.polls / core.runs,
      packets_per_run: core.packets / core.runs,
      in_ksoftirqd: core.ksoftirqd,
    }));
}

const STAGE_HEADS = [
  'step',
  'stage',
  'device',
  'CPUs',
  'packets',
  'end here',
  'queue µs (p99)',
  'service µs (p99)',
  'CPU changes',
  'reordered',
];

function stageLines(stages: readonly StageSummary[]): string[] {
  const spread = (s: Spread | undefined) => (s === undefined ? '-' : `${s.mean.toFixed(2)} (${s.p99.toFixed(2)})`);
  const rows = stages.map((s) => [
    String(s.step),
    s.stage,
    s.device,
    s.cpus.join(','),
    String(s.packets),
    String(s.endHere),
    spread(s.queue_us),
    s.stage === 'socket' ? '-' : spread(s.service_us),
    String(s.cpuChanges),
    String(s.reordered),
  ]);
  return columns([STAGE_HEADS, ...rows]);
}

const COUNT_WORDS: Readonly<Record<keyof JourneyCounts, string>> = {
  packets: 'packets followed',
  reusedAddresses: 'began at an address that an earlier packet had',
  firstSeenReceived: 'first seen when received: from a driver, or queued before the recording',
  bornInService: 'appeared while another packet was served (clone, copy or answer): not linked to it',
  inferredEnqueues:
    'stages without a tracepoint for their queue (gro_cells): its time counts from the end of the stage before',
  neverReceived: 'queued and not seen again (dropped, merged, or the recording ended)',
  staleQueues: 'would have waited over 50 ms: taken for lost, and another packet for what came to their address',
  unfinishedServices: 'services that the end of the recording cut off, left out',
  dropped: 'dropped, says skb:kfree_skb',
};

function countLines(counts: JourneyCounts): string[] {
  return (Object.keys(COUNT_WORDS) as (keyof JourneyCounts)[])
    .filter((name) => name === 'packets' || counts[name] > 0)
    .map((name) => `${String(counts[name]).padStart(8)} ${COUNT_WORDS[name]}`);
}

function coreLines(cores: readonly CoreSummary[]): string[] {
  const head = ['CPU', 'NET_RX runs', 'busy', 'polls/run', 'packets/run', 'in ksoftirqd'];
  const rows = cores.map((core) => [
    String(core.cpu),
    String(core.runs),
    `${(core.busy_share * 100).toFixed(1)} %`,
    core.polls_per_run.toFixed(2),
    core.packets_per_run.toFixed(2),
    String(core.in_ksoftirqd),
  ]);
  return columns([head, ...rows]);
}

/** Cells padded to the width of their column; names to the left, numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const isText = rows[0].map((_, c) => rows.slice(1).some((row) => /^[a-z]/i.test(row[c])));
  return rows.map((row) =>
    row
      .map((cell, c) => (isText[c] ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join('  ')
      .trimEnd(),
  );
}
