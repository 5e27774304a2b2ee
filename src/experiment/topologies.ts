import {
  bridgeStage,
  ipipDecapStage,
  nicStage,
  ovsStage,
  routeStage,
  socketStage,
  tunnelStage,
  vxlanDecapStage,
} from './stages';
import type { DeviceSpec, Topology } from './topology';

/** IPv4 20 + UDP 8 + VXLAN 8 + inner Ethernet 14. */
const VXLAN_BYTES = 50;
const IPIP_BYTES = 20;

const NIC: DeviceSpec = { name: 'eth0', kind: 'nic', ifindex: 2 };
// Index gaps decide how Falcon's hash spreads the stages (see the kernel room); a gap of 2 is what a Docker host
// shows after its bridge device took the index between.
const VXLAN: DeviceSpec = { name: 'vxlan0', kind: 'vxlan', ifindex: 6 };
const BRIDGE: DeviceSpec = { name: 'br0', kind: 'bridge', ifindex: 7 };
const VETH: DeviceSpec = { name: 'veth0', kind: 'veth', ifindex: 8, perContainer: true };

function vxlanBridge(name: string, title: string): Topology {
  return {
    name,
    title,
    devices: [NIC, VXLAN, BRIDGE, VETH],
    stages: [
      nicStage('eth0', true),
      vxlanDecapStage('eth0'),
      tunnelStage('vxlan0'),
      bridgeStage('vxlan0'),
      socketStage('container', 'veth0', 'backlog', true),
    ],
    encapsulation_bytes: VXLAN_BYTES,
    protocols: ['udp', 'tcp'],
    cable: 'nic',
  };
}

const HOST: Topology = {
  name: 'host',
  title: 'Native host network',
  devices: [NIC],
  stages: [nicStage('eth0', false), socketStage('stack', 'eth0', 'receive')],
  encapsulation_bytes: 0,
  protocols: ['udp', 'tcp'],
  cable: 'nic',
};

/** The preset paths, by name. */
export const TOPOLOGIES: readonly Topology[] = [
  HOST,
  vxlanBridge('overlay', 'Docker overlay: VXLAN, bridge, veth'),
  vxlanBridge('flannel', 'Flannel VXLAN: flannel.1, cni0 bridge, veth'),
  {
    name: 'weave',
    title: "Weave's fast datapath: VXLAN port of Open vSwitch, veth",
    devices: [
      NIC,
      { name: 'vxlan-6784', kind: 'vxlan', ifindex: 6 },
      { name: 'datapath', kind: 'ovs', ifindex: 7 },
      VETH,
    ],
    stages: [
      nicStage('eth0', true),
      vxlanDecapStage('eth0'),
      tunnelStage('vxlan-6784'),
      ovsStage('vxlan-6784'),
      socketStage('container', 'veth0', 'backlog', true),
    ],
    encapsulation_bytes: VXLAN_BYTES,
    protocols: ['udp', 'tcp'],
    cable: 'nic',
  },
  {
    name: 'calico',
    title: 'Calico routed: veth without bridge or tunnel',
    devices: [NIC, { ...VETH, name: 'cali0' }],
    stages: [nicStage('eth0', false), routeStage('eth0'), socketStage('container', 'cali0', 'backlog')],
    encapsulation_bytes: 0,
    protocols: ['udp', 'tcp'],
    cable: 'nic',
  },
  {
    name: 'calico-ipip',
    title: 'Calico IP-in-IP: tunl0, routed, veth',
    devices: [NIC, { name: 'tunl0', kind: 'ipip', ifindex: 6 }, { ...VETH, name: 'cali0' }],
    stages: [
      nicStage('eth0', true),
      ipipDecapStage('eth0'),
      tunnelStage('tunl0'),
      routeStage('tunl0'),
      socketStage('container', 'cali0', 'backlog', true),
    ],
    encapsulation_bytes: IPIP_BYTES,
    protocols: ['udp', 'tcp'],
    cable: 'nic',
  },
  {
    name: 'asap2',
    title: 'Hardware offload (ASAP2): the NIC strips the outer headers, one virtual function for each container',
    devices: [{ ...NIC, kind: 'vf', perContainer: true }],
    stages: [nicStage('eth0', false), socketStage('stack', 'eth0', 'receive')],
    encapsulation_bytes: VXLAN_BYTES,
    protocols: ['udp', 'tcp'],
    // Falcon section 7: 512 virtual functions on a ConnectX-5 100G.
    maxContainers: 512,
    cable: 'nic',
  },
  { ...HOST, name: 'slim', title: 'Slim: connections redirected to host sockets, TCP only', protocols: ['tcp'] },
  {
    name: 'testbed-host',
    title: 'Captured test bed, between the hosts: a veth cable',
    devices: [{ name: 'eth0', kind: 'veth', ifindex: 2 }],
    stages: [socketStage('stack', 'eth0', 'backlog')],
    encapsulation_bytes: 0,
    protocols: ['udp', 'tcp'],
    cable: 'veth',
  },
  {
    name: 'testbed-overlay',
    title: 'Captured test bed, between containers: VXLAN over a veth cable',
    devices: [{ name: 'eth0', kind: 'veth', ifindex: 2 }, VXLAN, BRIDGE, VETH],
    stages: [
      { ...vxlanDecapStage('eth0'), entry: 'backlog' },
      tunnelStage('vxlan0'),
      bridgeStage('vxlan0'),
      socketStage('container', 'veth0', 'backlog', true),
    ],
    encapsulation_bytes: VXLAN_BYTES,
    protocols: ['udp', 'tcp'],
    cable: 'veth',
  },
];

export function findTopology(name: string): Topology | undefined {
  return TOPOLOGIES.find((t) => t.name === name);
}
