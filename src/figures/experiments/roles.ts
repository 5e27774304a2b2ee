import type { Roles } from '../../experiment';

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/**
 * Multi-flow tests (figures 2c, 5 right, 13): RSS over four queues, RPS over five cores (section 3.2: no more than five
 * cores in use), ten each for the application threads and for split GRO, six for Falcon. Section 6.1 states that both
 * steerings are on and that FALCON_CPUS are dedicated; the other numbers of cores are assumed.
 */
export const MULTI_FLOW_ROLES: Roles = {
  cpus: 40,
  irq: range(0, 4),
  rps: range(4, 5),
  app: range(30, 10),
  falcon: range(10, 6),
  groSplit: range(20, 10),
};

/**
 * Multi-container tests (figures 14 to 16): six receiving cores take interrupts, softirqs and Falcon's stages
 * (section 6.1, footnote 4); the containers' applications run beside them (assumed).
 */
export const SIX_CORES: Roles = {
  cpus: 26,
  irq: range(0, 6),
  rps: range(0, 6),
  app: range(6, 20),
  falcon: range(0, 6),
  groSplit: range(0, 6),
};

export const RECEIVING_CPUS = SIX_CORES.falcon;

/**
 * Flow-to-core ratios (figure 2c): five cores that do all there is to do, interrupts, softirqs and applications
 * (section 2.2: at 1:1 there is a core for each flow). Their number is assumed.
 */
export const FIVE_SHARED_CORES: Roles = {
  cpus: 5,
  irq: range(0, 5),
  rps: range(0, 5),
  app: range(0, 5),
  falcon: range(0, 5),
  groSplit: range(0, 5),
};
