import type { Constant, ConstantProvenance } from '../profile';

/** A constant in one line. */
export function constant(
  value: number,
  unit: string,
  provenance: ConstantProvenance,
  source: string,
  bounds?: readonly [number, number],
): Constant {
  return bounds === undefined ? { value, unit, provenance, source } : { value, unit, provenance, source, bounds };
}

/** Constants read in the kernel's source (5.4.63 unless said), equal in all profiles. */
export const KERNEL_CONSTANTS: Readonly<Record<string, Constant>> = {
  'kernel.hz': constant(250, '1/s', 'assumed', 'CONFIG_HZ of Ubuntu kernels'),
  'kernel.netdevBudget': constant(300, 'packets', 'kernel', 'net/core/dev.c netdev_budget'),
  'kernel.netdevBudget_jiffies': constant(
    2,
    'jiffies',
    'kernel',
    'net/core/dev.c netdev_budget_usecs = 2 * USEC_PER_SEC / HZ',
  ),
  'kernel.napiWeight': constant(64, 'packets', 'kernel', 'NAPI_POLL_WEIGHT and dev_weight'),
  'kernel.maxBacklog': constant(
    1000,
    'packets',
    'kernel',
    'net/core/dev.c netdev_max_backlog; the test is qlen <= limit',
  ),
  'kernel.softirqRestarts': constant(10, 'passes', 'kernel', 'kernel/softirq.c MAX_SOFTIRQ_RESTART'),
  'kernel.softirqTime_jiffies': constant(1, 'jiffies', 'kernel', 'kernel/softirq.c msecs_to_jiffies(2) at HZ=250'),
  'kernel.netRxRefill': constant(0, 'flag', 'kernel', 'net/core/dev.c net_rx_action before in_net_rx_action'),
  'kernel.rmem_bytes': constant(212992, 'B', 'kernel', 'net/core/sock.c SK_RMEM_MAX = 256 * SKB_TRUESIZE(256)'),
  'kernel.tcpRmem_bytes': constant(6291456, 'B', 'kernel', 'net.ipv4.tcp_rmem[2], usual default'),
  'kernel.schedLatency_ms': constant(24, 'ms', 'kernel', 'kernel/sched/fair.c 6 ms * (1 + log2(min(cpus, 8)))'),
  'kernel.schedMinGranularity_ms': constant(3, 'ms', 'kernel', 'kernel/sched/fair.c 0.75 ms * 4'),
  'kernel.schedWakeupGranularity_ms': constant(4, 'ms', 'kernel', 'kernel/sched/fair.c 1 ms * 4'),
  'gro.maxBytes': constant(65536, 'B', 'kernel', 'include/linux/netdevice.h GSO_MAX_SIZE'),
  'gro.maxPerBucket': constant(8, 'skbs', 'kernel', 'net/core/dev.c MAX_GRO_SKBS'),
  'gro.buckets': constant(8, 'buckets', 'kernel', 'include/linux/netdevice.h GRO_HASH_BUCKETS'),
  'skb.overhead_bytes': constant(576, 'B', 'kernel', 'SKB_TRUESIZE(0): sk_buff 256 and skb_shared_info 320'),
  'skb.chunk_bytes': constant(256, 'B', 'assumed', 'rounding of linear receive buffers'),
  'nic.frameOverhead_bytes': constant(38, 'B', 'kernel', 'IEEE 802.3: preamble 8, header 14, FCS 4, gap 12'),
  'nic.minFrame_bytes': constant(64, 'B', 'kernel', 'IEEE 802.3 least frame with FCS'),
  'nic.mtu_bytes': constant(1500, 'B', 'paper', 'section 6.1: MTU 1500'),
};

/** Function names of kernels 4.19 and 5.4 on x86-64. */
export const FRAMES_V5: Readonly<Record<string, readonly string[]>> = {
  '@irqEntry': ['ret_from_intr', 'do_IRQ'],
  '@irqHandler': ['handle_irq', 'handle_edge_irq', 'handle_irq_event', '__handle_irq_event_percpu'],
  '@irqExit': ['irq_exit'],
  '@ipiEntry': ['call_function_single_interrupt', 'smp_call_function_single_interrupt'],
  '@ipiHandler': ['generic_smp_call_function_single_interrupt', 'rps_trigger_softirq'],
  '@reschedule': ['reschedule_interrupt', 'smp_reschedule_interrupt', 'scheduler_ipi'],
  '@tick': ['apic_timer_interrupt', 'smp_apic_timer_interrupt', 'hrtimer_interrupt', 'tick_sched_timer'],
  '@softirq': ['__softirqentry_text_start'],
  '@netRx': ['net_rx_action'],
  '@napiPoll': [],
  '@backlog': ['process_backlog', '__netif_receive_skb', '__netif_receive_skb_one_core'],
  '@receive': ['netif_receive_skb_internal'],
  '@bhEnable': ['__local_bh_enable_ip', 'do_softirq.part.0', 'do_softirq_own_stack'],
  '@ksoftirqd': ['ret_from_fork', 'kthread', 'smpboot_thread_fn', 'run_ksoftirqd'],
  '@idle': [
    'secondary_startup_64',
    'start_secondary',
    'cpu_startup_entry',
    'do_idle',
    'cpuidle_enter',
    'cpuidle_enter_state',
    'intel_idle',
  ],
  '@syscall': ['entry_SYSCALL_64_after_hwframe', 'do_syscall_64'],
  '@recv': ['__libc_recvfrom', '@syscall', '__x64_sys_recvfrom', '__sys_recvfrom', 'sock_recvmsg', 'inet_recvmsg'],
  '@send': ['__libc_sendto', '@syscall', '__x64_sys_sendto', '__sys_sendto', 'sock_sendmsg', 'inet_sendmsg'],
  '@copy': ['skb_copy_datagram_iter', '__skb_datagram_iter', 'copyout', 'copy_user_enhanced_fast_string'],
  '@tunnelGro': ['vxlan_gro_receive'],
};
