import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamName } from '../../src/ledger/ids.js';
import {
  EXPORT, ExportApproved, ExportEnded, ExportErased, ExportMade, ExportPassphraseTold, ExportRejected, ExportRequested, ExportShortened, OutputOverdue, PRINT, PrintDisposed, PrintProduced, TAKE_OUT, TakeOutApproved, TakeOutLost,
  TakeOutRejected, TakeOutRequested, TakeOutReturned, TakenOut,
} from '../../src/outputs/events.js';
import { STAFF, type Teller } from './town.js';

/** What may come to each kind of output after its beginning. */
export const OUTPUT_STEPS: { readonly [category in typeof PRINT | typeof EXPORT | typeof TAKE_OUT]: readonly NewDomainEvent[] } = {
  [PRINT]: [event(PrintDisposed, { how: 'shredded', sheets: 2 }, {}), event(OutputOverdue, { due: '2026-11-27' }, {})],
  [EXPORT]: [
    event(ExportApproved, { until: '2026-11-30', rows: 10, number: false }, {}), event(ExportRejected, {}, {}), event(ExportPassphraseTold, {}, {}), event(ExportMade, { rows: 2, withheld: 1, position: 7 }, {}),
    event(ExportEnded, { rows: 2, outcome: 'complete' }, {}), event(ExportShortened, { until: '2026-11-25' }, {}), event(ExportErased, { how: 'erased' }, {}), event(OutputOverdue, { due: '2026-11-30' }, {}),
  ],
  [TAKE_OUT]: [
    event(TakeOutApproved, {}, {}), event(TakeOutRejected, {}, {}), event(TakenOut, {}, {}), event(TakeOutReturned, { persons: 3, complete: true }, {}), event(TakeOutLost, { on: '2026-11-20' }, { circumstances: '架空の電車の中' }),
    event(OutputOverdue, { due: '2026-11-22' }, {}),
  ],
};

/** Something that happens to a print, an export or a take-out. */
export async function output(town: Teller, begun: { readonly id: string; readonly category: keyof typeof OUTPUT_STEPS }[], subjects: readonly string[], pick: <T>(of: readonly T[]) => T): Promise<void> {
  const subject = pick(subjects);
  const category = pick([PRINT, EXPORT, TAKE_OUT] as const);
  const known = begun.filter((one) => one.category === category).at(-1);
  if (known && pick([true, true, false])) {
    const happened = pick(OUTPUT_STEPS[category]);
    await town.tell(streamName(category, known.id), happened, happened.type.handling ? { subjects: [subject] } : null, { actor: { staff: pick(STAFF) } });
    return;
  }
  const one = { id: newId(), category };
  begun.push(one);
  const first = {
    [PRINT]: event(PrintProduced, { form: 'notice', sheets: 3, subjects: [subject], plan: 'mailed', due: '2026-11-27' }, {}),
    [EXPORT]: event(ExportRequested, { what: 'vaccinations', format: 'csv', items: ['vaccine'], subjects: [], rows: 10, days: 10, medium: 'terminal' }, { scope: '架空の範囲', recipient: '架空の相手' }),
    [TAKE_OUT]: event(TakeOutRequested, { object: 'medium', persons: 3, encrypted: true, carrier: STAFF[1], from: '2026-11-20', until: '2026-11-22' }, { ref: '架空の媒体', destination: '架空の会場', items: ['name'] }),
  }[category];
  await town.tell(streamName(category, one.id), first, { subjects: [subject], ...(category === PRINT && { extent: 'printed' as const }) });
}
