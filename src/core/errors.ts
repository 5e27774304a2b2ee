/** Where in an input something was found wrong. Lines count from 1, bytes from 0. */
export interface InputPlace {
  /** File name, or what stands for one: `<stdin>`, `<bytes>`. */
  readonly file: string;
  readonly line?: number;
  readonly byte?: number;
}

/**
 * Input that cannot be used. The message is one line and complete by itself:
 * `file:line: expected …, saw …`. The command line prints it without a stack trace and exits with 1.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: InputPlace;

  constructor(place: InputPlace, problem: string) {
    super(`${formatPlace(place)}: ${oneLine(problem)}`);
    this.place = place;
  }

  /** The usual shape of such a problem. */
  static expected(place: InputPlace, expected: string, seen: string): InputError {
    return new InputError(place, `expected ${expected}, saw ${seen}`);
  }
}

export function formatPlace(place: InputPlace): string {
  if (place.line !== undefined) return `${place.file}:${place.line}`;
  if (place.byte !== undefined) return `${place.file}: byte ${place.byte}`;
  return place.file;
}

/** Quotes untrusted text for a message: control characters made visible, at most `limit` characters. */
export function quote(text: string, limit = 80): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return JSON.stringify(cut);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
