export * from './run';
export * from './manifest';
export * from './loadCapture';
