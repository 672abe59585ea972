import { readFileSync } from 'node:fs';
import { AccountOpened, SignInRefused } from '../../src/access/accounts/events.js';
import { EmergencyAccessOpened } from '../../src/access/emergency/events.js';
import { LogReviewOpened } from '../../src/access/log-reviews/events.js';
import { UnitOpened, UnitRenamed } from '../../src/access/organisation/events.js';
import { PolicyChangeConfirmed } from '../../src/access/policies/events.js';
import { ReviewOpened } from '../../src/access/reviews/events.js';
import { RightFounded } from '../../src/access/rights/events.js';
import { TerminalRegistered } from '../../src/access/terminals/events.js';
import { DeclarationPutInForce, ModeChanged } from '../../src/declarations/events.js';
import { event, type NewDomainEvent } from '../../src/ledger/event-type.js';
import { newId, streamCategory, streamId, streamName } from '../../src/ledger/ids.js';
import { RULES, explain } from '../../projections/suspicion/rules.js';
import { suspicionPolicy } from '../../src/access/findings/thresholds.js';
import { DEFAULT_POLICY } from '../../src/access/policy.js';
import { previewRows } from '../../projections/reports/definitions/suspicion-preview/report.js';
import { positionsOf, shownParticulars } from '../../projections/reports/definitions/suspicious-handlings/report.js';
import { reports, reportNamed } from '../../projections/reports/all.js';
import { shown } from '../../projections/reports/render/shown.js';
import { Labels } from '../../projections/reports/labels.js';
import { openSectionNames, type Section } from '../../projections/reports/sections.js';
import { streamWord } from '../../projections/words.js';
import { live } from '../projections/life.js';
import { closeTowns, openTown, type Town } from '../projections/town.js';
import { declared } from './reading.js';
import { termsOf } from './terms.js';

let town: Town;
let subject: string;
let holder: string;
let sections: readonly Section[];
const unit = streamName('unit', newId());

beforeAll(async () => {
  town = await openTown();
  await town.startRegisters();
  await live(town, 120, 5, { erasing: false });
  subject = await town.person();
  const plain = async (category: string, happened: NewDomainEvent): Promise<number> => town.tell(streamName(category, newId()), happened, null);
  await plain('declaration', event(DeclarationPutInForce, { version: 3, effectiveFrom: '2026-10-01', document: '0'.repeat(64) }, {}));
  await plain('declaration', event(ModeChanged, { proposal: 1, version: 3, file: 'vaccination', rule: 'method', mode: 'unchecked' }, {}));
  await plain('access-policy', event(PolicyChangeConfirmed, { proposal: 1, setting: 'rights.needDesignation', value: { flag: true } }, {}));
  await plain('terminal', event(TerminalRegistered, { terminal: 'window-1', class: 'number-affairs', department: 'pension' }, { label: '架空の端末', certificates: [] }));
  await plain('review', event(ReviewOpened, { cause: 'periodic', due: '2026-11-30', lines: [] }, {}));
  await plain('log-review', event(LogReviewOpened, { month: '2026-10-01', due: '2026-11-15' }, {}));
  const until = new Date(town.now + 60_000).toISOString();
  await plain('emergency', event(EmergencyAccessOpened, { file: 'vaccination', reasonCode: 'disaster', number: true, until, justifyBy: until, examineBy: until }, { reason: '架空の避難所' }));
  const unlisted = { purpose: 'unknown', items: ['name', 'unknown'], counterpart: 'unknown', method: 'unknown' };
  await town.use([subject], unlisted, { occurredAt: '2026-11-01T00:00:00.000Z', actor: { department: 'unknown', role: 'engine', kind: 'automatic' } });
  await town.use([subject], { kind: 'entrustment', counterpart: 'slip-data-entry' }, { actor: { department: 'engine' } });
  holder = (await town.events()).find(({ type }) => type === 'StaffRegistered')!.stream.slice('staff-'.length);
  await town.tell(streamName('staff', holder), event(RightFounded, { role: 'supervisor', files: ['vaccination'], department: 'pension', from: '2026-11-20', present: [newId(), newId()] }, {}), null);
  await town.tell(unit, event(UnitOpened, { unit: 'school-education', from: '2026-04-01' }, { name: '学校教育課' }), null);
  await town.use([subject], {}, { actor: { department: 'school-education' } });
  town.now += 30 * 86_400_000; // what is due is overdue
  await town.use([subject]);
  await town.folded();
  sections = await openSectionNames(namesFrom(), await town.head(), new Date(town.now).toISOString());
});
afterAll(closeTowns);

