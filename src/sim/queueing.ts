import type { Nanoseconds } from '../core';
import { Random } from '../core';
import { EventQueue } from './eventQueue';

/** One queue with its servers: first come, first served. */
export interface Station {
  readonly servers: number;
  readonly meanService_ns: Nanoseconds;
  readonly service: 'exponential' | 'deterministic';
  /** Most customers in queue and service together; who comes beyond is lost. Default: no limit. */
  readonly capacity?: number;
}

/** Stations in a row, fed by a Poisson process. */
export interface Tandem {
  readonly meanInterarrival_ns: Nanoseconds;
  readonly stations: readonly Station[];
}

export interface TandemOptions {
  /** Customers that arrive. */
  readonly customers: number;
  /** Arrivals before measuring starts. Default 0. */
  readonly warmup?: number;
  readonly seed: number;
}

/** What one station did between the end of the warm-up and the departure of the last customer. */
export interface StationResult {
  readonly arrivals: number;
  /** Of them, those who found the station full. */
  readonly lost: number;
  readonly departures: number;
  /** Sum over departures of the time from joining to leaving. */
  readonly sojourn_ns: Nanoseconds;
  /** Integral of the number present over time, kept apart from `sojourn_ns`: Little's law compares the two. */
  readonly present_ns: Nanoseconds;
}

export interface TandemResult {
  readonly stations: readonly StationResult[];
  /** From the end of the warm-up to the end of the run. */
  readonly time_ns: Nanoseconds;
  /** Events of the whole run, warm-up included. */
  readonly events: number;
}

const ARRIVAL = 0;
const DEPARTURE = 1;
const NOBODY = -1;

/**
 * Simulates stations in a row until the last customer has left. The clock and the queue are those of
 * the simulator, the model is one whose answers are known: `verify` compares them, and the benchmark
 * times it.
 */
export function simulateTandem(tandem: Tandem, options: TandemOptions): TandemResult {
  return new TandemRun(tandem, options).run();
}

class StationState implements StationResult {
  arrivals = 0;
  lost = 0;
  departures = 0;
  sojourn_ns = 0;
  present_ns = 0;
  present = 0;
  /** First and last of those who wait, by number. */
  head = NOBODY;
  tail = NOBODY;
  private changed_ns = 0;
  readonly servers: number;
  readonly capacity: number;
  private readonly isExponential: boolean;
  private readonly meanService_ns: number;

  constructor(
    station: Station,
    private readonly random: Random,
  ) {
    this.servers = station.servers;
    this.capacity = station.capacity ?? Infinity;
    this.isExponential = station.service === 'exponential';
    this.meanService_ns = station.meanService_ns;
  }

  drawService_ns(): Nanoseconds {
    return this.isExponential ? Math.round(this.random.exponential(this.meanService_ns)) : this.meanService_ns;
  }

  /** Brings the integrals over time up to now; before every change of `present`. */
  settle(now: Nanoseconds): void {
    const span_ns = now - this.changed_ns;
    this.present_ns += this.present * span_ns;
    this.changed_ns = now;
  }

  startMeasuring(now: Nanoseconds): void {
    this.settle(now);
    this.arrivals = this.lost = this.departures = this.sojourn_ns = this.present_ns = 0;
  }

  result(): StationResult {
    const { arrivals, lost, departures, sojourn_ns, present_ns } = this;
    return { arrivals, lost, departures, sojourn_ns, present_ns };
  }
}

class TandemRun {
  private readonly queue = new EventQueue();
  private readonly interarrivals: Random;
  private readonly meanInterarrival_ns: Nanoseconds;
  private readonly stations: readonly StationState[];
  private readonly customers: number;
  private readonly warmup: number;
  private measuredFrom_ns = 0;

  // By customer: when he joined his present station, and who waits behind him.
  private readonly joined_ns: Float64Array;
  private readonly behind: Int32Array;

  constructor(tandem: Tandem, { customers, warmup = 0, seed }: TandemOptions) {
    this.interarrivals = new Random(seed, 'arrivals');
    this.meanInterarrival_ns = tandem.meanInterarrival_ns;
    this.stations = tandem.stations.map((station, i) => new StationState(station, new Random(seed, `station ${i}`)));
    this.customers = customers;
    this.warmup = warmup;
    this.joined_ns = new Float64Array(customers);
    this.behind = new Int32Array(customers);
  }

  run(): TandemResult {
    const { queue } = this;
    if (this.customers > 0) queue.push(0, 0, ARRIVAL, 0, 0);
    while (queue.pop()) {
      if (queue.kind === DEPARTURE) this.leave(queue.b, queue.a);
      else this.arrive(queue.b);
    }
    for (const station of this.stations) station.settle(queue.time);
    return {
      stations: this.stations.map((station) => station.result()),
      time_ns: queue.time - this.measuredFrom_ns,
      events: queue.popped,
    };
  }

  private arrive(customer: number): void {
    const { queue } = this;
    if (customer === this.warmup) {
      this.measuredFrom_ns = queue.time;
      for (const station of this.stations) station.startMeasuring(queue.time);
    }
    this.join(customer, 0);
    if (customer + 1 < this.customers) {
      const gap_ns = Math.round(this.interarrivals.exponential(this.meanInterarrival_ns));
      queue.push(queue.time + gap_ns, 0, ARRIVAL, 0, customer + 1);
    }
  }

  private join(customer: number, index: number): void {
    const station = this.stations[index];
    const now = this.queue.time;
    station.arrivals++;
    if (station.present >= station.capacity) {
      station.lost++;
      return;
    }
    station.settle(now);
    this.joined_ns[customer] = now;
    if (station.present++ < station.servers) {
      this.queue.push(now + station.drawService_ns(), 0, DEPARTURE, index, customer);
      return;
    }
    this.behind[customer] = NOBODY;
    if (station.head === NOBODY) station.head = customer;
    else this.behind[station.tail] = customer;
    station.tail = customer;
  }

  private leave(customer: number, index: number): void {
    const station = this.stations[index];
    const now = this.queue.time;
    station.settle(now);
    station.present--;
    station.departures++;
    station.sojourn_ns += now - this.joined_ns[customer];
    const next = station.head;
    if (next !== NOBODY) {
      station.head = this.behind[next];
      this.queue.push(now + station.drawService_ns(), 0, DEPARTURE, index, next);
    }
    if (index + 1 < this.stations.length) this.join(customer, index + 1);
  }
}
