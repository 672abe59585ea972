import { Labels } from '../../projections/reports/labels.js';
import { sectionIn, type Section } from '../../projections/reports/sections.js';
import { UNIT } from '../access/organisation/events.js';
import { todayInJapan } from '../codes/plain-date.js';
import { AssessmentPutInForce, DECLARATION, DeclarationProposed, DeclarationPutInForce, ProvisionalPutInForce } from '../declarations/events.js';
import { registry } from '../event-registry.js';
import { readDeclaration } from '../handling/declaration-file.js';
import type { Declaration } from '../handling/declaration.js';
import { isErased } from '../ledger/event-type.js';
import { openSealed } from '../ledger/ledger.js';
import type { Decoded } from '../ledger/registry.js';
import type { Settings } from '../settings.js';
import { openVaultReader } from '../vault/opening.js';
import type { VaultReader } from '../vault/vault.js';
import { ledgerAside } from './data.js';

/** What sections are called, by their codes. */
export interface SectionWords {
  /** the name with its code, as lists print it; a dash for none */
  readonly of: (code: string | null) => string;
  /** the name alone that the organisation has given it; undefined of a section that it has not, or that cannot be opened */
  readonly named: (code: string) => string | undefined;
}

/**
 * The sections by the names that reports have for them: as the organisation calls them today, or as the written items do. The name of an office is no
 * personal information (個人情報保護法第2条第1項), so opening it is no handling. Where the vault cannot be opened from here, there are codes alone.
 */
export async function sectionWords(settings: Settings): Promise<SectionWords> {
  const { sections, declarations } = await namesIn(settings);
  const names = new Map(sections.map(({ code, name }) => [code, name]));
  const labels = new Labels(declarations, sections);
  const isNamed = (code: string): boolean => names.has(code) || declarations.some(({ files }) => files.some(({ items }) => items.department?.values.some((value) => value.code === code)));
  return {
    of: (code) => (code === null ? '－' : isNamed(code) ? `${labels.of('department', code)}（${code}）` : code),
    named: (code) => names.get(code),
  };
}

async function namesIn(settings: Settings): Promise<{ readonly sections: readonly Section[]; readonly declarations: readonly Declaration[] }> {
  const vault = await openVaultReader(settings.vault).catch(() => undefined);
  if (!vault) return { sections: [], declarations: [] };
  try {
    const ledger = await ledgerAside(settings);
    try {
      const [units, written] = [await ledger.readCategory(UNIT), await ledger.readCategory(DECLARATION)].map((all) => all.map((recorded) => registry.decode(recorded)));
      const today = todayInJapan(new Date());
      return { sections: [...Map.groupBy(units!, ({ stream }) => stream).values()].flatMap((known) => sectionIn(known, vault, today) ?? []), declarations: inForce(written!, vault) };
    } finally {
      await ledger.close();
    }
  } finally {
    vault.close();
  }
}

/** The versions that have been put in force. */
function inForce(happened: readonly Decoded[], vault: VaultReader): readonly Declaration[] {
  const versions = new Set(happened.filter(({ type }) => type === DeclarationPutInForce.type).map(({ data }) => data.version));
  const holds = ({ type, data }: Decoded): boolean => type === AssessmentPutInForce.type || type === ProvisionalPutInForce.type || (type === DeclarationProposed.type && versions.has(data.version));
  return happened.filter(holds).flatMap((proposed) => {
    const opened = openSealed(proposed, vault);
    const reading = typeof opened === 'string' || isErased(opened) ? undefined : readDeclaration(opened.document as string);
    return reading?.ok ? [reading.declaration] : [];
  });
}
