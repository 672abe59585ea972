import type { StandingRule } from '../handling/rules.js';

/** A place in the input and what is wrong with it, in Japanese. Never holds the input itself. */
export interface InputFault {
  /** JSON pointer, header or query name */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** of a document with a form: the item that it is about, and the entries that it stands in, the outermost first */
  readonly item?: string;
  readonly entries?: readonly string[];
}

/**
 * What goes wrong towards a caller (RFC 9457): `code` is stable, `title` Japanese. Nothing of the input is repeated.
 *
 * 400 malformed · 401 no or bad token · 403 refused by the guard · 404 · 409 against the state · 410 erased ·
 * 412 changed meanwhile · 422 not acceptable · 429 · 503 come again
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly extra: { readonly errors?: readonly InputFault[]; readonly detail?: string; readonly [member: string]: unknown } = {},
    /** the rule by which it is a no to somebody's act, to be recorded before the answer */
    readonly refusedBy?: StandingRule,
  ) {
    super(`${code}: ${title}`);
    this.name = 'Problem';
  }
}

/** A decider's no: the act does not fit what has happened so far. */
export function conflict(code: string, title: string): Problem {
  return new Problem(409, code, title);
}

/**
 * A decider's no that is more than a conflict: somebody tried to be their own second person, to decide on what is theirs, or to decide once more
 * on what has been decided (two approvals at once). The answer stays what it is; the walk records the try as it does the guard's no.
 */
export function refused(rule: 'samePerson' | 'self' | 'taken', { status, code, title, extra }: Problem): Problem {
  return new Problem(status, code, title, extra, rule);
}

/** A decider's no: the values are well-formed but cannot be taken. */
export function unacceptable(code: string, title: string, errors?: readonly InputFault[]): Problem {
  return new Problem(422, code, title, errors ? { errors } : {});
}

export function notFound(what = '対象'): Problem {
  return new Problem(404, 'not-found', `${what}が見つかりません`);
}

/** The same, of one place in the input. */
export function unacceptableAt(path: string, code: string, message: string): Problem {
  return unacceptable(code, message, [{ path, code, message }]);
}

/** Nobody is registered under the id at a place, or under one of several. */
export function unknownSubject(path: '/subject' | '/subjects'): Problem {
  return unacceptableAt(path, 'unknown-subject', path === '/subject' ? '登録されていない本人です' : '登録されていない本人が含まれています');
}
