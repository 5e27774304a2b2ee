export * from './hashCollisions';
export * from './stageMixes';
export * from './callGraph';
export * from './stageWork';
export * from './lineRate';
export * from './rates';
export * from './closedForms';
