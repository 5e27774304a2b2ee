import { analyticCheck } from './analytic';
import { bottleneckCheck } from './bottleneck';
import type { Check, VerifyLine, VerifyOptions } from './check';
import { VERIFY_DEFAULTS } from './check';
import { conservationCheck } from './conservation';
import { hash32Check, toeplitzCheck } from './hashes';
import { littlesLawCheck } from './littlesLaw';
import { queuesCheck } from './queues';
import { reorderingCheck } from './reordering';

/** All checks, in the order in which they are printed. */
export const CHECKS: readonly Check[] = [
  queuesCheck,
  littlesLawCheck,
  conservationCheck,
  bottleneckCheck,
  analyticCheck,
  reorderingCheck,
  toeplitzCheck,
  hash32Check,
];

/** Runs all checks, line by line: closed forms and identities against the simulator. About half a minute. */
export function* verify(options: Partial<VerifyOptions> = {}): Generator<VerifyLine, void, undefined> {
  for (const check of CHECKS) yield* check.run({ ...VERIFY_DEFAULTS, ...options });
}
