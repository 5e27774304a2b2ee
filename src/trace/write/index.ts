import type { TraceWriter } from './writer';
import { chromeWriter } from './chrome';
import { firefoxWriter } from './firefox';
import { pprofWriter } from './pprof';
import { speedscopeWriter } from './speedscope';

export type { TraceWriter, WriteOptions } from './writer';
export { chromeWriter } from './chrome';
export { firefoxWriter } from './firefox';
export { pprofWriter } from './pprof';
export { speedscopeWriter } from './speedscope';

/** Writers for the tools of others, by name. */
export const traceWriters: readonly TraceWriter[] = [speedscopeWriter, firefoxWriter, pprofWriter, chromeWriter];
