import { paperExperiment, type PaperMode, type Roles } from '../../experiment';
import type { Case } from '../cases';

/** Figures 17 and 18: Cloudsuite web serving and data caching between containers. */

const SEEDS = 3;
/** Rates of operations differ by a few percent: more runs tell them apart. */
const WEB_SEEDS = 5;

/** RPS on a core of its own; the server's four threads and Falcon keep apart (assumed). */
const CACHE_ROLES: Roles = { cpus: 10, irq: [0], rps: [1], app: [2, 3, 4, 5], falcon: [6, 7, 8, 9], groSplit: [6] };

/** RPS on the cores of the web server, since section 6.2 keeps only cache and database apart; Falcon has four others. */
const WEB_ROLES: Roles = {
  cpus: 10,
  irq: [0],
  rps: [2, 3, 4, 5],
  app: [2, 3, 4, 5],
  falcon: [6, 7, 8, 9],
  groSplit: [6],
};

export const APPLICATION_MODES = ['overlay', 'falcon'] as const;
/** Numbers of memcached clients. */
export const CLIENTS = [1, 4, 7, 10] as const;

export function memcachedKey(mode: PaperMode, clients: number): string {
  return `memcached/${mode}-${clients}`;
}

/**
 * How many requests a connection has out. Cloudsuite's loader sends without waiting for responses
 * (memcached_client/worker.c), so that only TCP bounds it; that it gets so far ahead is assumed.
 */
const PIPELINE = 4;

/** Section 6.2: 4 threads, 550 B objects, 100 connections, up to ten client threads. */
export function memcachedCase(mode: PaperMode, clients: number): Case {
  return {
    key: memcachedKey(mode, clients),
    experiment: paperExperiment({
      mode,
      split: false,
      roles: CACHE_ROLES,
      traffic: { kind: 'memcached', clients, pipeline: PIPELINE, appCpus: CACHE_ROLES.app },
      also: { duration_s: 0.15, warmup_s: 0.05 },
    }),
    seeds: SEEDS,
  };
}

export function webKey(mode: PaperMode): string {
  return `web/${mode}`;
}

/**
 * Section 6.2: 200 users, 100 PHP workers, all tiers "connected through Docker overlay networks on top of the 100 Gbps NIC",
 * so cache and database are on the other machine. Users pause for 0.1 s as in Cloudsuite's Web20Driver.java.
 */
export function webCase(mode: PaperMode): Case {
  return {
    key: webKey(mode),
    experiment: paperExperiment({
      mode,
      split: false,
      roles: WEB_ROLES,
      traffic: { kind: 'web', tiers: 'remote', think_s: 0.1, appCpus: WEB_ROLES.app },
      also: { duration_s: 5, warmup_s: 0.5, emit: { interval_s: 0.5 } },
    }),
    seeds: WEB_SEEDS,
  };
}
