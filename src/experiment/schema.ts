import { z } from 'zod';

/** Shapes of what a user may write; private to the room, so that zod stays out of the public types. */

/** An object with no other fields than these; the message lists them. */
function fields<S extends z.ZodRawShape>(shape: S) {
  return z.object(shape).strict(`allowed fields: ${Object.keys(shape).join(', ')}`);
}

const count = z.number().int().positive();
const cpu = z.number().int().nonnegative();
const cpus = z.array(cpu).nonempty('at least one CPU');
const positive = z.number().finite().positive();
const notNegative = z.number().finite().nonnegative();
const share = z.number().min(0).max(1);
const label = z.string().min(1).max(200);

const inlineCost = fields({
  packet_ns: notNegative,
  segment_ns: notNegative.optional(),
  byte_ns: notNegative.optional(),
});

const work = fields({
  cost: z.union([label, inlineCost]),
  frames: z.array(label).nonempty('at least one function name'),
  encloses: z.boolean().optional(),
  only: z.enum(['udp', 'tcp', 'fragment']).optional(),
  acknowledges: z.boolean().optional(),
  acknowledged: z.boolean().optional(),
});

const stage = fields({
  id: label,
  device: label,
  entry: z.enum(['ring', 'call', 'receive', 'gro-cells', 'backlog']),
  work: z.array(work),
});

const device = fields({
  name: label,
  kind: z.enum(['nic', 'vxlan', 'bridge', 'veth', 'ovs', 'ipip', 'vf', 'function']),
  ifindex: count,
  perContainer: z.boolean().optional(),
});

const wholeTopology = fields({
  name: label,
  title: label,
  devices: z.array(device).nonempty('at least one device'),
  stages: z.array(stage).nonempty('at least one stage'),
  encapsulation_bytes: z.number().int().nonnegative(),
  protocols: z.array(z.enum(['udp', 'tcp'])).nonempty('at least one protocol'),
  maxContainers: count.optional(),
  cable: z.enum(['nic', 'veth']),
});

const extendedTopology = fields({
  base: label,
  extra: z.array(fields({ after: label, stage, device: device.optional() })),
});

const moderation = z.discriminatedUnion('mode', [
  fields({ mode: z.literal('none') }),
  fields({ mode: z.literal('adaptive') }),
  fields({ mode: z.literal('fixed'), usecs: notNegative, frames: count }),
]);

const stages = z.discriminatedUnion('policy', [
  fields({ policy: z.literal('none') }),
  fields({
    policy: z.literal('falcon'),
    cpus,
    variant: z.enum(['paper', 'kernel']).optional(),
    balancing: z.enum(['static', 'two-choice']).optional(),
    loadThreshold_percent: z.number().min(0).max(100).optional(),
    alwaysOn: z.boolean().optional(),
    loadCpus: cpus.optional(),
  }),
  fields({ policy: z.literal('least-loaded'), cpus }),
  fields({ policy: z.literal('spray'), cpus }),
]);

const arrivals = z.union([z.enum(['constant', 'poisson']), fields({ burst: count })]);

const hotspots = z.array(
  fields({
    flow: z.union([z.number().int().nonnegative(), z.literal('random')]),
    from_s: z.number().finite(),
    to_s: positive,
    factor: positive,
  }),
);

const webOperation = fields({
  name: label,
  weight: positive,
  php_ms: notNegative,
  cacheQueries: z.number().int().nonnegative(),
  databaseQueries: z.number().int().nonnegative(),
  assets: z.number().int().nonnegative(),
  page_bytes: count,
  asset_bytes: z.number().int().nonnegative(),
  target_ms: notNegative,
});

const MAX_UDP_PAYLOAD_BYTES = 65507;

export const trafficShape = z.discriminatedUnion('kind', [
  fields({
    kind: z.literal('udp'),
    flows: count.optional(),
    message_bytes: count.max(MAX_UDP_PAYLOAD_BYTES).optional(),
    rate_pps: z.union([positive, z.literal('stress')]).optional(),
    clients: count.optional(),
    arrivals: arrivals.optional(),
    appCpus: cpus.optional(),
    senderCpus: cpus.optional(),
    hotspots: hotspots.optional(),
  }),
  fields({
    kind: z.literal('tcp'),
    flows: count.optional(),
    message_bytes: count.max(1 << 24).optional(),
    rate_pps: z.union([positive, z.literal('bulk')]).optional(),
    arrivals: arrivals.optional(),
    window_bytes: count.optional(),
    nodelay: z.boolean().optional(),
    appCpus: cpus.optional(),
    senderCpus: cpus.optional(),
    hotspots: hotspots.optional(),
  }),
  fields({
    kind: z.literal('memcached'),
    clients: count.optional(),
    connections: count.optional(),
    pipeline: count.max(1000).optional(),
    serverThreads: count.optional(),
    object_bytes: count.optional(),
    request_bytes: count.optional(),
    getRatio: share.optional(),
    think_us: notNegative.optional(),
    udpRatio: share.optional(),
    appCpus: cpus.optional(),
    senderCpus: cpus.optional(),
  }),
  fields({
    kind: z.literal('web'),
    users: count.optional(),
    workers: count.optional(),
    think_s: notNegative.optional(),
    operations: z.array(webOperation).nonempty('at least one operation').optional(),
    request_bytes: count.optional(),
    query_bytes: count.optional(),
    answer_bytes: count.optional(),
    appCpus: cpus.optional(),
    tiers: z.enum(['local', 'remote']).optional(),
    cacheCpu: cpu.optional(),
    databaseCpu: cpu.optional(),
    senderCpus: cpus.optional(),
  }),
]);

export const wholeTopologyShape = wholeTopology;
export const extendedTopologyShape = extendedTopology;

export const experimentShape = fields({
  name: label.optional(),
  seed: z.number().int().optional(),
  duration_s: positive.max(3600).optional(),
  warmup_s: notNegative.optional(),
  profile: label.optional(),
  costs: z.record(z.number().finite().nonnegative()).optional(),
  machine: fields({ cpus: count.max(256).optional(), flowLimitCpus: z.array(cpu).optional() }).optional(),
  nic: fields({
    queues: count.max(256).optional(),
    irqCpus: cpus.optional(),
    ring: count.max(65536).optional(),
    mtu_bytes: z.number().int().min(576).max(9216).optional(),
    moderation: moderation.optional(),
  }).optional(),
  topology: z.unknown().optional(),
  containers: count.optional(),
  steering: fields({
    rps: z.array(fields({ device: label, cpus })).optional(),
    stages: stages.optional(),
    groSplit: fields({
      cpus,
      protocols: z
        .array(z.enum(['tcp', 'udp']))
        .nonempty('at least one protocol')
        .optional(),
      when: z.enum(['always', 'saturated']).optional(),
      threshold_percent: z.number().min(0).max(100).optional(),
    })
      .nullable()
      .optional(),
    steadyLoads: z.boolean().optional(),
  }).optional(),
  traffic: z.union([trafficShape, z.array(trafficShape).nonempty('at least one kind of traffic')]).optional(),
  emit: fields({
    interval_s: positive.optional(),
    samples_hz: notNegative.max(100000).optional(),
    events: z.number().int().nonnegative().optional(),
    journeys: z.number().int().nonnegative().optional(),
  }).optional(),
});

export type ParsedExperiment = z.infer<typeof experimentShape>;
export type ParsedTraffic = z.infer<typeof trafficShape>;
