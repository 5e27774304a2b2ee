export * from './hashCollisions';
export * from './stageMixes';
export * from './rates';
export * from './closedForms';
