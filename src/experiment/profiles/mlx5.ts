import type { Constant, Profile } from '../profile';
import { FITTED, FITTED_BY, FITTED_TO } from './fitted';
import { constant, FRAMES_V5, KERNEL_CONSTANTS } from './kernelFacts';

const START = 'starting point: Xeon 4114 at 2.2 GHz; only the sums matter to the paper';

function ns(value: number, source = START): Constant {
  return constant(value, 'ns', 'assumed', source, [value / 4, value * 4]);
}
function nsPerByte(value: number, source = START): Constant {
  return constant(value, 'ns/B', 'assumed', source, [value / 4, value * 4]);
}

/** Work and locality on the paper's machines under 5.4; the other paper profiles are differences from it. */
export const PAPER_COSTS: Readonly<Record<string, Constant>> = {
  'nicPoll.packet_ns': ns(60),
  'skbAllocation.packet_ns': ns(210),
  'skbAllocation.byte_ns': nsPerByte(0.02),
  'groReceive.packet_ns': ns(70),
  'groReceive.segment_ns': ns(230),
  'groTunnel.packet_ns': ns(30),
  'groTunnel.segment_ns': ns(60),
  'netifReceive.packet_ns': ns(30),
  'ipReceive.packet_ns': ns(85),
  'ipForward.packet_ns': ns(200),
  'ipDefragment.packet_ns': ns(120),
  'udpReceive.packet_ns': ns(110),
  'tcpReceive.packet_ns': ns(350),
  'tcpReceive.segment_ns': ns(25),
  'tcpAck.packet_ns': ns(350),
  'tcpAckInput.packet_ns': ns(300),
  'vxlanReceive.packet_ns': ns(150),
  'ipipReceive.packet_ns': ns(120),
  'groCellPoll.packet_ns': ns(80),
  'bridge.packet_ns': ns(160),
  'ovs.packet_ns': ns(320),
  'vethXmit.packet_ns': ns(90),
  'socketEnqueue.packet_ns': ns(220),
  'backlogEnqueue.packet_ns': ns(40),
  'backlogDequeue.packet_ns': ns(30),
  'socketReceive.packet_ns': ns(360),
  'copyToUser.packet_ns': ns(40),
  'copyToUser.byte_ns': nsPerByte(0.06),
  'application.packet_ns': ns(260),
  'udpSend.packet_ns': ns(900),
  'tcpSend.packet_ns': ns(1100),
  'tunnelSend.packet_ns': ns(700),
  'clientSend.packet_ns': ns(2300, 'section 6.1: one client is sender-bound at 16 B, three overload a server'),
  'clientSend.segment_ns': ns(350),
  'clientSend.byte_ns': nsPerByte(0.1),
  'clientTunnel.packet_ns': ns(700, 'as tunnelSend: veth, bridge, VXLAN and a second pass of IP output'),
  'clientTcpSend.packet_ns': ns(500),
  'clientTcpSend.byte_ns': nsPerByte(0.1),
  'gro.tunnelMaxSegments': constant(
    3,
    'segments',
    'assumed',
    'inner segments that arrive in order of one TSO burst',
    [2, 45],
  ),
  'cpu.hardirq_ns': ns(900),
  'cpu.softirqEntry_ns': ns(80),
  'cpu.netRxAction_ns': ns(120),
  'cpu.napiPoll_ns': ns(60),
  'cpu.ipiSend_ns': ns(150, 'an ICR write and the llist of call_single_queue'),
  'cpu.ipiLatency_ns': ns(900, 'secondary sources: 1 to 3 us round trip'),
  'cpu.ipiReceive_ns': ns(300, 'interrupt entry and exit from idle or kernel mode'),
  'cpu.wakeup_ns': ns(700),
  'cpu.contextSwitch_ns': ns(900),
  'cpu.blocking_ns': ns(500),
  'cpu.idleExit_ns': ns(1500),
  'cpu.tick_ns': ns(1500),
  'cpu.variation': constant(0.15, '', 'assumed', 'cache and branch noise', [0, 0.5]),
  'locality.skb_ns': ns(90),
  'locality.spread_ns': ns(70),
  'locality.byte_ns': nsPerByte(0.03),
  'locality.code_ns': ns(
    250,
    'section 6.3: switching between softirqs of devices on one core loses locality; how much is not told',
  ),
  'epollWait.packet_ns': ns(300),
  'epollEvent.packet_ns': ns(100),
  'memcachedGet.packet_ns': ns(1500, 'hash table look-up, LRU lock and ASCII protocol'),
  'memcachedSet.packet_ns': ns(2200, 'as a read, with slab allocation and the copy of the object'),
  'nginxStatic.packet_ns': ns(40000, 'parse, open, log; nginx serves some 20,000 small files a second on a core'),
  'nginxPage.packet_ns': ns(20000, 'parse and FastCGI protocol'),
  'databaseQuery.packet_ns': ns(120000, 'a look-up by key in InnoDB with a warm buffer pool'),
  'clientRequest.packet_ns': ns(
    7000,
    'what Cloudsuite’s loader (parsa-epfl/cloudsuite, memcached_client) calls for a request, at the costs above: one write, three reads, epoll; some 2.7 us of its own for key, buffers and statistics',
  ),
  'falcon.choose_ns': ns(15),
  'wire.latency_ns': ns(4000, 'sender transmit path, two NICs and a direct cable'),
  'wire.jitter_ns': ns(300),
};

