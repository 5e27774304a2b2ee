import { InputError } from '../core';
import { IPV4_HEADER_BYTES, UDP_HEADER_BYTES } from '../kernel';
import {
  EMIT_DEFAULTS,
  EXPERIMENT_DEFAULTS,
  FALCON_POLICY_DEFAULTS,
  GRO_SPLIT_DEFAULTS,
  MACHINE_DEFAULTS,
  MEMCACHED_DEFAULTS,
  NIC_QUEUE_DEFAULTS,
  TCP_DEFAULTS,
  UDP_DEFAULTS,
  WEB_DEFAULTS,
} from './defaults';
import type { Experiment, Moderation, Nic, StagePolicy, Steering } from './experiment';
import { constantOf, isConstantName, SCALARS, withCosts, WORK_COSTS } from './profile';
import type { Profile } from './profile';
import { findProfile, PROFILES } from './profiles';
import { Refusal } from './refusal';
import { experimentShape, extendedTopologyShape, wholeTopologyShape } from './schema';
import type { ParsedExperiment, ParsedTraffic } from './schema';
import { findTopology, TOPOLOGIES } from './topologies';
import type { Topology } from './topology';
import type { MemcachedTraffic, Traffic, WebTraffic } from './traffic';

export interface ResolveOptions {
  /** Name for messages; `experiment` by default. */
  readonly file?: string;
}

/**
 * Fills in the defaults and refuses what cannot be simulated.
 * @throws InputError naming the field, what it holds and what is allowed
 */
export function resolveExperiment(input: unknown, options: ResolveOptions = {}): Experiment {
  const refusal = new Refusal(options.file ?? 'experiment');
  const parsed = experimentShape.safeParse(input);
  const given = parsed.success ? parsed.data : refusal.issues(parsed.error, input);
  const profile = resolveProfile(given, refusal);
  const cpus = given.machine?.cpus ?? MACHINE_DEFAULTS.cpus;
  const experiment: Experiment = {
    name: given.name ?? EXPERIMENT_DEFAULTS.name,
    seed: given.seed ?? EXPERIMENT_DEFAULTS.seed,
    duration_s: given.duration_s ?? EXPERIMENT_DEFAULTS.duration_s,
    warmup_s: given.warmup_s ?? EXPERIMENT_DEFAULTS.warmup_s,
    profile: profile.id,
    costs: given.costs ?? {},
    machine: { ...MACHINE_DEFAULTS, ...given.machine },
    nic: resolveNic(given.nic, profile),
    topology: resolveTopology(given.topology ?? EXPERIMENT_DEFAULTS.topology, refusal),
    containers: given.containers ?? EXPERIMENT_DEFAULTS.containers,
    steering: resolveSteering(given.steering, cpus),
    traffic: resolveTraffic(given.traffic),
    emit: { ...EMIT_DEFAULTS, ...given.emit },
  };
  checkCpus(experiment, refusal);
  checkTopology(experiment, refusal);
  checkTraffic(experiment, refusal);
  return experiment;
}

/** The profile of an experiment, with the experiment's own costs in place. */
export function profileOf(experiment: Pick<Experiment, 'profile' | 'costs'>): Profile {
  const profile = findProfile(experiment.profile);
  if (profile === undefined) throw new InputError({ file: 'experiment' }, `unknown profile ${experiment.profile}`);
  return withCosts(profile, experiment.costs);
}

function resolveProfile(given: ParsedExperiment, refusal: Refusal): Profile {
  const id = given.profile ?? EXPERIMENT_DEFAULTS.profile;
  const profile = findProfile(id);
  if (profile === undefined) return refusal.field('profile', `one of ${PROFILES.map((p) => p.id).join(', ')}`, id);
  for (const name of Object.keys(given.costs ?? {})) {
    if (isConstantName(name)) continue;
    const [group] = name.split('.');
    const known = Object.keys(SCALARS).filter((s) => s.startsWith(`${group}.`));
    const hint =
      known.length > 0
        ? known.join(', ')
        : `KEY.packet_ns, .segment_ns or .byte_ns with KEY of ${Object.keys(WORK_COSTS).join(', ')}`;
    refusal.unknown(`costs.${name}`, `allowed: ${hint}`);
  }
  return withCosts(profile, given.costs ?? {});
}

