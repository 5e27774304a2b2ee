export * from './run';
export * from './simulated';
export * from './manifest';
export * from './loadCapture';
export * from './packedRun';
export * from './runCache';
export * from './sweep';
export * from './inspect';
