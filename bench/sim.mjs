import { execFileSync } from 'node:child_process';
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

// One flow of 16 B datagrams at 1 Mpps, more than the overlay can take; every emission but stack samples.
const OVERLAY = {
  name: 'bench-overlay',
  duration_s: 2,
  steering: { rps: [{ device: 'eth0', cpus: [1] }] },
  traffic: { kind: 'udp', rate_pps: 1_000_000, clients: 4, message_bytes: 16 },
  emit: { events: 100_000, journeys: 100 },
};

function overlaySimulatedSecondsPerSecond() {
  const { resolveExperiment } = require('../dist/experiment/index.js');
  const { simulate } = require('../dist/sim/index.js');
  const experiment = resolveExperiment(OVERLAY);
  const start = process.hrtime.bigint();
  simulate(experiment);
  const wall_s = Number(process.hrtime.bigint() - start) / 1e9;
  return (experiment.warmup_s + experiment.duration_s) / wall_s;
}

// Peak resident set of a process of its own that simulates the same for a minute.
const MEMORY_SECONDS = 60;
const MEASURE_MEMORY = `
  const { resolveExperiment } = require('./dist/experiment/index.js');
  const { simulate } = require('./dist/sim/index.js');
  simulate(resolveExperiment(JSON.parse(process.argv[1])));
  console.log(process.resourceUsage().maxRSS);
`;

function overlayPeakRss_MB() {
  const experiment = JSON.stringify({ ...OVERLAY, duration_s: MEMORY_SECONDS });
  const kilobytes = execFileSync(process.execPath, ['-e', MEASURE_MEMORY, experiment], { encoding: 'utf8' });
  return (Number(kilobytes) * 1024) / 1e6;
}

export const rows = [
  { name: 'tandem', unit: 'events/s', measure: tandemEventsPerSecond, repeats: 7 },
  { name: 'overlay', unit: 'simulated s per s', measure: overlaySimulatedSecondsPerSecond, repeats: 3 },
  { name: `overlay ${MEMORY_SECONDS} s peak rss`, unit: 'MB', measure: overlayPeakRss_MB, repeats: 1 },
];
