/** Why a document was not taken in. The values themselves are never repeated. */
export interface Problem {
  /** JSON pointer. */
  readonly path: string;
  readonly code: ProblemCode;
  readonly message: string;
}

export type ProblemCode =
  | 'json'
  | 'wrong-type'
  | 'missing'
  | 'unknown-member'
  | 'unknown-form'
  | 'wrong-edition'
  | 'unknown-item'
  | 'missing-answer'
  | 'not-an-option'
  | 'not-a-tick'
  | 'tick-twice'
  | 'text-without-tick'
  | 'not-a-date'
  | 'not-a-count'
  | 'broken-text'
  | 'not-a-figure'
  | 'too-many'
  | 'lost-without-gap'
  | 'unknown-without-gap'
  | 'no-such-entry'
  | 'empty';

export type Report = (path: string, code: ProblemCode, message: string) => void;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pointer(path: string, member: string | number): string {
  return `${path}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