const namesFrom = () => ({ engine: { ledger: town.ledger, alarm: (code: string) => void town.alarms.push({ code, detail: {} }) }, registers: town.registers });

/** What else each can be asked, so that all that it has words for comes up. */
const MORE: { readonly [name: string]: readonly (() => object)[] } = {
  difference: ['subjects', 'vaccinations', 'declaration'].map((register) => () => ({ register })),
  sample: ['sign-ins', 'rights'].map((of) => () => ({ of, seed: '7', size: 50, strata: 'department' })),
  'step-through': [() => ({ staff: holder }), () => ({ subject })],
  'id-list': [() => ({ ended: true })],
  'who-could-see': [() => ({ subject, day: '2026-11-20' }), () => ({ subject, day: '2026-12-20' })],
};

/** What may stand in a text beside Japanese, and why. */
const ALLOWED: readonly RegExp[] = [
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, // ids
  /\b[0-9a-f]{64}\b/g, // digests
  /記載にない[^（、]*（[^）]*）/g, // the code of what nobody names
  /window-1/g, // a terminal goes by the code that the city has given it
];
const ENGLISH = /[a-z]{4,}/g;

async function textsOf(name: string, terms: object): Promise<readonly (readonly [column: string, text: string])[]> {
  const upTo = await town.head();
  const { columns, read } = reportNamed(name);
  const heads = columns(terms as never);
  const sources = { register: (of: string) => town.registers.query(of), upTo, at: new Date(town.now).toISOString(), labels: new Labels([declared()], sections), declarations: [declared()], asker: '', reached: () => undefined, gathered: name === 'assessment-simulation' ? declared() : name === 'conformance' ? PUBLISHED : name === 'assessment-evidence' ? undefined : previewed() };
  const rows = [...read(sources, terms as never)].flat();
  return rows.flatMap((row) => row.flatMap((value, i) => (heads[i]!.isCode || typeof value !== 'string' ? [] : [[heads[i]!.key, String(shown(value, heads[i]!))] as const])));
}

