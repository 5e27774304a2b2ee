/**
 * Queues whose answers are known. λ is `arrivalRate`, μ is `serviceRate` of one server, both in customers
 * for each unit of time; results are in the same unit of time. Sources: Kleinrock, Queueing Systems,
 * volume 1 (1975), chapters 3 and 5; Jackson (1957).
 */
export interface QueueForm {
  /** Share of time in which a server is busy. */
  readonly utilisation: number;
  /** Mean number in the system, waiting and in service. */
  readonly meanPresent: number;
  /** Mean time from joining to leaving. */
  readonly meanSojourn: number;
  /** Share of arrivals that find the system full and are lost. */
  readonly lossShare: number;
}

/** M/M/1: Poisson arrivals, exponential service, one server. @throws RangeError unless λ < μ */
export function mm1(arrivalRate: number, serviceRate: number): QueueForm {
  const rho = stableUtilisation(arrivalRate, serviceRate, 1);
  return { utilisation: rho, meanPresent: rho / (1 - rho), meanSojourn: 1 / (serviceRate - arrivalRate), lossShare: 0 };
}

/**
 * M/G/1 after Pollaczek and Khinchin: one server, service of any distribution.
 * @param variation coefficient of variation of the service time: 0 deterministic (M/D/1), 1 exponential
 */
export function mg1(arrivalRate: number, serviceRate: number, variation: number): QueueForm {
  const rho = stableUtilisation(arrivalRate, serviceRate, 1);
  const waiting = (rho * rho * (1 + variation * variation)) / (2 * (1 - rho));
  const meanPresent = rho + waiting;
  return { utilisation: rho, meanPresent, meanSojourn: meanPresent / arrivalRate, lossShare: 0 };
}

/** M/D/1: constant service time. */
export function md1(arrivalRate: number, serviceRate: number): QueueForm {
  return mg1(arrivalRate, serviceRate, 0);
}

/** M/M/c: c servers, one queue; Erlang's C gives the chance of waiting. @throws RangeError unless λ < cμ */
export function mmc(arrivalRate: number, serviceRate: number, servers: number): QueueForm {
  const rho = stableUtilisation(arrivalRate, serviceRate, servers);
  const waiting = (erlangC(arrivalRate / serviceRate, servers) * rho) / (1 - rho);
  const meanPresent = waiting + servers * rho;
  return { utilisation: rho, meanPresent, meanSojourn: meanPresent / arrivalRate, lossShare: 0 };
}

/** Erlang's C: the chance that an arrival waits, for an offered load of λ/μ on c servers. */
export function erlangC(offeredLoad: number, servers: number): number {
  const b = erlangB(offeredLoad, servers);
  const rho = offeredLoad / servers;
  return b / (1 - rho * (1 - b));
}

/** Erlang's B: the chance that an arrival is lost where nobody can wait; by its stable recursion. */
export function erlangB(offeredLoad: number, servers: number): number {
  let b = 1;
  for (let c = 1; c <= servers; c++) b = (offeredLoad * b) / (c + offeredLoad * b);
  return b;
}

/** M/M/1/K: at most K in the system, the others are lost; any λ. The sojourn is of those who get in. */
export function mm1k(arrivalRate: number, serviceRate: number, capacity: number): QueueForm {
  const ratio = arrivalRate / serviceRate;
  const weights = Array.from({ length: capacity + 1 }, (_, n) => ratio ** n);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const meanPresent = weights.reduce((sum, w, n) => sum + n * w, 0) / total;
  const lossShare = weights[capacity] / total;
  const accepted = arrivalRate * (1 - lossShare);
  return { utilisation: 1 - weights[0] / total, meanPresent, meanSojourn: meanPresent / accepted, lossShare };
}

/**
 * Tandem of M/M/1 queues: by Burke's and Jackson's theorems each behaves as if alone with Poisson arrivals
 * of rate λ.
 * @returns one form for each station
 */
export function jacksonTandem(arrivalRate: number, serviceRates: readonly number[]): QueueForm[] {
  return serviceRates.map((serviceRate) => mm1(arrivalRate, serviceRate));
}

function stableUtilisation(arrivalRate: number, serviceRate: number, servers: number): number {
  const rho = arrivalRate / (servers * serviceRate);
  if (!(rho < 1))
    throw new RangeError(`arrival rate ${arrivalRate} is not below the ${servers} × ${serviceRate} served`);
  return rho;
}