function resolveNic(given: ParsedExperiment['nic'], profile: Profile): Nic {
  const fixed: Moderation = {
    mode: 'fixed',
    usecs: constantOf(profile, 'nic.moderation_us'),
    frames: constantOf(profile, 'nic.moderation_frames'),
  };
  return {
    ...NIC_QUEUE_DEFAULTS,
    ring: constantOf(profile, 'nic.ring'),
    mtu_bytes: constantOf(profile, 'nic.mtu_bytes'),
    moderation: constantOf(profile, 'nic.adaptive') === 1 ? { mode: 'adaptive' } : fixed,
    ...given,
  };
}

function resolveTopology(given: unknown, refusal: Refusal): Topology {
  if (typeof given === 'string') return preset(given, 'topology', refusal);
  if (given !== null && typeof given === 'object' && Object.hasOwn(given, 'base')) {
    const parsed = extendedTopologyShape.safeParse(given);
    if (!parsed.success) return refusal.issues(parsed.error, given, 'topology');
    return extend(preset(parsed.data.base, 'topology.base', refusal), parsed.data.extra, refusal);
  }
  const parsed = wholeTopologyShape.safeParse(given);
  if (!parsed.success) return refusal.issues(parsed.error, given, 'topology');
  return parsed.data;
}

function preset(name: string, field: string, refusal: Refusal): Topology {
  const found = findTopology(name);
  return found ?? refusal.field(field, `one of ${TOPOLOGIES.map((t) => t.name).join(', ')}, or a path as a list`, name);
}

function extend(
  base: Topology,
  extra: readonly { after: string; stage: Topology['stages'][number]; device?: Topology['devices'][number] }[],
  refusal: Refusal,
): Topology {
  const stages = [...base.stages];
  const devices = [...base.devices];
  extra.forEach((added, i) => {
    const at = stages.findIndex((s) => s.id === added.after);
    if (at < 0) {
      refusal.field(`topology.extra.${i}.after`, `one of ${stages.map((s) => s.id).join(', ')}`, added.after);
    }
    stages.splice(at + 1, 0, added.stage);
    if (added.device !== undefined) devices.push(added.device);
  });
  return { ...base, name: `${base.name}+${extra.map((e) => e.stage.id).join('+')}`, devices, stages };
}

function resolveSteering(given: ParsedExperiment['steering'], cpus: number): Steering {
  const all = Array.from({ length: cpus }, (_, cpu) => cpu);
  const policy = given?.stages ?? { policy: 'none' as const };
  const stages: StagePolicy =
    policy.policy === 'falcon' ? { ...FALCON_POLICY_DEFAULTS, loadCpus: all, ...policy } : policy;
  const split = given?.groSplit ?? null;
  return {
    rps: given?.rps ?? [],
    stages,
    groSplit: split === null ? null : { ...GRO_SPLIT_DEFAULTS, ...split },
    steadyLoads: given?.steadyLoads ?? false,
  };
}

function resolveTraffic(given: ParsedExperiment['traffic']): Traffic[] {
  const list: ParsedTraffic[] = given === undefined ? [{ kind: 'udp' }] : Array.isArray(given) ? given : [given];
  return list.map((traffic): Traffic => {
    switch (traffic.kind) {
      case 'udp':
        return { ...UDP_DEFAULTS, ...traffic };
      case 'tcp':
        return { ...TCP_DEFAULTS, ...traffic };
      case 'memcached':
        return { ...MEMCACHED_DEFAULTS, ...traffic };
      case 'web':
        return { ...WEB_DEFAULTS, ...traffic };
    }
  });
}

