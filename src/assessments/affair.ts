import type { EventOf } from '../ledger/event-type.js';
import { streamId } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import { ASSESSMENT, AssessmentDrafted, AssessmentPublished, DraftAbandoned } from './events.js';
import type { FormNumber } from './forms/form.js';

interface Known {
  readonly id: string;
  readonly affair: string;
  readonly form: FormNumber;
  readonly number: number;
}

interface Versions {
  /** in the order in which they were begun, without those abandoned */
  readonly begun: readonly Known[];
  /** in the order of publication */
  readonly published: readonly Known[];
  /** of which a version was ever begun */
  readonly affairs: ReadonlySet<string>;
}

async function versionsIn({ store, registry }: Pick<Ledger, 'store' | 'registry'>): Promise<Versions> {
  const begun = new Map<string, Known>();
  const published: Known[] = [];
  const affairs = new Set<string>();
  for (const recorded of await store.readCategory(ASSESSMENT)) {
    const { type, stream, data } = registry.decode(recorded);
    const id = streamId(stream);
    if (type === AssessmentDrafted.type) {
      const drafted = data as EventOf<typeof AssessmentDrafted>['data'];
      begun.set(id, { id, ...drafted });
      affairs.add(drafted.affair);
    }
    if (type === AssessmentPublished.type && begun.has(id)) published.push(begun.get(id)!);
    if (type === DraftAbandoned.type) begun.delete(id);
  }
  return { begun: [...begun.values()], published, affairs };
}

/** Whether an affair is known: some version has been begun for it, whatever came of that, or it is one of those that are written. */
export async function affairsKnown(ledger: Pick<Ledger, 'store' | 'registry'>, written: readonly string[]): Promise<(affair: string) => boolean> {
  const { affairs } = await versionsIn(ledger);
  return (affair) => written.includes(affair) || affairs.has(affair);
}

/** The version of a document that was published last: the one that a new one is made from. */
export async function newestOf(ledger: Pick<Ledger, 'store' | 'registry'>, { affair, form, number }: Omit<Known, 'id'>): Promise<string | undefined> {
  const { published } = await versionsIn(ledger);
  return published.findLast((one) => one.affair === affair && one.form === form && one.number === number)?.id;
}

/** Whether an affair has a published document that another one of this form would stand beside: of the same 様式, or 重点 beside 全項目. */
export async function hasDocument(ledger: Pick<Ledger, 'store' | 'registry'>, affair: string, form: FormNumber): Promise<boolean> {
  const rivals: readonly FormNumber[] = form === '3' || form === '4' ? ['3', '4'] : [form];
  const { published } = await versionsIn(ledger);
  return published.some((one) => one.affair === affair && rivals.includes(one.form));
}

/** The documents that go with one of an affair: of each other 様式 the version published last, or, where none is, the draft begun last. 重点 and 全項目 are never made for one affair both. */
export async function companionsOf(ledger: Pick<Ledger, 'store' | 'registry'>, affair: string, form: FormNumber): Promise<readonly string[]> {
  const { begun, published } = await versionsIn(ledger);
  const others = Map.groupBy(begun.filter((one) => one.affair === affair && one.form !== form), (one) => one.form);
  return [...others.values()].map((versions) => (published.findLast((one) => versions.includes(one)) ?? versions.at(-1)!).id);
}
