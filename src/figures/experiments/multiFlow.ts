import { paperExperiment, tcpAt, udpStress, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { MULTI_FLOW_ROLES } from './roles';

/** Figure 13: several flows in one container, one client each. */

export const UDP_MODES = ['host', 'overlay', 'falcon'] as const;
export const TCP_MODES = ['host', 'host+', 'overlay', 'falcon'] as const;
/**
 * Numbers of flows; the paper does not state its own. TCP goes further: with few flows the seed decides how many stages
 * meet on a core, and Falcon's gain over the host, which one of the fitted claims tells, levels off only from 16 flows.
 */
export const FLOWS = { udp: [1, 6, 8, 11], tcp: [1, 6, 11, 16] } as const;
export const MULTI_FLOWS = {
  udp: FLOWS.udp.filter((flows) => flows > 1),
  tcp: FLOWS.tcp.filter((flows) => flows > 1),
} as const;
/** Many flows spread more evenly, whatever the seed. */
const seedsFor = (flows: number): number => (flows > 11 ? 4 : 8);
/** TCP's slow start and what it loses has to be over. */
const WARMUP_S = { udp: 0.02, tcp: 0.15 } as const;

export function multiFlowKey(protocol: 'udp' | 'tcp', mode: PaperMode | 'falcon-whole', flows: number): string {
  return `multi-flow/${protocol}-${mode}-${flows}`;
}

export function multiFlowCase(protocol: 'udp' | 'tcp', mode: PaperMode, flows: number): Case {
  const also = { flows, appCpus: MULTI_FLOW_ROLES.app };
  return {
    key: multiFlowKey(protocol, mode, flows),
    experiment: paperExperiment({
      mode,
      roles: MULTI_FLOW_ROLES,
      steadyLoads: true,
      traffic: protocol === 'udp' ? udpStress(16, { ...also, clients: 1 }) : tcpAt('bulk', 4096, also),
      also: { duration_s: 0.03, warmup_s: WARMUP_S[protocol], emit: { interval_s: 0.015 } },
    }),
    seeds: seedsFor(flows),
  };
}

export const WHOLE_FLOWS = 8;
const SPLIT = multiFlowCase('udp', 'falcon', WHOLE_FLOWS);
/** Some UDP flows under Falcon without GRO splitting. */
export const UDP_WHOLE: Case = {
  ...SPLIT,
  key: multiFlowKey('udp', 'falcon-whole', WHOLE_FLOWS),
  experiment: { ...SPLIT.experiment, steering: { ...SPLIT.experiment.steering, groSplit: null } },
};