/** Every CPU that is named anywhere must be in the machine. */
function checkCpus(experiment: Experiment, refusal: Refusal): void {
  const { cpus } = experiment.machine;
  const check = (field: string, list: readonly number[]): void => {
    const wrong = list.findIndex((cpu) => cpu >= cpus);
    if (wrong >= 0) refusal.field(`${field}.${wrong}`, `a CPU of the machine, 0 to ${cpus - 1},`, list[wrong]);
  };
  check('machine.flowLimitCpus', experiment.machine.flowLimitCpus);
  check('nic.irqCpus', experiment.nic.irqCpus);
  experiment.steering.rps.forEach((rule, i) => check(`steering.rps.${i}.cpus`, rule.cpus));
  const { stages, groSplit } = experiment.steering;
  if (stages.policy !== 'none') check('steering.stages.cpus', stages.cpus);
  if (stages.policy === 'falcon') check('steering.stages.loadCpus', stages.loadCpus);
  if (groSplit !== null) check('steering.groSplit.cpus', groSplit.cpus);
  experiment.traffic.forEach((traffic, i) => {
    check(`traffic.${i}.appCpus`, traffic.appCpus);
    if (experiment.topology.cable === 'veth') check(`traffic.${i}.senderCpus`, traffic.senderCpus);
    if (traffic.kind !== 'web') return;
    if (traffic.cacheCpu >= cpus) refusal.field(`traffic.${i}.cacheCpu`, `a CPU of 0 to ${cpus - 1}`, traffic.cacheCpu);
    if (traffic.databaseCpu >= cpus) {
      refusal.field(`traffic.${i}.databaseCpu`, `a CPU of 0 to ${cpus - 1}`, traffic.databaseCpu);
    }
  });
}

function checkTopology(experiment: Experiment, refusal: Refusal): void {
  const { topology, containers } = experiment;
  const names = topology.devices.map((d) => d.name);
  const ids = new Set<string>();
  topology.stages.forEach((stage, i) => {
    const at = `topology.stages.${i}`;
    if (!names.includes(stage.device)) refusal.field(`${at}.device`, `one of ${names.join(', ')}`, stage.device);
    if (ids.has(stage.id)) refusal.field(`${at}.id`, 'an id that no other stage has', stage.id);
    ids.add(stage.id);
    const first = topology.cable === 'nic' ? 'ring' : 'backlog';
    if (i === 0 && stage.entry !== first) {
      refusal.field(`${at}.entry`, `"${first}" for the first stage of a ${topology.cable} cable`, stage.entry);
    }
    if (i > 0 && stage.entry === 'ring') refusal.field(`${at}.entry`, 'an entry other than "ring"', stage.entry);
    stage.work.forEach((work, w) => {
      if (typeof work.cost === 'string' && !Object.hasOwn(WORK_COSTS, work.cost)) {
        refusal.field(`${at}.work.${w}.cost`, `one of ${Object.keys(WORK_COSTS).join(', ')}, or a cost`, work.cost);
      }
    });
  });
  if (topology.maxContainers !== undefined && containers > topology.maxContainers) {
    refusal.field('containers', `at most ${topology.maxContainers} (${topology.title})`, containers);
  }
  const steerable = topology.stages.filter((s) => s.entry !== 'call' && s.entry !== 'ring').map((s) => s.device);
  experiment.steering.rps.forEach((rule, i) => {
    if (!steerable.includes(rule.device)) {
      refusal.field(`steering.rps.${i}.device`, `one of ${[...new Set(steerable)].join(', ')}`, rule.device);
    }
  });
  if (experiment.steering.groSplit !== null && topology.cable !== 'nic') {
    refusal.field('steering.groSplit', 'null, since this path has no NIC poll to split', experiment.steering.groSplit);
  }
}

