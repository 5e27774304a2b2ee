import type { Constant, Profile } from '../profile';
import { constant, FRAMES_V5 } from './kernelFacts';
import { LINUX_4_19_MLX5, LINUX_5_4_MLX5 } from './mlx5';

/** X550T 10G: page-per-packet receive path, no tunnel offload to speak of; interrupts throttled. */
const IXGBE: Readonly<Record<string, Constant>> = {
  'nic.link_gbps': constant(10, 'Gbit/s', 'paper', 'section 6: X550T'),
  'nic.ring': constant(512, 'descriptors', 'kernel', 'ixgbe default of 512 receive descriptors'),
  'nic.moderation_us': constant(10, 'us', 'assumed', 'a fixed throttling, if one is asked for', [2, 50]),
  'nic.moderation_frames': constant(256, 'packets', 'assumed', 'ixgbe throttles by time only'),
  'nic.flowControl': constant(
    1,
    'flag',
    'kernel',
    'ixgbe_set_rx_drop_en: rings do not drop while pause frames are sent, as by default; the cable is direct',
  ),
  'nic.adaptive': constant(
    1,
    'flag',
    'paper',
    'section 6: adaptive interrupt coalescing enabled; ixgbe defaults to it',
  ),
  'nic.adaptiveScheme': constant(
    2,
    '',
    'kernel',
    'ixgbe_main.c ixgbe_update_itr and ixgbe_set_itr (src/kernel/ixgbeItr)',
  ),
  'wire.latency_ns': constant(9000, 'ns', 'assumed', '10GBASE-T PHYs add microseconds', [2000, 20000]),
};

const IXGBE_FRAMES = {
  '@irqDriver': ['ixgbe_msix_clean_rings', 'napi_schedule_prep'],
  '@nicNapi': ['ixgbe_poll'],
  '@nicClean': ['ixgbe_clean_rx_irq'],
  '@nicBuildSkb': ['ixgbe_construct_skb'],
  '@skbAlloc': ['napi_alloc_skb'],
};

export const LINUX_5_4_IXGBE: Profile = {
  ...LINUX_5_4_MLX5,
  id: 'linux-5.4-ixgbe',
  title: 'Linux 5.4, X550T 10G, Xeon Silver 4114',
  constants: { ...LINUX_5_4_MLX5.constants, ...IXGBE },
  frames: { ...FRAMES_V5, ...IXGBE_FRAMES },
};

export const LINUX_4_19_IXGBE: Profile = {
  ...LINUX_4_19_MLX5,
  id: 'linux-4.19-ixgbe',
  title: 'Linux 4.19, X550T 10G, Xeon Silver 4114',
  constants: { ...LINUX_4_19_MLX5.constants, ...IXGBE },
  frames: { ...FRAMES_V5, ...IXGBE_FRAMES },
};
