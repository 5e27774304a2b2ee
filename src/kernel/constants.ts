/**
 * Constants of the Linux receive path, with the file in which they stand. "5.4.63" is the tree that
 * the Falcon authors patched (github munikarmanish/falcon, main 4135d27fc). Values that depend on
 * the tick rate are functions in `softirqLimits.ts`.
 */

/** Longest per-CPU backlog; the test is `qlen <= 1000`, so 1001 packets fit. net/core/dev.c, 5.4.63. */
export const NETDEV_MAX_BACKLOG = 1000;

/** Packets of one net_rx_action run, over all its devices. net/core/dev.c, 5.4.63. */
export const NETDEV_BUDGET = 300;

/** Jiffies of one net_rx_action run (netdev_budget_usecs is 2 jiffies). net/core/dev.c, 5.4.63. */
export const NETDEV_BUDGET_JIFFIES = 2;

/** Packets of one poll of a NAPI device. include/linux/netdevice.h, 5.4.63. */
export const NAPI_POLL_WEIGHT = 64;

/** Packets of one poll of the backlog (dev_rx_weight, by default dev_weight). net/core/dev.c, 5.4.63. */
export const BACKLOG_WEIGHT = 64;

/** Passes of __do_softirq before the rest is left to ksoftirqd. kernel/softirq.c, 5.4.63. */
export const MAX_SOFTIRQ_RESTART = 10;

/** Milliseconds of __do_softirq before the rest is left to ksoftirqd, rounded up to jiffies. kernel/softirq.c, 5.4.63. */
export const MAX_SOFTIRQ_TIME_MS = 2;

/** Packets that GRO passes up as one list. net/core/dev.c (gro_normal_batch), 5.4.63. */
export const GRO_NORMAL_BATCH = 8;

/** Packets held in one GRO hash bucket. net/core/dev.c (MAX_GRO_SKBS), 5.4.63. */
export const MAX_GRO_SKBS = 8;

/** Buckets of a device's GRO hash. include/linux/netdevice.h, 5.4.63. */
export const GRO_HASH_BUCKETS = 8;

/** Largest packet that GRO builds; it also limits to 65,535 B of IP length. include/linux/netdevice.h, 5.4.63. */
export const GSO_MAX_SIZE = 65536;

/** Packets remembered by the flow limit of a CPU. include/linux/netdevice.h (FLOW_LIMIT_HISTORY), 5.4.63. */
export const FLOW_LIMIT_HISTORY = 128;

/** Buckets of the flow limit of a CPU. net/core/dev.c (netdev_flow_limit_table_len), 5.4.63. */
export const FLOW_LIMIT_TABLE = 4096;

/** Number of the NET_RX vector. include/linux/interrupt.h, 5.4.63. */
export const NET_RX_SOFTIRQ = 3;

/** Multiplier of hash_32. include/linux/hash.h, 5.4.63. */
export const GOLDEN_RATIO_32 = 0x61c88647;

/** Bytes that an skb of 256 B of data is charged with. include/linux/skbuff.h (SKB_TRUESIZE(256) on x86-64), 5.4.63. */
export const SKB_TRUESIZE_256 = 832;

/** Default socket receive buffer in bytes, 256 × SKB_TRUESIZE(256). net/core/sock.c, 5.4.63. */
export const RMEM_DEFAULT_BYTES = 256 * SKB_TRUESIZE_256;

/** Ring descriptors of a queue, mlx5e default (log size 0xa). drivers/net/ethernet/mellanox/mlx5/core/en.h, 5.4.63. */
export const MLX5_RING_SIZE = 1024;

/** Entries of the RSS indirection table, mlx5e. drivers/net/ethernet/mellanox/mlx5/core/en.h, 5.4.63. */
export const MLX5_INDIRECTION_ENTRIES = 128;

/** Most channels of an mlx5e device. drivers/net/ethernet/mellanox/mlx5/core/en.h, 5.4.63. */
export const MLX5_MAX_CHANNELS = 64;

/** Ring descriptors of a queue, ixgbe default with 4 KiB pages. drivers/net/ethernet/intel/ixgbe/ixgbe.h, 5.4.63. */
export const IXGBE_RING_SIZE = 512;

/** When an interrupt may be raised: after a time, or after a number of packets, whichever is first. */
export interface InterruptModeration {
  readonly time_us: number;
  readonly packets: number;
}

/** Fixed RX moderation of mlx5e counted from the event queue entry. mlx5/core/en.h, 5.4.63. */
export const MLX5_MODERATION_EQE: InterruptModeration = { time_us: 16, packets: 32 };

/**
 * Adaptive RX moderation (DIM) from the event queue entry, mildest first: the time counts from the last interrupt.
 * lib/dim/net_dim.c, 5.4.63; the same table in include/linux/net_dim.h, 4.19.
 */
export const DIM_RX_EQE: readonly InterruptModeration[] = [
  { time_us: 1, packets: 256 },
  { time_us: 8, packets: 256 },
  { time_us: 64, packets: 256 },
  { time_us: 128, packets: 256 },
  { time_us: 256, packets: 256 },
];

/**
 * Adaptive RX moderation (DIM) from the completion queue entry: the time counts from the last packet and starts anew
 * with each, so that above one packet each `time_us` the number of packets decides. mlx5e takes this mode wherever the
 * card has cq_period_start_from_cqe. lib/dim/net_dim.c, 5.4.63; the same table in include/linux/net_dim.h, 4.19.
 */
export const DIM_RX_CQE: readonly InterruptModeration[] = [
  { time_us: 2, packets: 256 },
  { time_us: 8, packets: 128 },
  { time_us: 16, packets: 64 },
  { time_us: 32, packets: 64 },
  { time_us: 64, packets: 64 },
];

/** DIM's profile that a queue is set up with (NET_DIM_DEF_PROFILE_CQE and _EQE). lib/dim/net_dim.c, 5.4.63. */
export const DIM_START_PROFILE = 1;

/** Interrupts of one measurement of DIM. include/linux/dim.h (DIM_NEVENTS), 5.4.63. */
export const DIM_EVENTS = 64;

/** UDP port of VXLAN by IANA (RFC 7348), which Docker and Flannel configure. */
export const VXLAN_PORT_IANA = 4789;

/** UDP port of VXLAN if nothing is configured. drivers/net/vxlan.c, 5.4.63. */
export const VXLAN_PORT_LINUX = 8472;
