export * from './eventQueue';
export * from './queueing';
