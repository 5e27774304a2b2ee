import type { QueueForm } from '../analysis';
import { jacksonTandem, md1, mm1, mm1k, mmc } from '../analysis';
import type { Station, StationResult, Tandem } from '../sim';
import { simulateTandem } from '../sim';
import type { Check, VerifyLine } from './check';
import { compareMean } from './check';

/** A model with an answer for each of its stations. */
interface Case {
  readonly name: string;
  readonly tandem: Tandem;
  readonly forms: readonly QueueForm[];
}

const REPLICATIONS = 20;
const CUSTOMERS = 110_000;
const WARMUP = 10_000;

/** The clock counts whole nanoseconds; at a millisecond of service, rounding is far below the intervals. */
const SERVICE_NS = 1e6;

function station(meanService_ns: number, more: Partial<Station> = {}): Station {
  return { servers: 1, service: 'exponential', meanService_ns, ...more };
}

/** One station whose mean service time is SERVICE_NS. `load` is λ/μ, in servers. */
function single(name: string, load: number, more: Partial<Station>, form: QueueForm): Case {
  return {
    name,
    tandem: { meanInterarrival_ns: SERVICE_NS / load, stations: [station(SERVICE_NS, more)] },
    forms: [form],
  };
}

function tandemCase(loads: readonly number[]): Case {
  return {
    name: `Jackson tandem, ρ = ${loads.join(', ')}`,
    tandem: { meanInterarrival_ns: SERVICE_NS, stations: loads.map((load) => station(load * SERVICE_NS)) },
    forms: jacksonTandem(
      1,
      loads.map((load) => 1 / load),
    ),
  };
}

function cases(): Case[] {
  return [
    single('M/M/1, ρ = 0.5', 0.5, {}, mm1(0.5, 1)),
    single('M/M/1, ρ = 0.8', 0.8, {}, mm1(0.8, 1)),
    single('M/D/1, ρ = 0.8', 0.8, { service: 'deterministic' }, md1(0.8, 1)),
    single('M/M/c, c = 2, ρ = 0.8', 1.6, { servers: 2 }, mmc(1.6, 1, 2)),
    single('M/M/c, c = 8, ρ = 0.7', 5.6, { servers: 8 }, mmc(5.6, 1, 8)),
    single('M/M/1/K, K = 5, ρ = 0.9', 0.9, { capacity: 5 }, mm1k(0.9, 1, 5)),
    single('M/M/1/K, K = 10, ρ = 1.5', 1.5, { capacity: 10 }, mm1k(1.5, 1, 10)),
    tandemCase([0.5, 0.8, 0.65, 0.7]),
  ];
}

function* verifyCase({ name, tandem, forms }: Case, firstSeed: number): Generator<VerifyLine, void, undefined> {
  const runs = Array.from({ length: REPLICATIONS }, (_, i) =>
    simulateTandem(tandem, { customers: CUSTOMERS, warmup: WARMUP, seed: firstSeed + i }),
  );
  for (let s = 0; s < forms.length; s++) {
    const where = forms.length === 1 ? name : `${name}: station ${s + 1}`;
    const form = forms[s];
    const over = (quantity: (result: StationResult, time_ns: number) => number): number[] =>
      runs.map((run) => quantity(run.stations[s], run.time_ns));
    yield compareMean(
      where,
      'mean number present',
      form.meanPresent,
      over((r, time_ns) => r.present_ns / time_ns),
    );
    yield compareMean(
      where,
      'mean sojourn / service unit',
      // The tandem's unit is its interarrival time, which is SERVICE_NS as well.
      form.meanSojourn,
      over((r) => r.sojourn_ns / r.departures / SERVICE_NS),
    );
    if (form.lossShare > 0) {
      yield compareMean(
        where,
        'share lost',
        form.lossShare,
        over((r) => r.lost / r.arrivals),
      );
    }
  }
}

/** Single queues and a tandem against Kleinrock, Pollaczek–Khinchin, Erlang and Jackson. */
export const queuesCheck: Check = {
  title: 'queues with closed forms',
  *run({ seed }) {
    const all = cases();
    // No two replications share their random numbers, in whichever case.
    for (let c = 0; c < all.length; c++) yield* verifyCase(all[c], (seed * all.length + c) * REPLICATIONS);
  },
};
