import { isCode } from '../../ledger/fields.js';

/** A value as people and the ledger have it: a whole number in the unit of its setting, a yes or no, the name of a choice, a list of codes. */
export type SettingValue = number | boolean | string | readonly string[];

export type TunableKind = 'whole' | 'minutes' | 'flag' | 'choice' | 'codes';

/** One value of the policy: what it is called, what it is when nobody has changed it, and how far it may be changed. */
export interface Tunable<V> {
  readonly kind: TunableKind;
  /** Japanese, as the table of settings and messages have it */
  readonly label: string;
  /** Japanese; empty where there is none */
  readonly unit: string;
  readonly default: SettingValue;
  /** as people have it, both inclusive: of whole numbers and minutes; beyond either the policy would be weaker than its source allows, or of no use */
  readonly floor?: number;
  readonly ceiling?: number;
  /** the names of a choice, or the codes that a list may hold; any code where a list names none */
  readonly of?: readonly string[];
  /** whose codes a list holds where the written items name them: no other is proposed */
  readonly names?: 'files';
  /** where floor and ceiling come from; `[practice]` where no source says a number. Shown to whoever goes past them */
  readonly source: string;
  /** What is wrong with a value, in Japanese; nothing when it will do. */
  fault(value: unknown): string | undefined;
  /** From what people have to what the engine goes by, and back. */
  toPolicy(value: SettingValue): V;
  toSetting(value: V): SettingValue;
}

interface Described {
  readonly label: string;
  readonly source: string;
}
interface Bounded extends Described {
  readonly unit: string;
  readonly default: number;
  readonly floor: number;
  readonly ceiling: number;
}

const MINUTE_MS = 60_000;

function bounded(kind: 'whole' | 'minutes', scale: number, told: Bounded): Tunable<number> {
  const { floor, ceiling, unit } = told;
  return {
    ...told, kind,
    fault: (value) => (Number.isSafeInteger(value) && (value as number) >= floor && (value as number) <= ceiling ? undefined : `${floor}${unit}から${ceiling}${unit}までの整数で指定してください`),
    toPolicy: (value) => (value as number) * scale,
    toSetting: (value) => value / scale,
  };
}

/** A whole number in some unit. */
export function whole(told: Bounded): Tunable<number> {
  return bounded('whole', 1, told);
}

/** A time: minutes for people and the ledger, milliseconds for the engine. Its member ends in `Ms`, its path in `Minutes`. */
export function minutes(told: Omit<Bounded, 'unit'>): Tunable<number> {
  return bounded('minutes', MINUTE_MS, { ...told, unit: '分' });
}

export function flag(told: Described & { readonly default: boolean }): Tunable<boolean> {
  return {
    ...told, kind: 'flag', unit: '',
    fault: (value) => (typeof value === 'boolean' ? undefined : 'true か false で指定してください'),
    toPolicy: (value) => value as boolean,
    toSetting: (value) => value,
  };
}

/** One of several named values, such as how rights come about. A value that has no name, as tests may give, is `other`. */
export function choice<V>({ among, ...told }: Described & { readonly default: string; readonly among: { readonly [name: string]: V } }): Tunable<V> {
  const names = Object.keys(among);
  return {
    ...told, kind: 'choice', unit: '', of: names,
    fault: (value) => (names.includes(value as string) ? undefined : `${names.join('、')} のどれかで指定してください`),
    toPolicy: (value) => among[value as string]!,
    toSetting: (value) => names.find((name) => among[name] === value) ?? 'other',
  };
}

const CODES_MAX = 100;

/** A list of codes, each of them once: out of a closed list where one is named. */
export function codes<const C extends string>(told: Described & { readonly default: readonly C[]; readonly of?: readonly C[]; readonly atLeast?: number; readonly names?: 'files' }): Tunable<readonly C[]> {
  const { of, atLeast = 0 } = told;
  const isOne = (value: unknown): boolean => (of ? of.includes(value as C) : isCode(value));
  return {
    ...told, kind: 'codes', unit: '',
    fault: (value) => {
      const fits = Array.isArray(value) && value.length >= atLeast && value.length <= CODES_MAX && new Set(value).size === value.length && value.every(isOne);
      return fits ? undefined : `${of ? `${of.join('、')} の中から` : '符号を'}${atLeast}件以上${CODES_MAX}件まで、重ねずに指定してください`;
    },
    toPolicy: (value) => value as readonly C[],
    toSetting: (value) => value,
  };
}

/** Groups of tunables, as deep as it takes. */
export interface TunableTable {
  readonly [member: string]: Tunable<unknown> | TunableTable;
}

/** The policy that a table describes: its shape, with the engine's values. */
export type PolicyOf<T> = T extends Tunable<infer V> ? V : { readonly [member in keyof T]: PolicyOf<T[member]> };

export function isTunable(entry: Tunable<unknown> | TunableTable): entry is Tunable<unknown> {
  return typeof entry.kind === 'string';
}

/** A tunable with the code that people and the ledger name it by (`session.idleMinutes`) and the members that lead to it. */
export interface Setting {
  readonly path: string;
  readonly members: readonly string[];
  readonly tunable: Tunable<unknown>;
}

/** Every tunable of a table, by its path, in the order of the table. */
export function settingsOf(table: TunableTable, above: readonly string[] = []): ReadonlyMap<string, Setting> {
  return new Map(Object.entries(table).flatMap(([member, entry]): readonly (readonly [string, Setting])[] => {
    const members = [...above, member];
    if (!isTunable(entry)) return [...settingsOf(entry, members)];
    const path = members.join('.').replace(/Ms$/, 'Minutes');
    return [[path, { path, members, tunable: entry }]];
  }));
}

/** The policy of a table when nobody has changed anything. */
export function defaultsOf<T extends TunableTable>(table: T): PolicyOf<T> {
  let policy: object = {};
  for (const { members, tunable } of settingsOf(table).values()) policy = withValue(policy, members, tunable.toPolicy(tunable.default));
  return policy as PolicyOf<T>;
}

/** The same policy with another value in one place. */
export function withValue<P extends object>(policy: P, [member, ...rest]: readonly string[], value: unknown): P {
  const below = (policy as Readonly<Record<string, object | undefined>>)[member!];
  return { ...policy, [member!]: rest.length === 0 ? value : withValue(below ?? {}, rest, value) };
}

export function valueAt(policy: object, members: readonly string[]): unknown {
  return members.reduce<unknown>((at, member) => (at as Readonly<Record<string, unknown>>)[member], policy);
}
