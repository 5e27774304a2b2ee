export * from './units';
export * from './errors';
export * from './diagnostics';
export * from './folders';
export * from './progress';
export * from './random';
