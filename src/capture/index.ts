export * from './recordCapture';
export * from './testBed';
export * from './requirements';
