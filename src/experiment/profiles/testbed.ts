import type { Constant, Profile } from '../profile';
import { constant, FRAMES_V5, KERNEL_CONSTANTS } from './kernelFacts';
import { PAPER_COSTS } from './mlx5';

function captured(value: number, source: string): Constant {
  return constant(value, 'ns', 'captured', source, [value / 4, value * 4]);
}

const RATES = 'sum set by the captured UDP 16 B rates (data/captures); share of the parts assumed';

/** Two CPUs of an AMD EPYC virtual machine under 6.18; hosts joined by a veth cable. */
const TESTBED: Readonly<Record<string, Constant>> = {
  'kernel.netRxRefill': constant(1, 'flag', 'kernel', 'net/core/dev.c net_rx_action with in_net_rx_action (since 6.3)'),
  'kernel.schedLatency_ms': constant(2.8, 'ms', 'assumed', 'EEVDF base slice on 2 CPUs stands in for the CFS latency'),
  'kernel.schedMinGranularity_ms': constant(1.4, 'ms', 'assumed', 'EEVDF base slice'),
  'kernel.schedWakeupGranularity_ms': constant(1, 'ms', 'assumed', 'EEVDF has none; lag stands in'),
  'gro.normalBatch': constant(8, 'packets', 'kernel', 'net/core/gro.c gro_normal_batch'),
  'nic.link_gbps': constant(1000, 'Gbit/s', 'assumed', 'a veth cable has no wire time'),
  'nic.ring': constant(1024, 'descriptors', 'assumed', 'unused: no ring'),
  'nic.moderation_us': constant(0, 'us', 'assumed', 'unused: no interrupt'),
  'nic.moderation_frames': constant(1, 'packets', 'assumed', 'unused: no interrupt'),
  'nic.adaptive': constant(0, 'flag', 'assumed', 'unused: no interrupt'),
  'nic.flowControl': constant(0, 'flag', 'assumed', 'unused: no ring'),
  'nic.adaptiveScheme': constant(0, '', 'assumed', 'unused: no interrupt'),
  'wire.latency_ns': constant(0, 'ns', 'captured', 'the sender runs on the same machine'),
  'wire.jitter_ns': constant(100, 'ns', 'assumed', 'timer jitter of a paced sender'),
  // The receive path's parts; their sums are what the rates tell.
  'netifReceive.packet_ns': captured(40, RATES),
  'ipReceive.packet_ns': captured(110, RATES),
  'udpReceive.packet_ns': captured(150, RATES),
  'vxlanReceive.packet_ns': captured(190, RATES),
  'groCellPoll.packet_ns': captured(110, RATES),
  'bridge.packet_ns': captured(220, RATES),
  'vethXmit.packet_ns': captured(130, RATES),
  'socketEnqueue.packet_ns': captured(260, RATES),
  'backlogDequeue.packet_ns': captured(35, RATES),
  'backlogEnqueue.packet_ns': captured(45, RATES),
  'udpSend.packet_ns': captured(2700, RATES),
  'tcpSend.packet_ns': constant(
    2700,
    'ns',
    'assumed',
    'as udpSend: most of it is the transmit path below both',
    [700, 10800],
  ),
  'tunnelSend.packet_ns': captured(3500, RATES),
  'cpu.napiPoll_ns': constant(120, 'ns', 'assumed', 'with the change of code that the other profiles count apart'),
  'locality.code_ns': constant(0, 'ns', 'assumed', 'in the costs of stages and polls, whose sums the rates set'),
  'cpu.wakeup_ns': captured(100, RATES),
  'cpu.ipiSend_ns': captured(
    2000,
    'a sixth of the sender core is net_rps_send_ipi under RPS: the APIC write leaves the VM',
  ),
  'cpu.ipiReceive_ns': captured(900, RATES),
  'cpu.idleExit_ns': constant(3000, 'ns', 'assumed', 'a halted virtual CPU is woken by the hypervisor', [500, 20000]),
};

export const LINUX_6_18_TESTBED: Profile = {
  id: 'linux-6.18-testbed',
  title: 'Linux 6.18, veth cable, two CPUs of a virtual machine (the captured test bed)',
  kernel: '6.18',
  constants: { ...KERNEL_CONSTANTS, ...PAPER_COSTS, ...TESTBED },
  frames: {
    ...FRAMES_V5,
    '@irqDriver': [],
    '@nicNapi': [],
    '@nicClean': [],
    '@nicBuildSkb': [],
    '@skbAlloc': [],
    '@irqEntry': ['asm_common_interrupt', 'common_interrupt'],
    '@irqExit': ['__irq_exit_rcu'],
    '@ipiEntry': ['asm_sysvec_call_function_single', 'sysvec_call_function_single'],
    '@ipiHandler': ['__sysvec_call_function_single', '__flush_smp_call_function_queue', 'rps_trigger_softirq'],
    '@reschedule': ['asm_sysvec_reschedule_ipi', 'sysvec_reschedule_ipi'],
    '@tick': [
      'asm_sysvec_apic_timer_interrupt',
      'sysvec_apic_timer_interrupt',
      'hrtimer_interrupt',
      'tick_nohz_handler',
    ],
    '@softirq': ['handle_softirqs'],
    '@napiPoll': ['__napi_poll'],
    '@backlog': ['process_backlog', '__netif_receive_skb_one_core'],
    '@receive': ['netif_receive_skb_list_internal', '__netif_receive_skb_list_core'],
    '@bhEnable': ['__local_bh_enable_ip', 'do_softirq.part.0'],
    '@ksoftirqd': ['ret_from_fork_asm', 'ret_from_fork', 'kthread', 'smpboot_thread_fn', 'run_ksoftirqd'],
    '@idle': [
      'common_startup_64',
      'start_secondary',
      'cpu_startup_entry',
      'do_idle',
      'cpuidle_enter',
      'cpuidle_enter_state',
      'default_enter_idle',
      'default_idle',
      'pv_native_safe_halt',
    ],
    '@recv': ['__libc_recvfrom', '@syscall', '__x64_sys_recvfrom', '__sys_recvfrom', 'sock_recvmsg'],
    '@send': ['__libc_sendto', '@syscall', '__x64_sys_sendto', '__sys_sendto'],
    '@copy': ['skb_copy_datagram_iter', '__skb_datagram_iter', '_copy_to_iter'],
  },
  fittedTo: [],
};
