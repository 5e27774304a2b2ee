export * from './hashCollisions';
export * from './stageMixes';
export * from './callGraph';
export * from './rates';
export * from './closedForms';
