import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { Diagnostics, InputError } from '../../src/core';
import { openTrace } from '../../src/trace';
import type { OpenedTrace, OpenTraceOptions } from '../../src/trace';

/** Bytes in chunks of the given sizes, the last size again and again. */
export async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let i = 0; start < bytes.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)];
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

/** A trace in words: the same text means the same metadata, diagnostics and rows. */
export function traceText(trace: OpenedTrace): string {
  const lines = [`format ${trace.format}`];
  for (const [name, value] of trace.metadata) lines.push(`metadata ${name}: ${value}`);
  for (const line of trace.diagnostics.summary()) lines.push(`diagnostic ${line}`);
  for (const [name, table] of Object.entries(trace.tables)) {
    lines.push(`table ${name}: ${table.columnNames.join(' ')}`);
    for (const row of table.rows()) lines.push(JSON.stringify(Object.values(row), infinite));
  }
  return `${lines.join('\n')}\n`;
}

/** JSON has no infinities. */
function infinite(_key: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? String(value) : value;
}

/** As `traceText`, or the message of the InputError. Any other error is a fault of the parser. */
export async function outcomeText(
  input: Uint8Array | AsyncIterable<Uint8Array>,
  options: OpenTraceOptions = {},
): Promise<string> {
  const diagnostics = new Diagnostics();
  try {
    return traceText(await openTrace(input, { name: 'input', run: 'r', diagnostics, ...options }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).not.toContain('\n');
    return `error ${error.message}\n`;
  }
}

/** Compares with a golden file; FALCON_BLESS=1 writes it. */
export function expectGolden(file: string, text: string): void {
  if (process.env.FALCON_BLESS === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file), `${file} is missing: FALCON_BLESS=1 writes it`).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
