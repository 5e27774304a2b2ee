import type { StageSpec, WorkSpec } from './topology';

/**
 * The pieces from which the preset paths are put together. Function names are the kernel's; a name that
 * starts with `@` stands for what the profile's kernel or driver calls it (see `Profile.frames`).
 */

/** NIC poll: descriptor, skb, GRO. */
export function nicStage(device: string, encapsulated: boolean): StageSpec {
  return {
    id: 'nic',
    device,
    entry: 'ring',
    work: [
      { cost: 'nicPoll', frames: ['@nicClean'] },
      { cost: 'skbAllocation', frames: ['@nicClean', '@nicBuildSkb', '@skbAlloc'] },
      { cost: 'groReceive', frames: ['@nicClean', 'napi_gro_receive', 'dev_gro_receive'] },
      ...(encapsulated
        ? [
            {
              cost: 'groTunnel',
              frames: [
                '@nicClean',
                'napi_gro_receive',
                'dev_gro_receive',
                'inet_gro_receive',
                'udp4_gro_receive',
                'udp_gro_receive',
                '@tunnelGro',
              ],
            },
          ]
        : []),
    ],
  };
}

const LOCAL_DELIVERY = ['ip_local_deliver', 'ip_local_deliver_finish', 'ip_protocol_deliver_rcu'];

const ACK_FRAMES = [
  'tcp_v4_rcv',
  'tcp_v4_do_rcv',
  'tcp_rcv_established',
  '__tcp_ack_snd_check',
  'tcp_send_ack',
  '__tcp_transmit_skb',
];

/** What an acknowledgement costs more where it has to leave through a tunnel. */
const TUNNELLED_ACK: WorkSpec = {
  cost: 'tunnelSend',
  frames: [...LOCAL_DELIVERY, ...ACK_FRAMES, 'ip_queue_xmit', 'dev_queue_xmit', 'veth_xmit'],
  only: 'tcp',
  acknowledges: true,
};

/** Transport layer and socket of the receiving application; what every path ends with. */
export const SOCKET_WORK: readonly WorkSpec[] = [
  { cost: 'ipDefragment', frames: ['ip_local_deliver', 'ip_defrag', 'ip_frag_queue'], only: 'fragment' },
  {
    cost: 'udpReceive',
    frames: [
      ...LOCAL_DELIVERY,
      'udp_rcv',
      '__udp4_lib_rcv',
      'udp_unicast_rcv_skb',
      'udp_queue_rcv_skb',
      'udp_queue_rcv_one_skb',
    ],
    only: 'udp',
  },
  {
    cost: 'socketEnqueue',
    frames: [
      ...LOCAL_DELIVERY,
      'udp_rcv',
      '__udp4_lib_rcv',
      'udp_unicast_rcv_skb',
      'udp_queue_rcv_skb',
      'udp_queue_rcv_one_skb',
      '__udp_enqueue_schedule_skb',
    ],
    only: 'udp',
  },
  {
    cost: 'tcpReceive',
    frames: [...LOCAL_DELIVERY, 'tcp_v4_rcv', 'tcp_v4_do_rcv', 'tcp_rcv_established'],
    only: 'tcp',
  },
  { cost: 'tcpAck', frames: [...LOCAL_DELIVERY, ...ACK_FRAMES], only: 'tcp', acknowledges: true },
  {
    cost: 'tcpAckInput',
    frames: [...LOCAL_DELIVERY, 'tcp_v4_rcv', 'tcp_v4_do_rcv', 'tcp_rcv_established', 'tcp_ack', 'tcp_clean_rtx_queue'],
    only: 'tcp',
    acknowledged: true,
  },
];

/** Host or container network stack down to a socket. `tunnelled`: what it sends goes through a tunnel. */
export function socketStage(id: string, device: string, entry: StageSpec['entry'], tunnelled = false): StageSpec {
  return {
    id,
    device,
    entry,
    work: [
      { cost: 'netifReceive', frames: ['__netif_receive_skb_core'] },
      { cost: 'ipReceive', frames: ['ip_rcv', 'ip_rcv_finish'] },
      ...SOCKET_WORK,
      ...(tunnelled ? [TUNNELLED_ACK] : []),
    ],
  };
}

