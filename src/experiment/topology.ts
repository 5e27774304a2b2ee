/**
 * A receive path as data: an ordered list of stages, each with a device, the queue in front of it and the
 * kernel functions that run in it. Cutting points between stages are where steering may move a packet.
 */
export interface Topology {
  readonly name: string;
  readonly title: string;
  readonly devices: readonly DeviceSpec[];
  readonly stages: readonly StageSpec[];
  /** Bytes that the tunnel adds to each packet on the wire. */
  readonly encapsulation_bytes: number;
  /** Protocols that the path can carry. */
  readonly protocols: readonly ('udp' | 'tcp')[];
  /** Most containers that the path can serve; absent: no limit. */
  readonly maxContainers?: number;
  /** The cable: a network card that writes to a ring, or a veth pair whose packets arrive in the sender's softirq. */
  readonly cable: 'nic' | 'veth';
}

export type DeviceKind = 'nic' | 'vxlan' | 'bridge' | 'veth' | 'ovs' | 'ipip' | 'vf' | 'function';

export interface DeviceSpec {
  /** As named in its namespace. */
  readonly name: string;
  readonly kind: DeviceKind;
  /** Interface index; Falcon mixes it into the hash. With `perContainer` that of the first container. */
  readonly ifindex: number;
  /** One for each container; index grows by 2 (the pair's ends alternate). */
  readonly perContainer?: boolean;
}

/**
 * How packets reach a stage.
 * - `ring`: descriptor ring of the NIC, polled by its NAPI. First stage only.
 * - `call`: plain function call on the same core (no steering possible).
 * - `receive`: netif_receive_skb: a call, unless RPS of the device sends the packet to a CPU's backlog.
 * - `gro-cells`: per-CPU gro_cells of a tunnel device, polled by its own NAPI; Falcon replaces it by a backlog.
 * - `backlog`: netif_rx: backlog of the current CPU, or of the one that RPS or Falcon chooses.
 */
export type StageEntry = 'ring' | 'call' | 'receive' | 'gro-cells' | 'backlog';

export interface StageSpec {
  readonly id: string;
  readonly device: string;
  readonly entry: StageEntry;
  /** In the order of execution. */
  readonly work: readonly WorkSpec[];
}

export interface WorkSpec {
  /** Key of the profile's costs, or the cost itself for a function that the profile does not know. */
  readonly cost: string | InlineCost;
  /** Kernel functions, outermost first, below those of the enclosing work. */
  readonly frames: readonly string[];
  /** Whether what follows in the path is called from inside this work. */
  readonly encloses?: boolean;
  /** Runs only for packets of this kind. */
  readonly only?: 'udp' | 'tcp' | 'fragment';
  /** Work on an acknowledgement: not for TCP segments that call for none, such as requests that a response answers. */
  readonly acknowledges?: boolean;
  /** Only for packets that acknowledge what this machine sent: requests after a response, answers, bare acknowledgements. */
  readonly acknowledged?: boolean;
}

/** Each skb costs `packet_ns`, each segment merged into it `segment_ns`, each payload byte `byte_ns`. */
export interface InlineCost {
  readonly packet_ns: number;
  readonly segment_ns?: number;
  readonly byte_ns?: number;
}

/** Work to add to a preset: an encryption, a firewall, a software switch, by a list and not by code. */
export interface ExtraStage {
  /** Id of the stage after which it runs. */
  readonly after: string;
  readonly stage: StageSpec;
  /** Its device, if the preset lacks it. */
  readonly device?: DeviceSpec;
}
