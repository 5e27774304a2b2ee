import {
  paperExperiment,
  udpStress,
  type PaperExperiment,
  type PaperKernel,
  type PaperLink,
  type PaperMode,
} from '../../experiment';
import type { Case } from '../cases';

/**
 * Single-flow UDP stress tests: figures 2b, 10 and 11 and the claims about packet rates. Three clients
 * overload one flow (section 6.1).
 */

/** Message sizes, from 16 B to 64 KB. The paper's own list is not stated. */
export const STRESS_SIZES = [16, 256, 1024, 1400, 4096, 16384, 65507] as const;

export const SEEDS = 3;

/** Sizes of one Ethernet frame, host and overlay alike; larger messages travel in fragments. */
export const BELOW_MTU = STRESS_SIZES.filter((size) => size < 1450);

export function stressKey(mode: PaperMode, link: PaperLink, kernel: PaperKernel, size: number): string {
  return `udp-stress/${mode}-${link}-${kernel}-${size}`;
}

function stress(mode: PaperMode, link: PaperLink, kernel: PaperKernel, size: number): PaperExperiment {
  return paperExperiment({ mode, link, kernel, traffic: udpStress(size) });
}

export function stressCase(mode: PaperMode, link: PaperLink, kernel: PaperKernel, size: number): Case {
  return { key: stressKey(mode, link, kernel, size), experiment: stress(mode, link, kernel, size), seeds: SEEDS };
}
