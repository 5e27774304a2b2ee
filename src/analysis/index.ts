export * from './hashCollisions';
export * from './stageMixes';
export * from './rates';
