import type { Command } from 'commander';
import { registerCapture } from './capture';
import { registerCollapse } from './collapse';
import { registerConvert } from './convert';
import { registerFigures } from './figures';
import { registerInspect } from './inspect';
import { registerJourneys } from './journeys';
import { registerSimulate } from './simulate';
import { registerVerify } from './verify';

/**
 * A command of `falcon-lab`: one file each, thin. It declares its arguments here and imports what it
 * needs inside its action, so that `--help` and `collapse` start fast.
 */
export type RegisterCommand = (program: Command) => void;

/** In the order of `--help`. */
export const commands: readonly RegisterCommand[] = [
  registerCollapse,
  registerConvert,
  registerJourneys,
  registerCapture,
  registerFigures,
  registerInspect,
  registerSimulate,
  registerVerify,
];
