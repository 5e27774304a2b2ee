import { resolveExperiment } from '../experiment';
import type { Experiment } from '../experiment';
import { cpusOfMask } from '../kernel';
import type { CaptureManifest } from './manifest';

/** Devices of the receiving side as the manifest names them → as the topology of the test bed does. */
const DEVICES: ReadonlyMap<string, string> = new Map([
  ['hostB/eth0', 'eth0'],
  ['hostB/vxlan0', 'vxlan0'],
  ['ctrB/eth0', 'veth0'],
]);

/**
 * The throughput load of a capture as an experiment, so that a simulation can be put beside it: same path, CPUs,
 * RPS, protocol and message size, on the cost profile of the test bed.
 * Undefined if the manifest does not say enough, or names a device that the test bed does not have.
 * @throws InputError if it says something impossible, such as a CPU that the machine does not have
 */
export function captureExperiment(manifest: CaptureManifest): Experiment | undefined {
  const { id, mode, protocol, messageBytes, cpus, placement, rpsCpuMask } = manifest;
  const { sender, receiver } = placement ?? {};
  if (mode === undefined || protocol === undefined || messageBytes === undefined) return undefined;
  if (cpus === undefined || sender === undefined || receiver === undefined) return undefined;
  const rules = Object.entries(rpsCpuMask ?? {})
    .map(([device, mask]) => ({ device: DEVICES.get(device), cpus: cpusOfMask(mask) }))
    .filter((rule) => rule.cpus.length > 0);
  if (rules.some((rule) => rule.device === undefined)) return undefined;
  const experiment = {
    name: id,
    profile: 'linux-6.18-testbed',
    topology: `testbed-${mode}`,
    machine: { cpus },
    nic: { queues: 1, irqCpus: [sender] },
    steering: { rps: rules },
    traffic: {
      kind: protocol,
      message_bytes: messageBytes,
      rate_pps: protocol === 'udp' ? 'stress' : 'bulk',
      appCpus: [receiver],
      senderCpus: [sender],
    },
  };
  return resolveExperiment(experiment, { file: `manifest of ${id}` });
}
