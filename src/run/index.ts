export * from './run';
export * from './simulated';
export * from './manifest';
export * from './loadCapture';
