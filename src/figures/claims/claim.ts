import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../core';

/** How the paper's value relates to the measured one; data/paper/README.md tells when each holds. */
export const RELATIONS = ['approx', 'greater', 'less', 'at-most', 'at-least', 'range', 'ordering'] as const;
export type Relation = (typeof RELATIONS)[number];

const toleranceSchema = z.union([
  z.object({ relative: z.number().nonnegative(), why: z.string().optional() }).strict(),
  z.object({ absolute: z.number().nonnegative(), why: z.string().optional() }).strict(),
]);

/** How far a mean may be from the paper's value: a share of that value, or in its unit. */
export type Tolerance = z.infer<typeof toleranceSchema>;

const claimSchema = z
  .object({
    id: z.string(),
    figure: z.string(),
    section: z.string(),
    statement: z.string(),
    metric: z.string(),
    relation: z.enum(RELATIONS),
    value: z.union([z.number(), z.tuple([z.number(), z.number()]), z.array(z.string()).min(2), z.string()]),
    tolerance: toleranceSchema,
    reading: z.enum(['reached', 'ceiling']).optional(),
    wording: z.enum(['stated', 'inferred']),
    conditions: z.record(z.unknown()),
  })
  .strict();

/**
 * One claim of the paper, in our words. `value` is a number, a range `[low, high]`, or, for an
 * ordering, the labels from low to high or 'increasing' or 'decreasing' along the conditions.
 */
export type Claim = z.infer<typeof claimSchema>;

/** Where the claims are kept, from the compiled and from the source file alike. */
export const CLAIMS_FILE = join(__dirname, '../../../data/paper/claims.json');

/** Reads the claims. @throws InputError that names the claim and the field, if the file is not as it should be. */
export function readClaims(file: string = CLAIMS_FILE): readonly Claim[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw InputError.expected({ file }, 'a JSON list of claims', (error as Error).message);
  }
  const parsed = z.array(claimSchema).safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError({ file }, `claim ${issue.path.join('.')}: ${issue.message}`);
  }
  const seen = new Set<string>();
  for (const claim of parsed.data) {
    if (seen.has(claim.id)) throw new InputError({ file }, `claim id ${claim.id} occurs twice`);
    seen.add(claim.id);
  }
  return parsed.data;
}

/** How wide the tolerance is around a value, in the unit of the value. */
export function slack(claim: Claim, value: number): number {
  return 'relative' in claim.tolerance ? Math.abs(value) * claim.tolerance.relative : claim.tolerance.absolute;
}
