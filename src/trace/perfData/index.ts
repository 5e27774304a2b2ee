export { asPerfScript, perfDataFormat, perfDataFormatWith, perfDataScript } from './format';
export { perfDataText } from './script';
export type { PerfDataOptions, PerfDataText } from './script';
export type { SymbolOptions } from './symbolizer';
