import type { TraceFormat } from './format';
import { flamegraphSvgFormat } from './flamegraphSvg';
import { foldedFormat } from './folded';
import { perfDataFormat } from './perfData';
import { perfScriptFormat } from './perfScript';
import { systemFormats } from './systemFormats';

/**
 * Every format that `openTrace` recognises by itself, the most particular first: formats with a
 * magic number or a fixed header row before those known by the shape of their lines.
 */
export const traceFormats: readonly TraceFormat[] = [
  perfDataFormat,
  flamegraphSvgFormat,
  ...systemFormats,
  perfScriptFormat,
  foldedFormat,
];
