import type { Roles } from '../../experiment';

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/**
 * Multi-flow tests (figures 5 right and 13): RSS over three queues, RPS over five cores (section 3.2: no more than five
 * cores in use), nine dedicated ones for Falcon, ten each for split GRO and for applications. Section 6.1
 * states that both steerings are on and that FALCON_CPUS are dedicated; the numbers of cores are assumed: as many queues
 * as let the host's rate stay below that of the link with GRO split, as the paper's does.
 */
export const MULTI_FLOW_ROLES: Roles = {
  cpus: 40,
  irq: range(0, 3),
  rps: range(3, 5),
  app: range(30, 10),
  falcon: range(8, 9),
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
