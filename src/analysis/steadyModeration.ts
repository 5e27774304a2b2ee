import type { Moderation } from '../experiment';
import { DIM_RX_EQE } from '../kernel';

/** When a receive queue with waiting packets interrupts: a time after the interrupt before, or at a number of packets. */
export interface SteadyModeration {
  readonly time_ns: number;
  readonly frames: number;
  /** The time counts from the last packet instead (mlx5's CQE mode). */
  readonly fromPacket: boolean;
}

/** What moderation settles at under a steady rate. */
export function steadyModeration(moderation: Moderation): SteadyModeration {
  switch (moderation.mode) {
    case 'none':
      return { time_ns: 0, frames: 1, fromPacket: false };
    case 'fixed':
      return { time_ns: moderation.usecs * 1000, frames: moderation.frames, fromPacket: false };
    case 'adaptive': {
      // At a steady rate fewer interrupts are always better, so that DIM ends at its slowest profile.
      const { time_us, packets } = DIM_RX_EQE[DIM_RX_EQE.length - 1];
      return { time_ns: time_us * 1000, frames: packets, fromPacket: false };
    }
  }
}
