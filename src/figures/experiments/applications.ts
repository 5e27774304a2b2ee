import { paperExperiment, type PaperMode } from '../../experiment';
import type { Case } from '../cases';

/** Figures 17 and 18: Cloudsuite web serving and data caching between containers. */

const SEEDS = 3;

export const APPLICATION_MODES = ['overlay', 'falcon'] as const;
/** Numbers of memcached clients. */
export const CLIENTS = [1, 2, 4, 6, 8, 10] as const;

export function memcachedKey(mode: PaperMode, clients: number): string {
  return `memcached/${mode}-${clients}`;
}

/** Section 6.2: 4 threads, 550 B objects, 100 connections, up to ten client threads. */
export function memcachedCase(mode: PaperMode, clients: number): Case {
  return {
    key: memcachedKey(mode, clients),
    experiment: paperExperiment({
      mode,
      split: false,
      traffic: { kind: 'memcached', clients },
      also: { machine: { cpus: 10 }, duration_s: 0.3, warmup_s: 0.1 },
    }),
    seeds: SEEDS,
  };
}

export function webKey(mode: PaperMode): string {
  return `web/${mode}`;
}

/** Section 6.2: 200 users, 100 PHP workers, cache and database on two cores of their own. */
export function webCase(mode: PaperMode): Case {
  return {
    key: webKey(mode),
    experiment: paperExperiment({
      mode,
      split: false,
      traffic: { kind: 'web' },
      also: { machine: { cpus: 10 }, duration_s: 4, warmup_s: 1, emit: { interval_s: 0.5 } },
    }),
    seeds: SEEDS,
  };
}
