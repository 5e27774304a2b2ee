export * from './format';
export { isTracepoint, parseEventLine } from './eventLine';
export type { EventLine } from './eventLine';
export { frameName, parseFrame } from './frameLine';
export type { Frame } from './frameLine';
export { payloadFields } from './payload';
