import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core';
import {
  constantOf,
  EXPERIMENT_DEFAULTS,
  isConstantName,
  profileOf,
  PROFILES,
  resolveExperiment,
  SCALARS,
  TOPOLOGIES,
  WORK_COSTS,
} from '../../src/experiment';

function refusal(input: unknown): string {
  try {
    resolveExperiment(input, { file: 'e.json' });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('was not refused');
}

describe('resolveExperiment', () => {
  it('fills in every default, and takes its own result', () => {
    const experiment = resolveExperiment({});
    expect(experiment).toMatchObject({ ...EXPERIMENT_DEFAULTS, topology: { name: 'overlay' } });
    expect(experiment.traffic).toMatchObject([{ kind: 'udp', message_bytes: 16 }]);
    expect(experiment.nic).toMatchObject({ ring: 1024, mtu_bytes: 1500, moderation: { mode: 'adaptive' } });
    expect(resolveExperiment(JSON.parse(JSON.stringify(experiment)))).toEqual(experiment);
  });

  it('takes a field that holds undefined for absent, at any depth', () => {
    const explicit = resolveExperiment({
      name: undefined,
      duration_s: undefined,
      topology: undefined,
      costs: { 'bridge.packet_ns': undefined },
      machine: { cpus: undefined },
      nic: { ring: undefined, moderation: undefined },
      steering: { rps: undefined, stages: { policy: 'falcon', cpus: [3], alwaysOn: undefined }, groSplit: undefined },
      traffic: [{ kind: 'udp', clients: undefined, arrivals: undefined }],
      emit: { events: undefined },
    });
    const absent = { steering: { stages: { policy: 'falcon', cpus: [3] } }, traffic: [{ kind: 'udp' }] };
    expect(explicit).toStrictEqual(resolveExperiment(absent));
    // What must be there is still missed.
    expect(refusal({ steering: { stages: { policy: 'falcon', cpus: undefined } } })).toMatch(
      /stages\.cpus, saw nothing/,
    );
  });

  it('leaves the flow limit off unless CPUs are named for it', () => {
    expect(resolveExperiment({ machine: { cpus: 4 } }).machine).toEqual({ cpus: 4, flowLimitCpus: [] });
    expect(resolveExperiment({ machine: { flowLimitCpus: [0] } }).machine).toEqual({ cpus: 10, flowLimitCpus: [0] });
  });

  it('takes the NIC from the profile', () => {
    const { nic } = resolveExperiment({ profile: 'linux-5.4-ixgbe' });
    expect(nic).toMatchObject({ ring: 512, moderation: { mode: 'adaptive' } });
  });

  it('inserts extra stages into a preset', () => {
    const stage = {
      id: 'ipsec',
      device: 'eth0',
      entry: 'call',
      work: [{ cost: { packet_ns: 800, byte_ns: 0.5 }, frames: ['xfrm_input'] }],
    };
    const { topology } = resolveExperiment({ topology: { base: 'overlay', extra: [{ after: 'nic', stage }] } });
    expect(topology.stages.map((s) => s.id)).toEqual(['nic', 'ipsec', 'outer', 'tunnel', 'bridge', 'container']);
  });

  // Input, and what the one line must name: the field, what is allowed, what was seen.
  const refused: [unknown, RegExp][] = [
    [{ foo: 1 }, /unknown field foo \(allowed fields: name, seed/],
    [{ traffic: { kind: 'udp', foo: 1 } }, /unknown field traffic\.foo \(allowed fields: kind, flows/],
    [{ steering: { rps: [{ device: 'eth0', cpus: [1], x: 1 }] } }, /unknown field steering\.rps\.0\.x/],
    [{ machine: { cpus: 0 } }, /above 0 in field machine\.cpus, saw 0/],
    [{ machine: { cpus: 2.5 } }, /whole number in field machine\.cpus, saw 2\.5/],
    [
      { machine: { cpus: 2 }, traffic: { kind: 'udp', appCpus: [2] } },
      /0 to 1, in field traffic\.0\.appCpus\.0, saw 2/,
    ],
    [{ machine: { cpus: 4, flowLimitCpus: [0, 4] } }, /0 to 3, in field machine\.flowLimitCpus\.1, saw 4/],
    [{ nic: { irqCpus: [99] } }, /field nic\.irqCpus\.0, saw 99/],
    [{ steering: { rps: [{ device: 'eth0', cpus: [1, 10] }] } }, /field steering\.rps\.0\.cpus\.1, saw 10/],
    [
      { steering: { stages: { policy: 'falcon', cpus: [] } } },
      /at least one CPU in field steering\.stages\.cpus, saw \[\]/,
    ],
    [{ steering: { stages: { policy: 'falcon', cpus: [11] } } }, /field steering\.stages\.cpus\.0, saw 11/],
    [
      { steering: { stages: { policy: 'eagle', cpus: [1] } } },
      /none, falcon, least-loaded, spray in field steering\.stages\.policy, saw "eagle"/,
    ],
    [{ steering: { groSplit: { cpus: [] } } }, /field steering\.groSplit\.cpus/],
    [{ costs: { 'bridge.packet_ns': -1 } }, /at least 0 in field costs\.bridge\.packet_ns, saw -1/],
    [{ costs: { 'bridge.nope': 1 } }, /unknown field costs\.bridge\.nope/],
    [{ costs: { 'cpu.nope': 1 } }, /unknown field costs\.cpu\.nope \(allowed: cpu\.hardirq_ns/],
    [{ profile: 'linux-9' }, /one of linux-5\.4-mlx5, .* in field profile, saw "linux-9"/],
    [{ topology: 'nope' }, /one of host, overlay, .* in field topology, saw "nope"/],
    [
      {
        topology: {
          base: 'overlay',
          extra: [{ after: 'x', stage: { id: 'a', device: 'eth0', entry: 'call', work: [] } }],
        },
      },
      /field topology\.extra\.0\.after/,
    ],
    [{ topology: 'slim' }, /TCP .*in field traffic\.0, saw "udp traffic over UDP"/],
    [{ topology: 'slim', traffic: { kind: 'memcached', udpRatio: 0.5 } }, /field traffic\.0/],
    [{ topology: 'asap2', containers: 513 }, /at most 512 .* in field containers, saw 513/],
    [{ steering: { rps: [{ device: 'eth9', cpus: [1] }] } }, /field steering\.rps\.0\.device, saw "eth9"/],
    [{ traffic: { kind: 'smoke' } }, /one of udp, tcp, memcached, web in field traffic\.kind, saw "smoke"/],
    [{ traffic: [] }, /at least one kind of traffic in field traffic/],
    [{ traffic: { kind: 'udp', rate_pps: 0 } }, /above 0 in field traffic\.rate_pps, saw 0/],
    [{ traffic: { kind: 'udp', message_bytes: 65508 } }, /at most 65507 in field traffic\.message_bytes, saw 65508/],
    [{ traffic: { kind: 'tcp', nodelay: 'yes' } }, /field traffic\.nodelay, saw "yes"/],
    [{ traffic: { kind: 'tcp', window_bytes: 100 } }, /field traffic\.0\.window_bytes, saw 100/],
    [
      { traffic: { kind: 'udp', rate_pps: 1, hotspots: [{ flow: 1, from_s: 0, to_s: 1, factor: 2 }] } },
      /a flow of 0 to 0 in field traffic\.0\.hotspots\.0\.flow/,
    ],
    [{ duration_s: 0 }, /above 0 in field duration_s/],
    [{ duration_s: '1' }, /a number in field duration_s, saw "1"/],
    [null, /an object in field \(whole\), saw null/],
    [[], /an object in field \(whole\)/],
  ];

  it.each(refused)('refuses %j', (input, message) => {
    const line = refusal(input);
    expect(line).toMatch(/^e\.json: /);
    expect(line).toMatch(message);
    expect(line).not.toContain('\n');
  });

  it('is not fooled by names of Object.prototype', () => {
    expect(refusal({ costs: { 'constructor.packet_ns': 1 } })).toMatch(/unknown field costs\.constructor/);
    expect(refusal(JSON.parse('{"__proto__": {"cpus": 1}}'))).toMatch(/unknown field __proto__/);
  });
});

describe('profiles', () => {
  it('state every scalar, and unit, provenance and source of each constant', () => {
    for (const profile of PROFILES) {
      for (const name of Object.keys(SCALARS)) expect(() => constantOf(profile, name), name).not.toThrow();
      for (const [name, constant] of Object.entries(profile.constants)) {
        expect(isConstantName(name), name).toBe(true);
        expect(constant.source.length, name).toBeGreaterThan(3);
        expect(constant.value, name).toBeGreaterThanOrEqual(0);
        if (constant.bounds) {
          expect(constant.value, name).toBeGreaterThanOrEqual(constant.bounds[0]);
          expect(constant.value, name).toBeLessThanOrEqual(constant.bounds[1]);
        }
      }
    }
  });

  it('say that a constant was stated by the experiment', () => {
    const profile = profileOf(resolveExperiment({ costs: { 'bridge.packet_ns': 1 } }));
    expect(profile.constants['bridge.packet_ns']).toMatchObject({ value: 1, source: 'stated by the experiment' });
  });

  it('know every cost that a preset names', () => {
    for (const topology of TOPOLOGIES) {
      for (const work of topology.stages.flatMap((s) => s.work)) {
        expect(Object.hasOwn(WORK_COSTS, String(work.cost)), String(work.cost)).toBe(true);
      }
    }
  });
});
