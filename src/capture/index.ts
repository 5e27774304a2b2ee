export { recordCapture } from './recordCapture';
export type { CaptureOptions } from './recordCapture';
export { TestBed } from './testBed';
export { checkRequirements } from './requirements';
