export * from './hashCollisions';
export * from './stageMixes';
