import type { Traffic } from '../../experiment';
import type { Machine } from '../machine';
import { MemcachedWorkload } from './memcached';
import { TcpWorkload } from './tcp';
import { UdpWorkload } from './udp';
import { WebWorkload } from './web';
import type { Workload } from './workload';

/** Builds the workload of a kind of traffic. */
export function createWorkload(machine: Machine, number: number, traffic: Traffic): Workload {
  switch (traffic.kind) {
    case 'udp':
      return new UdpWorkload(machine, number, traffic);
    case 'tcp':
      return new TcpWorkload(machine, number, traffic);
    case 'memcached':
      return new MemcachedWorkload(machine, number, traffic);
    case 'web':
      return new WebWorkload(machine, number, traffic);
  }
}
