import type { EventOf } from '../ledger/event-type.js';
import { streamId } from '../ledger/ids.js';
import type { Ledger } from '../ledger/ledger.js';
import { ASSESSMENT, AssessmentDrafted, AssessmentPublished, DraftAbandoned } from './events.js';
import type { FormNumber } from './forms/form.js';

/** The documents that go with one of an affair: of each other 様式 the version published last, or, where none is, the draft begun last. 重点 and 全項目 are never made for one affair both. */
export async function companionsOf({ store, registry }: Pick<Ledger, 'store' | 'registry'>, affair: string, form: FormNumber): Promise<readonly string[]> {
  const drafts = new Map<string, FormNumber>();
  const published: string[] = [];
  for (const recorded of await store.readCategory(ASSESSMENT)) {
    const { type, stream, data } = registry.decode(recorded);
    const id = streamId(stream);
    if (type === AssessmentDrafted.type) {
      const drafted = data as EventOf<typeof AssessmentDrafted>['data'];
      if (drafted.affair === affair && drafted.form !== form) drafts.set(id, drafted.form);
    }
    if (type === AssessmentPublished.type && drafts.has(id)) published.push(id);
    if (type === DraftAbandoned.type) drafts.delete(id);
  }
  return [...Map.groupBy(drafts.keys(), (id) => drafts.get(id)!).values()].map((ids) => published.findLast((id) => ids.includes(id)) ?? ids.at(-1)!);
}
