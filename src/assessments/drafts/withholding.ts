import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { Occasion } from '../../walks/context.js';
import { conflict, refused, unacceptable, type InputFault } from '../../walks/problem.js';
import type { WithholdItems } from '../commands.js';
import { ItemsWithheld, type WITHHELD_FOR } from '../events.js';
import type { Form, Position } from '../forms/form.js';
import { placeOf } from '../forms/places.js';
import { formOfVersion } from './document.js';
import { entriesIn, pathTo, placeAt } from './entries.js';
import type { Version } from './state.js';

/** Why a part is not made public, as 根拠資料 prints it (規則第13条、指針). */
const GROUND_LABELS: { readonly [ground in (typeof WITHHELD_FOR)[number]]: string } = { security: '公表することにセキュリティ上のリスクがある（規則第13条）', investigation: '犯罪の捜査等の事務（規則第13条）' };

interface Place {
  readonly item: string;
  readonly entries: readonly string[];
}

/** What is not made public of a version: decided of content that stands, so that nothing is written behind it; each time all of it anew. The commission is given the whole (規則第13条). */
export function withholdItems({ items, revision, reason }: WithholdItems, version: Version, { person }: Occasion): readonly NewDomainEvent[] {
  if (!version.drafted || version.abandoned) throw conflict('not-drafted', 'この版はまだ作られていないか、取りやめられています');
  if (!version.steps.decision && !version.published) throw conflict('not-decided', '公表しない部分は、決裁された内容について決めます。先に決裁してください');
  if (revision !== (version.withheld?.revision ?? 0)) throw conflict('item-changed', 'ほかの人が公表しない部分を先に決めています。読み直してください');
  if (reason === undefined) throw unacceptable('reason-required', '公表しない部分の決定には理由が必要です（ないとする決定も同じです）');
  const form = formOfVersion(version);
  const cells = items.map(({ item, entries = [], ground }) => ({ item, entries, ground }));
  const faults = cells.flatMap((cell, at): readonly InputFault[] => (isPlace(form, version, cell) ? [] : [{ path: `/items/${at}/item`, code: 'unknown-item', message: 'この版の様式にない項目か、繰返しの指定が違います' }]));
  if (faults.length > 0) throw unacceptable('unknown-items', '公表しない部分の指定に誤りがあります', faults); // what was meant would be made public
  if (version.writers.has(person)) throw refused('samePerson', conflict('same-person', 'この版に書いた本人は、公表しない部分を決められません。別の職員が決めてください'));
  return [event(ItemsWithheld, { revision: revision + 1, cells }, { reason })];
}

/** A cell, a block or a section: everywhere where no entry is named, or in the one that the entries lead to. */
function isPlace(form: Form, { entries: known }: Version, { item, entries }: Place): boolean {
  const place = placeOf(form, item);
  if (!place || entries.length === 0) return place !== undefined;
  const isEntry = place.repeat !== undefined && entries.length === place.repeats.length + 1 && known.byId.get(entries.at(-1)!)?.repeat === item && pathTo(known, entries.at(-1)!)?.join(' ') === entries.join(' ');
  return isEntry || placeAt(form, known, item, entries) !== undefined;
}

/** Whether somebody has yet to say what is not made public: the version that it was made from withholds parts and nobody has said so of this one, or an entry that was withheld has gone, and may have come back as another. */
export function isWithholdingOpen({ withheld, entries: known }: Version, base: Pick<Version, 'withheld'> | undefined): boolean {
  if (withheld === null) return (base?.withheld?.cells.length ?? 0) > 0;
  return withheld.cells.some(({ entries }) => entries.some((entry) => !known.byId.has(entry)));
}

/** One part of the form that its public edition does not show. */
export interface Withheld {
  readonly itemId: string;
  readonly at?: readonly Position[];
  readonly why: string;
}

/** The parts that are withheld, by where they are printed. An entry that is gone has nothing to withhold. */
export function withheldIn({ withheld, entries: known }: Version): readonly Withheld[] {
  return (withheld?.cells ?? []).flatMap(({ item, entries, ground }): readonly Withheld[] => {
    const why = [GROUND_LABELS[ground], withheld!.reason].filter(Boolean).join('　');
    if (entries.length === 0) return [{ itemId: item, why }];
    if (entries.some((entry) => !known.byId.has(entry))) return [];
    const at = entries.map((entry) => {
      const { repeat, within } = known.byId.get(entry)!;
      return { repeat, index: entriesIn(known, repeat, within).indexOf(entry) + 1 };
    });
    return [{ itemId: item, at, why }];
  });
}
