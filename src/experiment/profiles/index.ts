import type { Profile } from '../profile';
import { LINUX_4_19_IXGBE, LINUX_5_4_IXGBE } from './ixgbe';
import { LINUX_4_19_MLX5, LINUX_5_4_MLX5 } from './mlx5';
import { LINUX_6_18_TESTBED } from './testbed';

/** All cost profiles, the default first. */
export const PROFILES: readonly Profile[] = [
  LINUX_5_4_MLX5,
  LINUX_4_19_MLX5,
  LINUX_5_4_IXGBE,
  LINUX_4_19_IXGBE,
  LINUX_6_18_TESTBED,
];

export function findProfile(id: string): Profile | undefined {
  return PROFILES.find((p) => p.id === id);
}