/** The constants that were fitted to claims of the paper, with the bounds of their starting points. */
function fitted(): Record<string, Constant> {
  const source = `${FITTED_BY}, to the claims of data/paper/fit.json`;
  return Object.fromEntries(
    Object.entries(FITTED).map(([name, value]) => {
      const { unit, bounds } = PAPER_COSTS[name];
      return [name, constant(value, unit, 'fitted', source, bounds)];
    }),
  );
}

/** ConnectX-5 EN 100G. */
const MLX5: Readonly<Record<string, Constant>> = {
  'nic.link_gbps': constant(100, 'Gbit/s', 'paper', 'section 6: ConnectX-5 EN'),
  'nic.ring': constant(1024, 'descriptors', 'kernel', 'mlx5 log RQ size 0xa'),
  'nic.moderation_us': constant(16, 'us', 'kernel', 'mlx5 RX moderation, EQE mode'),
  'nic.moderation_frames': constant(32, 'packets', 'kernel', 'mlx5 RX moderation, EQE mode'),
  'nic.adaptive': constant(1, 'flag', 'paper', 'section 6: adaptive interrupt coalescing enabled'),
  'nic.flowControl': constant(
    0,
    'flag',
    'kernel',
    'mlx5 rx_out_of_buffer (commit 593cf33829ad): packets that find no receive buffer are dropped; no queue holds up others',
  ),
  'nic.adaptiveScheme': constant(
    1,
    '',
    'kernel',
    'mlx5/core/en_main.c mlx5e_build_nic_params, 4.19 and 5.4: CQE mode where the card has cq_period_start_from_cqe; that ConnectX-5 has it: ethtool lists of cards with its firmware (16.x) show rx_cqe_moder on',
  ),
};

const MLX5_FRAMES = {
  '@irqDriver': ['mlx5_irq_int_handler', 'mlx5_eq_comp_int', 'mlx5e_completion_event', 'napi_schedule_prep'],
  '@nicNapi': ['mlx5e_napi_poll'],
  '@nicClean': ['mlx5e_poll_rx_cq', 'mlx5e_handle_rx_cqe_mpwrq'],
  '@nicBuildSkb': ['mlx5e_skb_from_cqe_mpwrq_linear'],
  '@skbAlloc': ['napi_alloc_skb'],
};

export const LINUX_5_4_MLX5: Profile = {
  id: 'linux-5.4-mlx5',
  title: 'Linux 5.4, ConnectX-5 100G, Xeon Silver 4114',
  kernel: '5.4',
  constants: {
    ...KERNEL_CONSTANTS,
    ...PAPER_COSTS,
    ...fitted(),
    ...MLX5,
    'gro.normalBatch': constant(8, 'packets', 'kernel', 'net/core/dev.c gro_normal_batch'),
  },
  frames: { ...FRAMES_V5, ...MLX5_FRAMES },
  fittedTo: FITTED_TO,
};

export const LINUX_4_19_MLX5: Profile = {
  ...LINUX_5_4_MLX5,
  id: 'linux-4.19-mlx5',
  title: 'Linux 4.19, ConnectX-5 100G, Xeon Silver 4114',
  kernel: '4.19',
  constants: {
    ...LINUX_5_4_MLX5.constants,
    'gro.normalBatch': constant(1, 'packets', 'kernel', 'before gro_normal_batch (5.4)'),
    'skbAllocation.packet_ns': constant(
      FITTED['skbAllocation.packet_ns'] * 0.97,
      'ns',
      'fitted',
      `${FITTED_BY}, with 5.4; section 6.1: sk_buff allocation changed between the two, by how much is not told`,
      PAPER_COSTS['skbAllocation.packet_ns'].bounds,
    ),
    'socketReceive.packet_ns': ns(
      FITTED['socketReceive.packet_ns'] * 0.94,
      'section 6.1: gains and regressions; by how much is assumed',
    ),
  },
};
