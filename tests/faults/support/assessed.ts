import { readFileSync } from 'node:fs';
import { todayInJapan } from '../../../src/codes/plain-date.js';
import type { Answer } from '../../support/city.js';
import { CANARIES as C } from './canaries.js';
import type { Staff } from './engine.js';
import { DOCUMENT } from './requests.js';

const PUBLISHED = readFileSync(new URL('../../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
const ABOUT = { caseRef: C.caseRef, reason: C.reason } as const;

interface Ways {
  readonly staff: Staff;
  readonly act: (route: string, ids: readonly string[], token: string, body: object, ...statuses: readonly number[]) => Promise<string>;
  readonly see: (method: string, route: string, ids: readonly string[], token: string) => Promise<Answer>;
}

/** Every way that an assessment goes, with canaries in every text that people write. */
export async function assessed({ staff, act, see }: Ways): Promise<void> {
  const today = todayInJapan(new Date());
  const { compliance, chief } = staff;
  const common = { affair: 'vaccination', edition: 'form4-2025-05', number: 12 };
  const published = JSON.stringify({ ...JSON.parse(PUBLISHED), publishedOn: '2025-10-01' });
  const base = await act('/assessments', [], compliance, { ...common, kind: 'taken-over', document: published, bindings: DOCUMENT, ...ABOUT });
  await act('/declarations/in-force/assessments', [], chief, { assessment: base, version: 4, ...ABOUT });
  await act('/declarations/in-force/provisional', [], compliance, { document: DOCUMENT, ...ABOUT }, 422); // of a version that there was
  const id = await act('/assessments', [], compliance, { ...common, kind: 'renewal', basedOn: base, ...ABOUT });
  const write = (end: string, body: object, ...statuses: readonly number[]): Promise<string> => act(`/assessments/{id}/${end}`, [id], compliance, { ...ABOUT, ...body }, ...statuses);
  const { entries } = (await see('GET', '/assessments/{id}', [id], compliance)).body as { entries: readonly { repeat: string; entry: string }[] };
  const [file, risk] = ['file', 'risk'].map((repeat) => entries.find((one) => one.repeat === repeat)!.entry);
  const measures = { item: 'risk.acquisition.leak.measures', entries: [risk] };
  await write('amendments', { ...measures, revision: 0, value: C.remarks, cause: '見直し' });
  await write('amendments', { item: 'cover.notes', revision: 0, value: '架空' });
  await write('amendments', { item: 'cover.notes', revision: 0, value: C.remarks }, 409);
  await write('set-asides/takings', { aside: 1, revision: 1 });
  await write('amendments', { item: 'cover.notes', revision: 1, value: C.reason }, 409);
  await write('set-asides/droppings', { aside: 2 });
  await write('deferrals', { item: 'cover.title', revision: 0 });
  await write('amendments', { item: 'cover.title', revision: 1, value: C.remarks });
  await write('entries', { repeat: 'file.entrustments', within: file });
  const entrustments = ((await see('GET', '/assessments/{id}', [id], compliance)).body as { entries: readonly { repeat: string; entry: string }[] }).entries.flatMap(({ repeat, entry }) => (repeat === 'file.entrustments' ? [entry] : []));
  const added = entrustments.at(-1)!;
  await write('entries/moves', { entry: added, before: entrustments[0]! });
  await write('entries/removals', { entry: added });
  await write('bindings', { revision: 0, bindings: DOCUMENT });
  await write('comments', { item: 'cover.notes', text: C.remarks });
  await write('comments/resolutions', { comment: 1 });
  await act('/assessments/{id}/judgements', [id], chief, { ...measures, ground: 'significant', ...ABOUT });
  await write('thresholds', { on: today, noIncident: true });
  await write('opinions', { from: '2025-10-01', to: '2025-10-05', means: C.remarks });
  await write('reflections', { on: '2025-10-06', opinions: 1, received: C.remarks, reflected: C.remarks });
  await write('reviews', { on: '2025-10-07', reviewer: C.remarks, result: C.remarks });
  await see('GET', '/registers/assessments', [], compliance);
  await see('GET', '/assessments/{id}/check', [id], compliance);
  await act('/assessments/{id}/decisions', [id], chief, { on: '2025-10-08', ...ABOUT });
  await act('/assessments/{id}/decisions/withdrawals', [id], chief, ABOUT);
  await act('/assessments/{id}/decisions', [id], chief, { on: '2025-10-08', ...ABOUT });
  await write('submissions', { on: '2025-10-08', simulated: true, reference: C.reason });
  await write('publications', { on: '2025-10-08', where: C.remarks });
  await act('/assessments/{id}/withholdings', [id], chief, { revision: 0, items: [{ item: 'risk.storage', ground: 'security' }], ...ABOUT });
  await write('looks', { on: '2025-10-09', amend: false, remarks: C.remarks });
  await see('GET', '/assessments/{id}/document', [id], compliance);
  await see('GET', '/assessments/{id}/form?format=html', [id], compliance);
  await see('GET', '/assessments/{id}/form?format=html&edition=public', [id], compliance);
  const other = await act('/assessments', [], compliance, { ...common, kind: 'amendment', basedOn: id, ...ABOUT });
  await act('/assessments/{id}/abandonments', [other], compliance, ABOUT);
}
