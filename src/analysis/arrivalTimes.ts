import { Random } from '../core';
import type { PlacedFlow } from './placedFlows';

/** A packet on its way to a receive queue. */
export interface Arrival {
  readonly at_ns: number;
  readonly flow: number;
  /** The last of its message, which ends the merging of segments if the message was cut by itself. */
  readonly ends: boolean;
}

/**
 * When the packets of all flows arrive within a time, in order. Phases and chance are those of the simulator's senders,
 * since whose packets meet in an interrupt depends on them.
 * @param rates_pps messages a second, by flow
 * @param jitter_ns mean of the delay that a paced sender adds
 */
export function arrivalTimes(
  flows: readonly PlacedFlow[],
  rates_pps: readonly number[],
  { seed, span_ns, jitter_ns }: { readonly seed: number; readonly span_ns: number; readonly jitter_ns: number },
): Arrival[] {
  const arrivals: Arrival[] = [];
  flows.forEach((flow, f) => {
    const { number, stream } = flow.senders;
    for (let sender = 0; sender < number; sender++) {
      const starts = messageStarts(flow, new Random(seed, stream(sender)), (1e9 * number) / rates_pps[f], jitter_ns);
      for (const start_ns of starts) {
        if (start_ns > span_ns) break;
        addMessage(arrivals, flow, f, start_ns);
      }
    }
  });
  return arrivals.sort((a, b) => a.at_ns - b.at_ns || a.flow - b.flow);
}

/** Without end, in order but for the jitter. */
function* messageStarts(
  { senders: { arrivals }, cuts, packetsPerMessage }: PlacedFlow,
  random: Random,
  mean_ns: number,
  jitter_ns: number,
): Generator<number, never, undefined> {
  // A stream comes segment by segment.
  const interval_ns = cuts ? mean_ns : mean_ns / packetsPerMessage;
  let base_ns = interval_ns * random.uniform();
  for (;;) {
    if (typeof arrivals === 'object') {
      base_ns += interval_ns * arrivals.burst;
      for (let i = 0; i < arrivals.burst; i++) yield base_ns;
    } else if (arrivals === 'poisson') {
      base_ns += random.exponential(interval_ns);
      yield base_ns;
    } else {
      base_ns += interval_ns;
      yield base_ns + random.exponential(jitter_ns);
    }
  }
}

function addMessage(arrivals: Arrival[], flow: PlacedFlow, f: number, start_ns: number): void {
  const packets = flow.cuts ? flow.packetsPerMessage : 1;
  for (let p = 0; p < packets; p++) {
    arrivals.push({ at_ns: start_ns + p * flow.senders.spacing_ns, flow: f, ends: flow.cuts && p === packets - 1 });
  }
}
