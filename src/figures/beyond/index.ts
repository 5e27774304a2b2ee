export * from './hashCollisions';
export * from './coresPerFlow';
export * from './bottleneck';
export * from './pipeliningBorder';
export * from './dynamicSplitting';
