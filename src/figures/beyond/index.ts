export * from './hashCollisions';
export * from './coresPerFlow';
