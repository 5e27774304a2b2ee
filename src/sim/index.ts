export * from './eventQueue';
export * from './queueing';
export * from './simulate';
