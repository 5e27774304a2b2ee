import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError, quote } from '../core';

/** `manifest.json` of a capture folder. Fields that are not named here are kept in the run's provenance. */
const fileSchema = z
  .object({
    name: z.string(),
    /** Files of one phase were recorded under one load. */
    phase: z.string().optional(),
    repeat: z.number().int().positive().optional(),
    namespace: z.string().optional(),
    about: z.string().optional(),
  })
  .passthrough();

const manifestSchema = z
  .object({
    schema: z.literal('falcon-lab/capture/1'),
    id: z.string().min(1),
    recorded: z.string().optional(),
    kernel: z.string().optional(),
    cpus: z.number().int().positive().optional(),
    cpuModel: z.string().optional(),
    mode: z.enum(['host', 'overlay']).optional(),
    protocol: z.enum(['udp', 'tcp']).optional(),
    messageBytes: z.number().positive().optional(),
    /** Network namespace whose sockets receive the load. */
    receiverNamespace: z.string().optional(),
    placement: z.record(z.number()).optional(),
    /** Hexadecimal, in groups of 32 bits apart by commas. */
    rpsCpuMask: z.record(z.string().regex(/^[0-9a-f]{1,8}(,[0-9a-f]{1,8})*$/i, 'not a CPU mask')).optional(),
    files: z.array(fileSchema).default([]),
  })
  .passthrough();

export type CaptureManifest = z.infer<typeof manifestSchema>;
export type CaptureFile = z.infer<typeof fileSchema>;

export const MANIFEST = 'manifest.json';

/**
 * Reads the manifest of a capture folder; undefined if there is none.
 * @throws InputError if it is not JSON or a field is not what it must be
 */
export async function readManifest(folder: string): Promise<CaptureManifest | undefined> {
  const file = join(folder, MANIFEST);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InputError({ file }, error.message);
  });
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw InputError.expected({ file }, 'JSON', (error as Error).message);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    { file },
    `${issue.path.join('.') || 'manifest'}: ${issue.message} (${quote(text.slice(0, 40))})`,
  );
}

/** One line for captions: what was measured, where, and how it was steered. */
export function summarize(id: string, manifest: CaptureManifest | undefined): string {
  if (manifest === undefined) return `captured: ${id} (no manifest)`;
  const { mode, protocol, messageBytes, kernel, cpus, cpuModel, recorded, rpsCpuMask } = manifest;
  const load = [protocol?.toUpperCase(), messageBytes === undefined ? undefined : `${messageBytes} B`];
  const rps = Object.entries(rpsCpuMask ?? {}).filter(([, mask]) => !/^[0,]*$/.test(mask));
  const facts = [
    mode,
    load.filter((x) => x !== undefined).join(' ') || undefined,
    rps.length === 0 ? undefined : `RPS ${rps.map(([device, mask]) => `${device} → CPU mask ${mask}`).join(', ')}`,
    kernel === undefined ? undefined : `Linux ${kernel}`,
    cpus === undefined ? undefined : `${cpus} CPUs${cpuModel === undefined ? '' : `, ${cpuModel}`}`,
    recorded,
  ];
  return `captured: ${facts.filter((x) => x !== undefined).join(', ')}`;
}
