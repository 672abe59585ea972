/** A JSON value as it may stand in the ledger: integers only, no `undefined` inside arrays. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [member: string]: Json | undefined };

/** Thrown when a value has no canonical form. Names the place, never the value. */
export class NotCanonical extends Error {
  constructor(
    readonly path: string,
    readonly reason: 'not-an-integer' | 'lone-surrogate' | 'not-json',
  ) {
    super(`no canonical form at ${path || '/'}: ${reason}`);
    this.name = 'NotCanonical';
  }
}

/** JSON pointer of a value, or null while it is not kept track of. */
type Path = string | null;

/**
 * RFC 8785 canonical JSON, narrowed to what the ledger admits: numbers must be safe integers and
 * strings must be well-formed UTF-16. Members holding `undefined` are left out.
 *
 * @param at JSON pointer of the value within what it is part of
 * @throws NotCanonical naming the JSON pointer of the first member that has no canonical form
 */
export function canonical(value: Json, at = ''): string {
  try {
    return write(value, null);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    return write(value, at); // once more, keeping track of the place: it is wanted only when something is wrong
  }
}

function write(value: Json | undefined, path: Path): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new NotCanonical(path ?? '', 'lone-surrogate');
      return JSON.stringify(value);
    case 'number':
      // `|| 0` folds -0, which RFC 8785 writes as 0.
      if (!Number.isSafeInteger(value)) throw new NotCanonical(path ?? '', 'not-an-integer');
      return String(value || 0);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value as JsonObject, path);
    default:
      throw new NotCanonical(path ?? '', 'not-json');
  }
}

function writeArray(items: readonly Json[], path: Path): string {
  let out = '[';
  for (let i = 0; i < items.length; i += 1) {
    if (i > 0) out += ',';
    out += write(items[i], path === null ? null : `${path}/${i}`);
  }
  return `${out}]`;
}

function writeObject(object: JsonObject, path: Path): string {
  const names = Object.keys(object);
  if (!isSorted(names)) names.sort();
  let out = '{';
  for (const name of names) {
    const member = object[name];
    if (member === undefined) continue;
    if (out.length > 1) out += ',';
    out += quoted.get(name) ?? quote(name, path);
    out += write(member, path === null ? null : `${path}/${escaped(name)}`);
  }
  return `${out}}`;
}

// Members have few names, which come again and again.
const quoted = new Map<string, string>();
const QUOTED_MAX = 2000;

function quote(name: string, path: Path): string {
  if (!name.isWellFormed()) throw new NotCanonical(path ?? '', 'lone-surrogate');
  const text = `${JSON.stringify(name)}:`;
  if (quoted.size < QUOTED_MAX) quoted.set(name, text);
  return text;
}

// Most objects are built in order already; looking costs a tenth of sorting. RFC 8785 orders by UTF-16 unit, as `<` does.
function isSorted(names: readonly string[]): boolean {
  for (let i = 1; i < names.length; i += 1) if (names[i - 1]! > names[i]!) return false;
  return true;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