/** The city's own assessment: what the comparison says of each of its items. */
const PUBLISHED: unknown = JSON.parse(readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8'));

/** Each rule, with every threshold that it goes by. */
const particularsOf = ({ code, thresholds }: (typeof RULES)[number]) => ({ rule: code, counts: [{ name: 'handlings', value: 7 }], thresholds: thresholds.map((name) => ({ name, value: suspicionPolicy(DEFAULT_POLICY)[name] })), evidence: [] });
const previewed = () => previewRows('2026-11-20', { found: RULES.map((rule) => ({ staff: holder, department: 'pension', particulars: particularsOf(rule) })), unlooked: [{ name: 'same-address', value: 2 }] }, '');

it.each(reports.map(({ name }) => name))('%s says nothing in English', async (name) => {
  const asked = [termsOf(name, subject), ...(MORE[name] ?? []).map((terms) => terms())].map((terms) => (name === 'id-reconciliation' ? { people: [{ line: 1, staff: holder, department: 'general-affairs' }, { line: 2, department: 'unknown' }] } : name === 'step-through' && !('staff' in terms) ? { subject } : terms));
  const texts = (await Promise.all(asked.map((terms) => textsOf(name, terms)))).flat();
  expect(name === 'rights-of-departed' || texts.length > 0).toBe(true);
  const left = texts.flatMap(([column, text]) => (ALLOWED.reduce((rest, pattern) => rest.replace(pattern, ''), text).match(ENGLISH) ?? []).map((word) => `${column}: ${word}`));
  expect([...new Set(left)]).toEqual([]);
});

it('what a caller gave and no list has is said to be sealed, not "unknown"', async () => {
  const [row] = (await textsOf('handling-log', { subject, kind: 'use' })).reduce<Record<string, string>[]>((rows, [column, text]) => (column === 'recordedAt' ? [...rows, {}] : (Object.assign(rows.at(-1)!, { [column]: text }), rows)), []);
  const sealed = '記載にないもの（封をして記録）';
  expect(row).toMatchObject({ department: sealed, purpose: sealed, counterpart: sealed, method: sealed, items: `氏名、${sealed}`, role: '自動実行' });
});

it.each(RULES.map((rule) => [rule.code, rule] as const))('every threshold of %s is said by what its setting is called, with its unit', (_, rule) => {
  const [, thresholds, , explanation] = shownParticulars(particularsOf(rule), []);
  expect(rule.thresholds.length).toBeGreaterThan(0);
  for (const one of String(thresholds).split('、')) expect(one).toMatch(/^[^a-zA-Z]*[ぁ-んァ-ヶ一-龠）] (\d+(件|％|日|人|回|分)|\d\d:\d\d)$/);
  expect(explanation).toBe(explain(rule));
});

it('a section goes by its name as of the position and its day; a name that is erased is left out', async () => {
  const named = async (position: number, at: string) => (await openSectionNames(namesFrom(), position, at)).find(({ code }) => code === 'school-education')?.name;
  const before = await town.head();
  const renamed = await town.tell(unit, event(UnitRenamed, { on: '2027-04-01' }, { name: '学び支援課' }), null);
  await town.folded();
  expect([await named(before, '2027-04-02T00:00:00Z'), await named(renamed, '2027-03-31T14:59:59Z'), await named(renamed, '2027-03-31T15:00:00Z'), await named(3, '2027-04-02T00:00:00Z')]).toEqual(['学校教育課', '学校教育課', '学び支援課', undefined]);
  const labels = new Labels([declared()], [{ code: 'health-promotion', name: '健康づくり課（改称後）' }]);
  expect([labels.of('department', 'health-promotion'), labels.at(3, 'vaccination').of('department', 'health-promotion')]).toEqual(['健康づくり課（改称後）', '健康づくり課']);
  await town.erase(unit);
  await town.folded();
  expect([await named(renamed, '2027-04-02T00:00:00Z'), town.alarms]).toEqual([undefined, []]);
});

it('every stream of the ledger has its word', async () => {
  const categories = [...new Set((await town.events()).map(({ stream }) => stream).filter((stream) => streamWord(stream).startsWith(`${streamCategory(stream)} `)))];
  expect(categories).toEqual([]);
  expect(streamWord(unit)).toBe(`部署 ${streamId(unit)}`);
});

it('the evidence of a finding is found where it stands: handlings by their ids, sign-ins by whose they are and when', async () => {
  const [staff, account] = [newId(), newId()];
  const own = { actor: { staff } };
  await town.tell(streamName('account', account), event(AccountOpened, { staff }, { login: '架空' }), null);
  const positions = [await town.use([subject], {}, own), await town.use([subject], {}, own), await town.tell(streamName('account', account), event(SignInRefused, { reason: 'password' }, { source: '192.0.2.9' }), null)];
  town.now += 60_000;
  await town.use([subject], {}, own);
  await town.folded();
  const evidence = (await town.events()).filter(({ position }) => positions.includes(position)).map(({ id, recordedAt }) => ({ event: id, at: recordedAt }));
  const where = async (upTo: number) => positionsOf({ register: (name) => town.registers.query(name), upTo }, staff, evidence);
  expect([await where(await town.head()), await where(positions[1]!), await where(positions[0]!)]).toEqual([positions, positions.slice(0, 2), positions.slice(0, 1)]);
  expect(positionsOf({ register: (name) => town.registers.query(name), upTo: 1 }, staff, [])).toEqual([]);
});

it('the evidence of a finding is where it stands and when, not each of it', () => {
  const evidence = Array.from({ length: 20 }, (_, i) => ({ event: newId(), at: `2026-11-19T07:00:24.${100 + i}Z` }));
  const text = (positions: readonly number[], of = evidence) => shownParticulars({ rule: 'walking', counts: [], thresholds: [], evidence: of }, positions)[2];
  expect(text([93, 500, 1092])).toBe('20件、位置 93–1,092、はじめ 2026-11-19 16:00:24');
  expect(text([93], evidence.slice(0, 1))).toBe('1件、位置 93、はじめ 2026-11-19 16:00:24');
  expect(text([], [evidence[0]!, { event: newId(), at: '2026-11-19T08:00:00.000Z' }])).toBe('2件、はじめ 2026-11-19 16:00:24、おわり 2026-11-19 17:00:00');
});
