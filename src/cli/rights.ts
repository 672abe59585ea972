import { ACCESS_WORDS, STANDING_WORDS, ROLE_LABELS, wordOf } from '../../projections/words.js';
import type { RightView } from '../../projections/registers/staff/query.js';
import { STAFF } from '../access/events.js';
import { UNIT } from '../access/organisation/events.js';
import { evolveUnit, noUnit, type UnitState } from '../access/organisation/unit-state.js';
import { RightApplied, RightFounded } from '../access/rights/events.js';
import { withoutNames } from '../access/staff-state.js';
import type { KnownTerminal } from '../access/terminals/state.js';
import { registry } from '../event-registry.js';
import { isId, streamId } from '../ledger/ids.js';
import { UsageError, type Settings } from '../settings.js';
import { TERMINAL_CLASS_NAMES } from '../walks/terminals.js';
import { ledgerAside } from './data.js';
import type { SectionWords } from './sections.js';
import { table } from './table.js';

export interface Unit {
  readonly unit: string;
  readonly id: string;
  readonly from: string;
  readonly endedOn: string | null;
  readonly successor: string | null;
}

/** The sections that the ledger knows, in the order they were opened, by their codes. */
export async function listUnits(settings: Settings): Promise<readonly Unit[]> {
  const ledger = await ledgerAside(settings);
  try {
    const known = new Map<string, UnitState>();
    for (const recorded of await ledger.readCategory(UNIT)) known.set(recorded.stream, evolveUnit(known.get(recorded.stream) ?? noUnit, withoutNames(registry.decode(recorded))));
    return [...known].map(([stream, { unit, from, endedOn = null, successor = null }]) => ({ unit: unit!, id: streamId(stream), from, endedOn, successor }));
  } finally {
    await ledger.close();
  }
}

export function describeUnits(units: readonly Unit[], sections: SectionWords): string {
  if (units.length === 0) return '部署はまだ登録されていません。部署の符号は自由です。';
  const rows = units.map(({ unit, from, endedOn, successor, id }) => [unit, sections.named(unit) ?? '－', from, endedOn ?? '－', sections.of(successor), id]);
  return table([['符号', '名称', '設置日', '廃止日', '引継ぎ先', '部署ID'], ...rows]).join('\n');
}

/** The id of a section by its code. @throws UsageError */
export async function unitOf(settings: Settings, code: string): Promise<string> {
  const found = (await listUnits(settings)).find(({ unit, id }) => unit === code || id === code);
  if (!found) throw new UsageError('その符号の部署はありません。akashi unit list で確かめられます。');
  return found.id;
}

/** Where the rights of a member of staff, or of a section, are applied for. @throws UsageError */
export async function pathOfHolder(settings: Settings, holder: string): Promise<string> {
  if (!isId(holder)) return `/units/${await unitOf(settings, holder)}`;
  return (await listUnits(settings)).some(({ id }) => id === holder) ? `/units/${holder}` : `/staff/${holder}`;
}

/** Whose right it is, by the id of its application. @throws UsageError */
export async function pathOfRight(settings: Settings, right: string): Promise<string> {
  if (!isId(right)) throw new UsageError('権限は ID（UUID）で指定してください。akashi right list で確かめられます。');
  const ledger = await ledgerAside(settings);
  try {
    for (const [category, path] of [[STAFF, 'staff'], [UNIT, 'units']] as const) {
      for (const recorded of await ledger.readCategory(category)) {
        const { id, type } = registry.decode(recorded);
        if (id === right && (type === RightApplied.type || type === RightFounded.type)) return `/${path}/${streamId(recorded.stream)}`;
      }
    }
  } finally {
    await ledger.close();
  }
  throw new UsageError('その権限はありません。akashi right list で確かめられます。');
}

export function describeRights({ views, next }: { readonly views: readonly RightView[]; readonly next?: string }, sections: SectionWords): string {
  if (views.length === 0) return '該当する権限はありません。';
  const rows = views.map(({ id, name, holder, role, files, affairs = [], access, number, department, from, until, standing }) => [
    id, name ?? holder, wordOf(ROLE_LABELS, role), [...files, ...affairs.map((affair) => `事務:${affair}`)].join(' ') || '－', `${wordOf(ACCESS_WORDS, access)}・番号${number ? 'あり' : 'なし'}`, sections.of(department), until === undefined ? `${from} から` : `${from} から ${until} まで`, STANDING_WORDS[standing],
  ]);
  return [...table([['権限ID', '職員・部署', '役割', 'ファイル・事務', '範囲', '部署', '期間', '状態'], ...rows]), ...(next === undefined ? [] : [`続きがあります: --cursor ${next}`])].join('\n');
}

export function describeTerminals({ terminals }: { readonly terminals: readonly KnownTerminal[] }, sections: SectionWords): string {
  if (terminals.length === 0) return '端末はまだ登録されていません。どの端末からも使えます。';
  const rows = terminals.map(({ code, class: of, department, label, certificates, removed }) => [code, TERMINAL_CLASS_NAMES[of], sections.of(department), label || '－', String(certificates.length), removed ? '除外' : '使用中']);
  return table([['符号', '種類', '部署', '名称・設置場所', '証明書', '状態'], ...rows]).join('\n');
}