/** Outer headers of a VXLAN packet, up to the tunnel device's queue. */
export function vxlanDecapStage(device: string): StageSpec {
  return {
    id: 'outer',
    device,
    entry: 'receive',
    work: [
      { cost: 'netifReceive', frames: ['__netif_receive_skb_core'] },
      { cost: 'ipReceive', frames: ['ip_rcv', 'ip_rcv_finish'] },
      {
        cost: 'udpReceive',
        frames: [
          ...LOCAL_DELIVERY,
          'udp_rcv',
          '__udp4_lib_rcv',
          'udp_unicast_rcv_skb',
          'udp_queue_rcv_skb',
          'udp_queue_rcv_one_skb',
        ],
        encloses: true,
      },
      { cost: 'vxlanReceive', frames: ['vxlan_rcv'], encloses: true },
    ],
  };
}

/** Outer IP header of an IP-in-IP packet, up to the tunnel device's queue. */
export function ipipDecapStage(device: string): StageSpec {
  return {
    id: 'outer',
    device,
    entry: 'receive',
    work: [
      { cost: 'netifReceive', frames: ['__netif_receive_skb_core'] },
      { cost: 'ipReceive', frames: ['ip_rcv', 'ip_rcv_finish'] },
      { cost: 'ipipReceive', frames: [...LOCAL_DELIVERY, 'tunnel4_rcv', 'ipip_rcv', 'ip_tunnel_rcv'], encloses: true },
    ],
  };
}

/** Tunnel device: its gro_cells poll. */
export function tunnelStage(device: string): StageSpec {
  return {
    id: 'tunnel',
    device,
    entry: 'gro-cells',
    work: [{ cost: 'groCellPoll', frames: ['napi_gro_receive', 'dev_gro_receive'] }],
  };
}

/** From a tunnel device over the Linux bridge into the container's veth. */
export function bridgeStage(device: string): StageSpec {
  return {
    id: 'bridge',
    device,
    entry: 'receive',
    work: [
      { cost: 'netifReceive', frames: ['__netif_receive_skb_core'], encloses: true },
      { cost: 'bridge', frames: ['br_handle_frame', 'br_handle_frame_finish'], encloses: true },
      {
        cost: 'vethXmit',
        frames: [
          'br_forward',
          'br_dev_queue_push_xmit',
          'dev_queue_xmit',
          '__dev_queue_xmit',
          'dev_hard_start_xmit',
          'veth_xmit',
        ],
        encloses: true,
      },
    ],
  };
}

/** From a device through Open vSwitch's kernel datapath into the container's veth. */
export function ovsStage(device: string): StageSpec {
  return {
    id: 'ovs',
    device,
    entry: 'receive',
    work: [
      { cost: 'netifReceive', frames: ['__netif_receive_skb_core'], encloses: true },
      {
        cost: 'ovs',
        frames: [
          'netdev_frame_hook',
          'ovs_vport_receive',
          'ovs_dp_process_packet',
          'ovs_execute_actions',
          'do_execute_actions',
        ],
        encloses: true,
      },
      {
        cost: 'vethXmit',
        frames: ['ovs_vport_send', 'dev_queue_xmit', '__dev_queue_xmit', 'dev_hard_start_xmit', 'veth_xmit'],
        encloses: true,
      },
    ],
  };
}

/** Routed, without a bridge, into the container's veth. */
export function routeStage(device: string): StageSpec {
  return {
    id: 'route',
    device,
    entry: 'receive',
    work: [
      { cost: 'netifReceive', frames: ['__netif_receive_skb_core'] },
      {
        cost: 'ipForward',
        frames: ['ip_rcv', 'ip_rcv_finish', 'ip_forward', 'ip_forward_finish', 'ip_output'],
        encloses: true,
      },
      {
        cost: 'vethXmit',
        frames: ['ip_finish_output2', 'dev_queue_xmit', '__dev_queue_xmit', 'dev_hard_start_xmit', 'veth_xmit'],
        encloses: true,
      },
    ],
  };
}
