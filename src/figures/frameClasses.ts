/**
 * Kernel functions sorted by the part of the receive path that they belong to, for the colours of flame
 * graphs. By name alone, so that a frame has its colour whoever called it.
 */
export const FRAME_CLASSES = [
  { name: 'interrupt and softirq', color: '#f0c14b' },
  { name: 'driver and NAPI', color: '#8fb8de' },
  { name: 'VXLAN', color: '#e0703c' },
  { name: 'bridge and netfilter', color: '#d895b8' },
  { name: 'veth and backlog', color: '#f2a07b' },
  { name: 'IP, UDP, TCP', color: '#7cc4a4' },
  { name: 'socket and system call', color: '#b5b0d8' },
  { name: 'application', color: '#bdbdbd' },
] as const;

type ClassName = (typeof FRAME_CLASSES)[number]['name'];

/** The first that matches decides; kernel names as of Linux 4.19 to 6.18. */
const PATTERNS: readonly (readonly [RegExp, ClassName])[] = [
  [/^(sockperf|memcached|main|_start)|^_*libc|^_*GI_/, 'application'],
  [/vxlan|gro_cell|udp_tunnel|^udp_queue_rcv_skb_encap|iptunnel|^ip_tunnel/, 'VXLAN'],
  [/^_*br_|bridge|nf_|netfilter|conntrack|iptable|ipt_|ebt_/, 'bridge and netfilter'],
  [/^veth_|process_backlog|enqueue_to_backlog|netif_rx|get_rps_cpu|falcon/, 'veth and backlog'],
  [/mlx5|ixgbe|napi_|_napi|__napi_poll|gro_|dev_gro|virtio|xmit|qdisc|sch_direct/, 'driver and NAPI'],
  [
    /softirq|local_bh|net_rx_action|net_tx_action|^irq_|_irq(_|$)|hrtimer|ksoftirqd|asm_.*interrupt|sysvec|apic|^handle_|common_interrupt|do_IRQ|ret_from_intr|call_function|tick_|ipi/,
    'interrupt and softirq',
  ],
  [/^_*(ip|udp|udp4|tcp|inet|ipv4|fib|icmp|arp|neigh)_|^_*ip6|tcp_|udp_|^ip_/, 'IP, UDP, TCP'],
  [
    /sock|skb|sk_|recv|send|sys_|syscall|SYSCALL|epoll|poll|select|wake|schedule|copy_(to|from)|^do_sys|netif_receive|deliver/,
    'socket and system call',
  ],
];

/** The class of a frame; undefined for what is in no class (drawn grey). */
export function frameClass(frame: string): string | undefined {
  return PATTERNS.find(([pattern]) => pattern.test(frame))?.[1];
}

const IDLE =
  /^(pv_)?(native_)?(safe_)?halt$|^(pv_native_safe_halt|default_idle\w*|acpi_\w*idle\w*|intel_idle\w*|mwait_idle\w*|cpuidle_\w+|do_idle|poll_idle|arch_cpu_idle|cpu_startup_entry)$/;

/** Whether an innermost frame means that the CPU had nothing to do. Softirqs that interrupt idling are work. */
export function isIdle(innermost: string): boolean {
  return IDLE.test(innermost);
}