function checkTraffic(experiment: Experiment, refusal: Refusal): void {
  experiment.traffic.forEach((traffic, i) => {
    for (const protocol of protocolsOf(traffic)) {
      if (!experiment.topology.protocols.includes(protocol)) {
        const allowed = `traffic over ${experiment.topology.protocols.join(' or ').toUpperCase()} (${experiment.topology.title})`;
        refusal.field(`traffic.${i}`, allowed, `${traffic.kind} traffic over ${protocol.toUpperCase()}`);
      }
    }
    if (traffic.kind === 'web') checkWeb(experiment, traffic, `traffic.${i}`, refusal);
    if (traffic.kind === 'memcached') checkMemcached(experiment, traffic, `traffic.${i}`, refusal);
    if (traffic.kind !== 'udp' && traffic.kind !== 'tcp') return;
    traffic.hotspots.forEach((hotspot, h) => {
      const at = `traffic.${i}.hotspots.${h}`;
      if (hotspot.flow !== 'random' && hotspot.flow >= traffic.flows) {
        refusal.field(`${at}.flow`, `a flow of 0 to ${traffic.flows - 1}`, hotspot.flow);
      }
      if (hotspot.to_s <= hotspot.from_s) refusal.field(`${at}.to_s`, `a time after ${hotspot.from_s}`, hotspot.to_s);
      if (typeof traffic.rate_pps === 'string') {
        refusal.field(`${at}`, 'no hotspot where the rate is not fixed', traffic.rate_pps);
      }
    });
    if (traffic.kind === 'tcp' && traffic.window_bytes < traffic.message_bytes) {
      refusal.field(
        `traffic.${i}.window_bytes`,
        `a window of at least one message (${traffic.message_bytes} B)`,
        traffic.window_bytes,
      );
    }
  });
}

function checkMemcached(experiment: Experiment, traffic: MemcachedTraffic, at: string, refusal: Refusal): void {
  if (traffic.clients > traffic.connections) {
    refusal.field(
      `${at}.clients`,
      `at most one client for each of the ${traffic.connections} connections`,
      traffic.clients,
    );
  }
  // memcached takes no UDP request of more than one datagram (doc/protocol.txt).
  const { nic, topology } = experiment;
  const room = nic.mtu_bytes - topology.encapsulation_bytes - IPV4_HEADER_BYTES - UDP_HEADER_BYTES;
  const most = traffic.request_bytes + (traffic.getRatio < 1 ? traffic.object_bytes : 0);
  if (traffic.udpRatio > 0 && most > room) {
    const field = traffic.request_bytes > room ? 'request_bytes' : 'object_bytes';
    refusal.field(`${at}.${field}`, `a request over UDP that fits one datagram of ${room} B`, traffic[field]);
  }
}

function checkWeb(experiment: Experiment, traffic: WebTraffic, at: string, refusal: Refusal): void {
  if (traffic.tiers === 'remote' && experiment.topology.cable === 'veth') {
    refusal.field(`${at}.tiers`, '"local", since a veth cable has no other machine behind it', traffic.tiers);
  }
  const names = new Set<string>();
  traffic.operations.forEach(({ name, assets, asset_bytes }, o) => {
    if (names.has(name)) refusal.field(`${at}.operations.${o}.name`, 'a name that no other operation has', name);
    names.add(name);
    if (assets > 0 && asset_bytes === 0) {
      refusal.field(`${at}.operations.${o}.asset_bytes`, 'a size above 0 where there are assets', asset_bytes);
    }
  });
}

/** Transport protocols that a kind of traffic uses. */
export function protocolsOf(traffic: Traffic): ('udp' | 'tcp')[] {
  switch (traffic.kind) {
    case 'udp':
      return ['udp'];
    case 'tcp':
    case 'web':
      return ['tcp'];
    case 'memcached':
      return traffic.udpRatio === 0 ? ['tcp'] : traffic.udpRatio === 1 ? ['udp'] : ['udp', 'tcp'];
  }
}
