import type { Declaration, DeclaredFile, LegalGround, Recipient } from './declaration.js';
import { RULES, type Rule } from './rules.js';

export interface CompiledFile {
  readonly written: DeclaredFile;
  readonly allowed: ReadonlyMap<Rule, ReadonlySet<string>>;
  readonly recipients: ReadonlyMap<string, Recipient>;
  readonly transferees: ReadonlyMap<string, Recipient>;
  readonly numberClasses: ReadonlySet<string>;
}

export interface CompiledVersion {
  readonly declaration: Declaration;
  /** instant of the day's beginning in Japan */
  readonly from: string;
  readonly files: ReadonlyMap<string, CompiledFile>;
  readonly grounds: ReadonlyMap<string, Validity>;
  /** every code that the version writes */
  readonly codes: ReadonlySet<string>;
}

/** From and before which instant a row of law is valid. */
interface Validity {
  readonly kind: LegalGround['kind'];
  readonly from: string;
  readonly before: string | undefined;
  /** until which instant it stood under an earlier number; none when it never did */
  readonly formerBefore: string | undefined;
}

export function compile(declaration: Declaration): CompiledVersion {
  const byCode = <T extends { readonly code: string }>(rows: readonly T[]): ReadonlyMap<string, T> => new Map(rows.map((row) => [row.code, row]));
  const files = declaration.files.map((written): [string, CompiledFile] => [
    written.code,
    {
      written,
      allowed: new Map(RULES.flatMap((rule) => (written.items[rule] ? [[rule, new Set(written.items[rule].values.map(({ code }) => code))] as const] : []))),
      recipients: byCode(written.recipients),
      transferees: byCode(written.transferees),
      numberClasses: new Set(written.numberClasses),
    },
  ]);
  return { declaration, from: startOfDay(declaration.effectiveFrom), files: new Map(files), grounds: new Map(declaration.legalGrounds.map(validity)), codes: new Set(codesOf(declaration)) };
}

function* codesOf({ affair, systems, legalGrounds, files }: Declaration): Iterable<string> {
  for (const { code } of [affair, ...systems, ...legalGrounds]) yield code;
  for (const { code, items, recipients, transferees, numberClasses, numberItem } of files) {
    yield* [code, numberItem, ...numberClasses];
    for (const item of Object.values(items)) for (const value of item.values) yield value.code;
    for (const to of [...recipients, ...transferees]) yield* [to.code, ...to.grounds, ...to.information, ...to.methods];
  }
}

/** A ground that had another number before was a ground before. */
function validity({ code, kind, from, until, former }: LegalGround): [string, Validity] {
  return [code, { kind, from: startOfDay(from), formerBefore: former && startOfDay(former.until, 1), before: until === undefined ? undefined : startOfDay(until, 1) }];
}

/** The instant at which a day begins in Japan, `plus` days later. */
export function startOfDay(date: string, plus = 0): string {
  return new Date(Date.parse(`${date}T00:00:00+09:00`) + plus * 86_400_000).toISOString();
}
