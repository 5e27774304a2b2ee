import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

// The queue and the clock alone: 2 million packets through four exponential servers in a row, at half load.
const TANDEM_PACKETS = 2_000_000;
const TANDEM = {
  meanInterarrival_ns: 1000,
  stations: Array.from({ length: 4 }, () => ({ servers: 1, service: 'exponential', meanService_ns: 500 })),
};

function tandemEventsPerSecond() {
  const { simulateTandem } = require('../dist/sim/queueing.js');
  const start = process.hrtime.bigint();
  const { events } = simulateTandem(TANDEM, { customers: TANDEM_PACKETS, seed: 1 });
  return events / (Number(process.hrtime.bigint() - start) / 1e9);
}

export const rows = [{ name: 'tandem', unit: 'events/s', measure: tandemEventsPerSecond, repeats: 7 }];
