import { JsonSource } from '../../handling/json-source.js';

/** A fault in what people wrote as JSON: where it is (a JSON pointer, or the item's id) and what is wrong. */
export interface FormFault {
  readonly path: string;
  readonly cause: string;
}

export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly FormFault[] };

/** Reads a JSON document by its members, of which `read` asks for each: all faults at once. */
export function readMembers<T>(json: string, read: (root: Members, fault: (path: string, cause: string) => void) => T): Reading<T> {
  const { faults: broken } = new JsonSource(json);
  if (broken.length > 0) return { ok: false, faults: broken.map(({ line, column, message }) => ({ path: '', cause: `${line}行${column}文字目: ${message}` })) };
  const faults: FormFault[] = [];
  const fault = (path: string, cause: string): void => void faults.push({ path, cause });
  const root = new Members(JSON.parse(json), '', fault);
  const value = read(root, fault);
  root.done();
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value };
}

/** The members of one JSON object, asked for by name. What is missing, of the wrong type or never asked for is reported. */
export class Members {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly asked = new Set<string>();

  constructor(
    value: unknown,
    private readonly path: string,
    private readonly add: (path: string, cause: string) => void,
  ) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) add(path, 'オブジェクト（{ … }）で書いてください');
    this.values = isObject ? (value as Record<string, unknown>) : {};
  }

  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  fault(name: string, cause: string): void {
    this.add(`${this.path}/${name}`, cause);
  }

  /** A text that is not empty. */
  text(name: string): string {
    const text = this.anyText(name);
    if (text === '' && typeof this.values[name] === 'string') this.fault(name, '空です');
    return text;
  }

  anyText(name: string): string {
    const value = this.take(name);
    if (typeof value === 'string') return value;
    this.fault(name, this.has(name) ? '文字列で書いてください' : 'ありません');
    return '';
  }

  optional(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  textOrNull(name: string): string | null {
    return this.take(name) === null ? null : this.text(name);
  }

  /** None where the member is missing. */
  texts(name: string): readonly string[] {
    return this.array(name).map((value, at) => {
      if (typeof value === 'string' && value !== '') return value;
      this.fault(`${name}/${at}`, '文字列で書いてください');
      return '';
    });
  }

  one<T extends string>(name: string, options: readonly T[]): T {
    const value = this.take(name);
    if (!options.includes(value as T)) this.fault(name, `${options.join('、')} のどれかで書いてください`);
    return value as T;
  }

  flag(name: string, otherwise?: boolean): boolean {
    const value = this.take(name) ?? otherwise;
    if (typeof value !== 'boolean') this.fault(name, 'true か false で書いてください');
    return value === true;
  }

  integer(name: string): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.fault(name, '0以上の整数で書いてください');
    return value as number;
  }

  integerOrNull(name: string): number | null {
    if (this.take(name) === null) return null;
    if (!this.has(name)) this.fault(name, 'ありません（限りがなければ null）');
    return this.integer(name) ?? null;
  }

  member(name: string): Members {
    return new Members(this.take(name), `${this.path}/${name}`, this.add);
  }

  list(name: string): readonly Members[] {
    return this.array(name).map((value, at) => new Members(value, `${this.path}/${name}/${at}`, this.add));
  }

  /** The members of the object `name`, each a list of objects. */
  entries(name: string): readonly (readonly [string, readonly Members[]])[] {
    const object = this.member(name);
    return Object.keys(object.values).map((key) => [key, object.list(key)] as const);
  }

  /** Reports what nobody asked for: a word misspelt would silently count as absent. */
  done(): void {
    for (const name of Object.keys(this.values)) if (!this.asked.has(name)) this.fault(name, '知らない語です');
  }

  private take(name: string): unknown {
    this.asked.add(name);
    return this.has(name) ? this.values[name] : undefined;
  }

  private array(name: string): readonly unknown[] {
    const value = this.take(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.fault(name, '配列（[ … ]）で書いてください');
    return [];
  }
}
