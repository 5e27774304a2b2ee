import { describe, expect, it } from 'vitest';
import {
  placeSegments,
  resolveExperiment,
  softirqSegments,
  TOPOLOGIES,
  type ExperimentInput,
  type SoftirqSegment,
} from '../../src/experiment';
import { getFalconCpu, rpsCpu } from '../../src/kernel';
import { compilePlan, ENTRY_GRO_CELLS, ENTRY_NETIF_RX, ENTRY_RING, ENTRY_RPS, ENTRY_SPLIT } from '../../src/sim/plan';

const FALCON = { policy: 'falcon', cpus: [3, 4, 5, 6] } as const;

function experiment(topology: string, steering: ExperimentInput['steering'] = {}) {
  const protocols = TOPOLOGIES.find((t) => t.name === topology)!.protocols;
  return resolveExperiment({ topology, steering, traffic: { kind: protocols[0] } });
}

const stagesOf = (segments: readonly SoftirqSegment[]) => segments.map((s) => s.parts.map((p) => p.stage.id));

describe('the softirqs of a path', () => {
  it('are one on the host and three on an overlay', () => {
    const host = experiment('host');
    expect(stagesOf(softirqSegments(host.topology, host.steering))).toEqual([['nic', 'stack']]);
    const overlay = experiment('overlay');
    const segments = softirqSegments(overlay.topology, overlay.steering);
    expect(stagesOf(segments)).toEqual([['nic', 'outer'], ['tunnel', 'bridge'], ['container']]);
    expect(segments.map((s) => s.device)).toEqual(['eth0', 'vxlan0', 'veth0']);
    expect(segments.map((s) => s.queue)).toEqual(['ring', 'gro-cells', 'backlog']);
  });

  it('hold every stage and all its work once, in order, however they are cut', () => {
    for (const { name, cable, stages, protocols } of TOPOLOGIES) {
      const groSplit = cable === 'nic' ? { cpus: [7], protocols } : null;
      const { topology, steering } = experiment(name, { stages: FALCON, groSplit });
      for (const protocol of protocols) {
        const segments = softirqSegments(topology, steering, protocol);
        const parts = segments.flatMap((s) => s.parts);
        expect([...new Set(parts.map((p) => p.stage.id))]).toEqual(stages.map((s) => s.id));
        expect(parts.flatMap((p) => p.work.map((w) => w.cost))).toEqual(
          stages.flatMap((s) => s.work.map((w) => w.cost)),
        );
      }
    }
  });

  it('are cut where the simulator cuts', () => {
    const entryOf = new Map([
      [ENTRY_RING, 'ring dma'],
      [ENTRY_RPS, 'backlog netif_receive_skb'],
      [ENTRY_GRO_CELLS, 'gro-cells gro_cells_receive'],
      [ENTRY_NETIF_RX, 'backlog netif_rx'],
      [ENTRY_SPLIT, 'backlog netif_rx'],
    ]);
    for (const { name, cable, devices } of TOPOLOGIES) {
      for (const split of cable === 'nic' ? [false, true] : [false]) {
        for (const rps of [[], [{ device: devices[0].name, cpus: [1] }]]) {
          const groSplit = split ? { cpus: [7], protocols: ['tcp' as const] } : null;
          const e = experiment(name, { rps, groSplit });
          const plan = compilePlan(e);
          const legs = plan.legs.filter((leg) => leg.index !== plan.wholeLeg);
          const segments = softirqSegments(e.topology, e.steering, 'tcp');
          expect(segments.map((s) => `${s.queue} ${s.enqueue}`)).toEqual(legs.map((leg) => entryOf.get(leg.entry)));
          expect(segments.map((s) => s.device)).toEqual(legs.map((leg) => e.topology.devices[leg.device].name));
          expect(segments.map((s) => s.parts.map((p) => p.stage.id).join('+'))).toEqual(
            legs.map((leg) => leg.id.replace('-split', '')),
          );
        }
      }
    }
  });
});

describe('the cores of softirqs', () => {
  const hash = 0x51ccc178;

  it('are the same at every device under RPS, whatever the flow', () => {
    const cpus = [3, 4, 5, 6];
    const rps = ['eth0', 'vxlan0', 'veth0'].map((device) => ({ device, cpus }));
    const e = experiment('overlay', { rps });
    const segments = softirqSegments(e.topology, e.steering);
    for (const h of [hash, 1, 0xffffffff, 0x80000000]) {
      const [irq, ...others] = placeSegments(e, segments, { hash: h });
      expect(irq).toBe(0);
      expect(new Set(others)).toEqual(new Set([rpsCpu(h, cpus)]));
    }
  });

  it('follow the device under Falcon, leave a busy core, and stay if the system is busy', () => {
    const e = experiment('overlay', { stages: { ...FALCON, loadCpus: [3, 4, 5, 6] } });
    const segments = softirqSegments(e.topology, e.steering);
    const idle = placeSegments(e, segments, { hash });
    expect(idle).toEqual([
      0,
      ...[6, 8].map((ifindex) => getFalconCpu(hash, ifindex, FALCON.cpus, new Array(8).fill(0))),
    ]);
    const loads = new Array<number>(8).fill(0);
    loads[idle[1]] = 95;
    expect(placeSegments(e, segments, { hash, loads })[1]).not.toBe(idle[1]);
    expect(placeSegments(e, segments, { hash, loads: new Array<number>(8).fill(90) })).toEqual([0, 0, 0]);
  });
});
