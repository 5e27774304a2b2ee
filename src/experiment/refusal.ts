import type { z } from 'zod';
import { InputError, quote } from '../core';

/** Names the field, what was found there and what is allowed. */
export class Refusal {
  constructor(private readonly file: string) {}

  /** @throws InputError always */
  field(path: string, allowed: string, seen: unknown): never {
    throw InputError.expected({ file: this.file }, `${allowed} in field ${path}`, show(seen));
  }

  /** @throws InputError always */
  unknown(path: string, hint: string): never {
    throw new InputError({ file: this.file }, `unknown field ${path} (${hint})`);
  }

  /** @throws InputError for the most telling of zod's issues */
  issues(error: z.ZodError, input: unknown, root = ''): never {
    const issue = mostTelling(error.issues);
    const path = [...(root === '' ? [] : [root]), ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const name = [...path, issue.keys[0]].map(String).join('.');
      return this.unknown(name, issue.message);
    }
    return this.field(path.map(String).join('.') || '(whole)', allowed(issue), valueAt(input, issue.path));
  }
}

/** A union reports what each alternative disliked; the one that came furthest is what the user meant. */
function mostTelling(issues: readonly z.ZodIssue[]): z.ZodIssue {
  const issue = issues.find((i) => i.code === 'unrecognized_keys') ?? issues[0];
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.unionErrors.map((e) => mostTelling(e.issues));
  return inner.reduce((best, next) => (depth(next) > depth(best) ? next : best));
}

function depth(issue: z.ZodIssue): number {
  return issue.path.length * 2 + (issue.code === 'invalid_type' ? 0 : 1);
}

function allowed(issue: z.ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'integer'
        ? 'a whole number'
        : `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'too_small':
      if (issue.type !== 'number') return issue.message;
      return `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return issue.type === 'number' ? `a number of at most ${issue.maximum}` : issue.message;
    case 'invalid_enum_value':
      return `one of ${issue.options.join(', ')}`;
    case 'invalid_literal':
      return JSON.stringify(issue.expected);
    case 'invalid_union_discriminator':
      return `one of ${issue.options.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value = input;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quote(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
