/**
 * What the fit to the paper gave. `falcon-lab calibrate --paper --write` writes this file, starting from its values.
 * One set serves both network cards and both kernels; what differs between those is in their profiles.
 */
export const FITTED: Readonly<Record<string, number>> = {
  'skbAllocation.packet_ns': 355,
  'groReceive.segment_ns': 294,
  'groTunnel.segment_ns': 108,
  'gro.tunnelMaxSegments': 2,
  'udpReceive.packet_ns': 110,
  'ipDefragment.packet_ns': 45,
  'vxlanReceive.packet_ns': 150,
  'groCellPoll.packet_ns': 160,
  'bridge.packet_ns': 180,
  'socketEnqueue.packet_ns': 370,
  'tcpReceive.packet_ns': 330,
  'tcpAck.packet_ns': 420,
  'tunnelSend.packet_ns': 500,
  'socketReceive.packet_ns': 350,
  'application.packet_ns': 390,
  'clientSend.packet_ns': 2050,
  'clientTunnel.packet_ns': 1085,
  'locality.skb_ns': 40,
  'locality.spread_ns': 25,
  'locality.code_ns': 500,
};

/** How the values were found; the source of the constants. */
export const FITTED_BY = 'by hand, run by run';

/** Claims of data/paper/claims.json that the values were fitted to (data/paper/fit.json). */
export const FITTED_TO: readonly string[] = [
  'fig2a-udp-10g-near-native',
  'fig2a-tcp-10g-near-native',
  'fig2a-udp-100g-loss',
  'fig2a-tcp-100g-loss',
  'fig2b-gap-largest-small',
  'fig6-sockperf-even',
  'fig9a-skb-alloc-45',
  'fig9a-gro-45',
  'headline-udp-87',
  'headline-latency-both',
  'fig10-100g-87',
  'fig10-gap-below-mtu',
  'fig10-gain-larger-for-large',
  'fig11-host-core2-bound',
  'fig11-falcon-core2-bound',
  'fig12-falcon-never-worse',
  'fig13-hostplus-56',
  'fig13-falcon-over-host-37',
  'fig13-udp-gain-63',
  'fig19a-low-rate-similar',
];
