import { isPlainDate } from '../codes/plain-date.js';
import { isId } from './ids.js';

/**
 * The types of event fields. Open ones may stand in the ledger unsealed: random ids, codes of closed lists,
 * integers, booleans, dates, and digests of published documents. Everything else is sealed.
 */
export interface Field<T> {
  readonly kind: 'id' | 'code' | 'count' | 'flag' | 'date' | 'instant' | 'digest' | 'text' | 'list' | 'object';
  readonly open: boolean;
  readonly optional: boolean;
  /** members of an object, or the item of a list: for whoever walks the registry */
  readonly inner?: Shape | Field<unknown>;
  /** @throws FieldError at `path`, which is null while nobody keeps track of it */
  check(value: unknown, path: Path): asserts value is T;
}

/** JSON pointer of a value, or null while it is not kept track of. */
type Path = string | null;

export type Shape = { readonly [name: string]: Field<unknown> };

type Required<S extends Shape> = { [K in keyof S]: S[K] extends OptionalField<unknown> ? never : K }[keyof S];
export type ValueOf<F> = F extends Field<infer T> ? T : never;
export type ValuesOf<S extends Shape> = { readonly [K in Required<S>]: ValueOf<S[K]> } & {
  readonly [K in Exclude<keyof S, Required<S>>]?: ValueOf<S[K]>;
};

export interface OptionalField<T> extends Field<T> {
  readonly optional: true;
}

/** Names the place and the kind of fault, never the value. */
export class FieldError extends Error {
  constructor(
    readonly path: string,
    readonly expected: string,
  ) {
    super(`${path} is not ${expected}`);
    this.name = 'FieldError';
  }
}

function field<T>(kind: Field<T>['kind'], open: boolean, expected: string, test: (value: unknown) => boolean): Field<T> {
  return {
    kind,
    open,
    optional: false,
    check(value, path) {
      if (!test(value)) throw new FieldError(path ?? '', expected);
    },
  };
}

export const id = field<string>('id', true, 'a UUID', isId);
export const flag = field<boolean>('flag', true, 'a boolean', (value) => typeof value === 'boolean');
// Shorter than 住民票コード (11 digits) and 個人番号 (12): neither can pass for a count.
const COUNT_BELOW = 1e10;
export const count = field<number>('count', true, 'an integer of at most ten digits', (value) => Number.isSafeInteger(value) && Math.abs(value as number) < COUNT_BELOW);
export const date = field<string>('date', true, 'a plain date', (value) => typeof value === 'string' && isPlainDate(value));
const INSTANT = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
export const instantField = field<string>('instant', true, 'an instant', (value) => typeof value === 'string' && INSTANT.test(value) && isPlainDate(value.slice(0, 10)));
/** SHA-256 of a published document; a digest of anything personal is not to be put here */
export const digest = field<string>('digest', true, 'a SHA-256', (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));

// Neither a run of seven digits nor eight in groups fit into a code, so no number of a person, ticket or ledger can pass for one.
const CODE = /^(?!.*\d{7})(?!.*\d(?:[.:-]?\d){7})[a-z0-9][A-Za-z0-9.:-]{0,63}$/;

// Codes come from closed lists: after a while every one has been seen.
const codesSeen = new Set<string>();
const CODES_SEEN_MAX = 5000;

/** An entry of a list that the written items define. */
export const code = field<string>('code', true, 'a code', isCode);

export function isCode(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  if (codesSeen.has(value)) return true;
  if (!CODE.test(value)) return false;
  if (codesSeen.size < CODES_SEEN_MAX) codesSeen.add(value);
  return true;
}

/** An entry of a list that the program defines. */
export function oneOf<const T extends string>(list: readonly T[]): Field<T> {
  const known = new Set<unknown>(list);
  return field<T>('code', true, `one of ${list.join(', ')}`, (value) => known.has(value));
}

/** Free text, names, numbers: always sealed. Kept exactly as given, well-formed, at most `max` UTF-16 units. */
export function text(max = 2000): Field<string> {
  return field<string>('text', false, 'a text', (value) => typeof value === 'string' && value.length <= max && value.isWellFormed());
}

export function list<T>(item: Field<T>, max = 10_000): Field<readonly T[]> {
  return {
    kind: 'list',
    open: item.open,
    optional: false,
    inner: item,
    check(value, path) {
      if (!Array.isArray(value) || value.length > max) throw new FieldError(path ?? '', 'a list');
      for (let i = 0; i < value.length; i += 1) item.check(value[i], path === null ? null : `${path}/${i}`);
    },
  };
}

export function object<S extends Shape>(shape: S): Field<ValuesOf<S>> {
  return {
    kind: 'object',
    open: Object.values(shape).every((member) => member.open),
    optional: false,
    inner: shape,
    check(value, path) {
      checkMembers(shape, value, path);
    },
  };
}

/** May be left out. There is no `null`: a member is there or not. */
export function optional<T>(inner: Field<T>): OptionalField<T> {
  return { ...inner, optional: true };
}

/** @throws FieldError also for a member that the shape does not name */
export function checkShape(shape: Shape, value: unknown, path: string): void {
  try {
    checkMembers(shape, value, null);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    checkMembers(shape, value, path); // once more, keeping track of the place
  }
}

function checkMembers(shape: Shape, value: unknown, path: Path): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FieldError(path ?? '', 'an object');
  const members = value as { readonly [name: string]: unknown };
  for (const name in shape) {
    const member: Field<unknown> = shape[name]!;
    const given = members[name];
    if (given === undefined) {
      if (!member.optional) throw new FieldError(`${path ?? ''}/${name}`, 'there');
    } else {
      member.check(given, path === null ? null : `${path}/${name}`);
    }
  }
  for (const name in members) if (!Object.hasOwn(shape, name)) throw new FieldError(path ?? '', 'without unregistered members');
}
