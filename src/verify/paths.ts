/** Steering that the checks share: RPS on the NIC, and a Falcon whose flows stay where they were first put. */
export const RPS = [{ device: 'eth0', cpus: [1] }] as const;
export const FALCON = { policy: 'falcon', cpus: [3, 4, 5, 6, 7], balancing: 'static', alwaysOn: true } as const;
