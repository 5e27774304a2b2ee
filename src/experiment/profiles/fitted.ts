/**
 * What the fit to the paper gave. `falcon-lab calibrate --paper --write` writes this file, starting from its values.
 * One set serves both network cards and both kernels; what differs between those is in their profiles.
 */
export const FITTED: Readonly<Record<string, number>> = {
  'skbAllocation.packet_ns': 440,
  'groReceive.segment_ns': 370,
  'groTunnel.segment_ns': 190,
  'gro.tunnelMaxSegments': 2,
  'udpReceive.packet_ns': 100,
  'tcpReceive.packet_ns': 600,
  'tcpAck.packet_ns': 650,
  'vxlanReceive.packet_ns': 110,
  'groCellPoll.packet_ns': 320,
  'bridge.packet_ns': 150,
  'socketEnqueue.packet_ns': 330,
  'ipDefragment.packet_ns': 60,
  'socketReceive.packet_ns': 480,
  'application.packet_ns': 340,
  'clientSend.packet_ns': 2850,
  'locality.skb_ns': 35,
  'locality.spread_ns': 70,
};

/** How the values were found; the source of the constants. */
export const FITTED_BY = 'by hand, run by run';

/** Claims of data/paper/claims.json that the values were fitted to (data/paper/fit.json). */
export const FITTED_TO: readonly string[] = [
  'fig2a-udp-10g-near-native',
  'fig2a-udp-100g-loss',
  'fig2a-tcp-100g-loss',
  'fig2b-gap-largest-small',
  'fig4-net-rx-ratio',
  'fig9a-skb-alloc-45',
  'fig9a-gro-45',
  'headline-udp-87',
  'fig10-100g-87',
  'fig10-gap-below-mtu',
  'fig10-gain-larger-for-large',
  'fig11-host-core2-bound',
  'fig11-falcon-core2-bound',
  'fig11-app-cost-higher',
  'fig13-hostplus-56',
  'fig13-falcon-over-host-37',
  'fig14-udp-27',
  'fig19a-low-rate-similar',
  'fig19a-high-rate-10',
  'fig19b-softirqs-44.6',
];
