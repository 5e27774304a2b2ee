import type { Command } from 'commander';
import { registerCalibrate } from './calibrate';
import { registerCapture } from './capture';
import { registerClaims } from './claims';
import { registerCollapse } from './collapse';
import { registerConvert } from './convert';
import { registerDiagnose } from './diagnose';
import { registerFigures } from './figures';
import { registerInspect } from './inspect';
import { registerJourneys } from './journeys';
import { registerScript } from './script';
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
  registerScript,
  registerConvert,
  registerJourneys,
  registerCapture,
  registerFigures,
  registerClaims,
  registerCalibrate,
  registerInspect,
  registerDiagnose,
  registerSimulate,
  registerVerify,
];
