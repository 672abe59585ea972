import { readAssessment } from '../../../src/assessments/answers/read-assessment.js';
import { cellsOf } from '../../../src/assessments/answers/cells.js';
import { formOf } from '../../../src/assessments/forms/editions.js';
import { isTicks } from '../../../src/assessments/answers/assessment.js';
import { blocksOf } from '../../../projections/conformance/measure-blocks.js';
import { MEASURES, measureOf } from '../../../projections/conformance/measures.js';
import { ITEM_CHECKS } from '../../../projections/conformance/item-checks.js';
import { K_CHECKS } from '../../../projections/conformance/k-checks.js';
import { isOne } from '../../../projections/conformance/awaited.js';
import { allForms } from '../../../src/assessments/forms/editions.js';
import { placeOf } from '../../../src/assessments/forms/places.js';
import { projections } from '../../../projections/all.js';
import type { Operation } from '../../../projections/registers/operations/query.js';
import { registry } from '../../../src/event-registry.js';
import type { Declaration } from '../../../src/handling/declaration.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { InformationTransferred } from '../../../src/exchange/events.js';
import { ErasureStarted } from '../../../src/retention/events.js';
import { TakeOutApproved, TakenOut } from '../../../src/outputs/events.js';
import { published } from '../../assessments/documents.js';
import { CLERKS, idOf, operation, type Told } from './log.js';
import { PERIOD, assessment, declaration, differing, duties, lawful, rowsOf, type Planted } from './city.js';

const AT = '2026-09-20T03:00:00.000Z';
const told = (one: Told): Planted => ({ told: [...lawful(), { at: AT, ...one }] });
const file = (change: Record<string, unknown>): Planted => ({ written: assessment((own) => Object.assign(own, change)) });
/** Measures of chapter Ⅲ answer by the same rules. */
const byItem = (found: readonly string[]): readonly string[] => found.filter((check) => !check.startsWith('risk.') || check === 'risk.storage.leak.incident');
const rowOf = (planted: Planted, check: string) => rowsOf(planted).find((row) => row.check === check)!;

it('a city that keeps to what is written differs nowhere, and what nobody can prove yet is said to be without proof', () => {
  const rows = rowsOf();
  expect(differing(rows)).toEqual([]);
  expect(rows.filter(({ check, verdict }) => /^[KC]\d/.test(check) && verdict === 'nothing').map(({ check }) => check)).toEqual(['K8', 'K9', 'K11', 'K14', 'K18', 'K20', 'K22', 'K25', 'K26', 'C3']);
  expect(rows.filter(({ check, verdict }) => /^[KC]\d/.test(check) && verdict === 'agrees')).toHaveLength(18);
});

it('in an empty log nothing differs either, but for reviews that nobody has signed', () => {
  const rows = rowsOf({ told: [{ at: AT, block: { file: 'handling-log' } }], written: undefined });
  expect(differing(rows)).toEqual([]);
  expect(byItem(differing(rowsOf({ operations: [] })))).toEqual(['K19']);
});

describe('what is planted is found, by the comparison that it is planted for and the item that it is written in', () => {
  const vrs = { ...declaration, files: declaration.files.map((one) => ({ ...one, items: { ...one.items, source: { ...one.items.source!, values: [...one.items.source!.values, { code: 'other:vrs', label: 'VRS' }] } } })) } satisfies Declaration;
  const take = { kind: 'acquisition', method: 'paper', items: ['name'] } as const;
  const provide = { kind: 'provision', counterpart: 'other-municipality', method: 'info-network', legalGround: 'link-25', items: ['vaccine'], evidence: [{ kind: 'permit', ref: idOf(9, 9) }] } as const;
  const cases: readonly (readonly [what: string, found: readonly string[], planted: Planted])[] = [
    ['K1 a source that is not written', ['file.acquisition.sources', 'K1'], told({ block: { ...take, counterpart: 'private:broker' } })],
    ['K1 a source that is written, and whose box is not ticked', ['file.acquisition.sources', 'K1'], file({ 'file.acquisition.sources': { ticked: ['self', 'ownDepartment', 'localGovernment'], text: {} } })],
    ['K2 a method that is not written', ['file.acquisition.methods', 'K2'], told({ block: { ...take, counterpart: 'self', method: 'email' } })],
    ['K3 a number taken in without a look at who it is', ['K3'], told({ block: { ...take, counterpart: 'self', items: ['number'], legalGround: 'use-14' } })],
    ['K4 a purpose that is not written', ['file.use.purpose', 'K4'], told({ block: { purpose: 'marketing' } })],
    ['K5 fewer at work than written', ['file.use.userCount', 'K5'], file({ 'file.use.userCount': '50-100' })],
    ['K6 a section that is not written', ['file.use.departments', 'K6'], told({ actor: { department: 'pension' } })],
    ['K7 fewer persons than written', ['file.headcount', 'K7'], file({ 'file.headcount': '10k-100k' })],
    ['K7 an item that is not written', ['file.allItems', 'K7'], told({ block: { items: ['name', 'tax'] } })],
    ['K8 exported and approved by nobody', ['K8'], told({ block: { extent: 'exported' } })],
    ['K9 a decision that is not written', ['file.use.decisions', 'K9', 'C3'], told({ block: { outcome: 'deviation', assurance: 'attested', findings: [{ rule: 'decision', item: 'file.use.decisions' }] } })],
    ['K10 an entrustee that is not written', ['file.entrustment.count', 'K10'], told({ block: { kind: 'entrustment', counterpart: 'unknown', method: 'paper' } })],
    ['K10 more entrustees than written', ['file.entrustment.count', 'K10'], { ...told({ block: { kind: 'entrustment', counterpart: 'health-system-maintenance', method: 'paper' } }), ...file({ 'file.entrustment.count': 1 }) }],
    ['K11 somebody of a sub-entrustee that nobody has permitted', ['file.entrustments.sub.status', 'file.entrustments.sub.status', 'K11'], told({ actor: { kind: 'sub-entrusted', staff: idOf(1, 91) } })],
    ['K12 a recipient that is not written', ['K12'], told({ block: { ...provide, counterpart: 'unknown' } })],
    ['K12 an item that this recipient is not written to have', ['file.recipients.information', 'K12'], told({ block: { ...provide, items: ['number'] } })],
    ['K12 a way that this recipient is not written to have it by', ['file.recipients.method', 'K12'], told({ block: { ...provide, method: 'paper' } })],
    ['K12 a ground that this recipient is not written to have it on', ['file.recipients.legalBasis', 'K12'], told({ block: { ...provide, legalGround: 'link-27' } })],
    ['K13 a transfer where none is written', ['file.provision.status', 'file.provision.transferCount', 'K13'], told({ type: InformationTransferred, block: { kind: 'transfer', counterpart: 'unknown', method: 'paper' } })],
    ['K14 VRS from another terminal than LGWAN', ['K14'], { ...told({ block: { ...take, counterpart: 'other:vrs' }, actor: { terminal: 'number-affairs' } }), declaration: vrs, ...file({ 'file.acquisition.sources': { ticked: ['self', 'ownDepartment', 'private', 'other'], text: { other: 'VRS' } } }) }],
    ['K15 a number shown on the internet', ['K15'], told({ block: { extent: 'numberShown', items: ['number'], legalGround: 'use-14' }, actor: { terminal: 'internet' } })],
    ['K16 erased and approved by nobody', ['K16'], told({ type: ErasureStarted, block: { kind: 'erasure', subjects: [], items: [] } })],
    ['K17 kept for longer than written', ['file.storage.period', 'K17'], { ...file({ 'file.storage.period': '1y', 'file.heldSince': '2020-01-01' }), told: lawful().map((one) => (one.stream?.startsWith('vaccination-') && one.at!.startsWith('2026-09') ? { ...one, at: '2024-01-05T03:00:00.000Z' } : one)) }],
    ['K18 taken out and not brought back', ['K18'], { told: [...lawful(), { at: AT, type: TakeOutApproved, block: { items: [] } }, { at: AT, type: TakenOut, block: { items: [] } }] }],
    ['K19 a month of which nobody has signed the review', ['K19'], { operations: duties().filter(({ type, stream }) => !(type === 'LogReviewSigned' && stream === 'log-review-2026-09')) }],
    ['K21 a right that belongs to another section', ['K21'], { leftBehind: 1 }],
    ['K22 an incident where none is said to have been', ['risk.storage.leak.incident', 'K22'], { operations: [...duties(), operation('IncidentReported', {}, { at: '2024-02-01T00:00:00.000Z' })] }],
    ['K23 before anything was in force', ['K23', 'C3'], told({ block: { outcome: 'deviation', assurance: 'attested', declarationVersion: 0, findings: [{ rule: 'noneInForce' }] } })],
    ['K23 before it was published', ['K23'], { declaration: { ...declaration, effectiveFrom: '2026-09-01', assessment: { ...declaration.assessment, publishedOn: '2026-09-10' } } }],
    ['K24 over the network without a permit', ['K24'], told({ block: { ...provide, evidence: [] } })],
    ['K26 a number out of VRS', ['K26'], { ...told({ block: { ...take, counterpart: 'other:vrs', items: ['number'], legalGround: 'use-14' }, actor: { terminal: 'lgwan' } }), declaration: vrs, ...file({ 'file.acquisition.sources': { ticked: ['self', 'ownDepartment', 'private', 'other'], text: { other: 'VRS' } } }) }],
    ['C1 a number without a ground', ['basic.numberUse.legalBasis', 'C1'], told({ block: { items: ['number'] } })],
    ['C2 in a system that is not written', ['C2'], told({ block: { system: 'somewhere' } })],
    ['C3 what another system tells to have been done otherwise', ['file.scope', 'C3'], told({ block: { assurance: 'reported', outcome: 'deviation', findings: [{ rule: 'scope', item: 'file.scope' }] } })],
    ['a beginning after the first handling', ['file.heldSince', 'file.use.startedOn'], file({ 'file.heldSince': '2026-10-01', 'file.use.startedOn': '2026-10-01' })],
    ['each month, but for one', ['file.acquisition.timing'], { ...file({ 'file.acquisition.timing': '毎月入手する。' }), told: lawful().filter(({ at, block }) => !(block?.kind === 'acquisition' && at!.startsWith('2026-09'))) }],
    ['no network, it is said', ['basic.networkLink.status'], { written: assessment((_, answers) => Object.assign(answers, { 'basic.networkLink.status': 'doNot' })) }],
    ['no number, it is said', ['file.mainItems'], file({ 'file.mainItems': { ticked: ['otherId'], text: {} } })],
  ];

  it.each(cases)('%s', (_, found, planted) => {
    expect(byItem(differing(rowsOf(planted)))).toEqual(found);
  });

  it('each of those that can be looked for today has been planted; the rest await their events', () => {
    const planted = new Set(cases.flatMap(([, found]) => found));
    expect(K_CHECKS.filter(({ id }) => !planted.has(id)).map(({ id, awaits }) => [id, awaits])).toEqual([['K20', ['SelfCheck*', 'Audit*', 'Training*']], ['K25', ['AutoReplyHeld', 'ProvisionHeld', 'ProvisionConfirmed']]]);
  });
});

it('what exists one day is found by its type: all of a year’s duties, and those that are not all there', () => {
  const once = (...types: readonly string[]): Planted => ({ operations: [...duties(), ...types.map((type) => operation(type, {}, { at: AT }))] });
  expect(rowOf(once('SelfCheckDone', 'AuditHeld', 'TrainingHeld'), 'K20')).toMatchObject({ verdict: 'agrees', shown: '自己点検 1件、監査 1件、研修 1件' });
  expect(rowOf(once('SelfCheckDone'), 'K20').verdict).toBe('nothing'); // three months: what is due once a year may still come
  const aYear = { period: { from: '2025-10-31T15:00:00.000Z', to: PERIOD.to } };
  expect(rowOf({ ...once('SelfCheckDone'), ...aYear }, 'K20').verdict).toBe('nothing'); // of which the ledger knows three months
  expect(rowOf({ ...once('SelfCheckDone'), ...aYear, told: [{ at: '2025-10-01T03:00:00.000Z' }, ...lawful()] }, 'K20').verdict).toBe('differs');
  expect(rowOf(once('ProvisionHeld'), 'K25').verdict).toBe('differs');
  expect(rowOf(once('ProvisionHeld', 'ProvisionConfirmed'), 'K25').verdict).toBe('agrees');
  expect(rowOf(once('SubEntrustmentApproved'), 'K11').verdict).toBe('differs');
  const permitted = once('SubEntrustmentApproved', 'SubEntrustmentRequested', 'SubEntrustmentChecked', 'SubEntrustmentDecided');
  expect(['K11', 'file.entrustments.sub.status'].map((check) => rowOf(permitted, check).verdict)).toEqual(['differs', 'differs']); // 再委託しない, it is said
  const said = assessment((own) => (own['file.entrustments'] as Record<string, unknown>[]).forEach((one) => Object.assign(one, { 'file.entrustments.sub.status': 'subEntrust' })));
  expect(['K11', 'file.entrustments.sub.status'].map((check) => rowOf({ ...permitted, written: said }, check).verdict)).toEqual(['agrees', 'agrees']);
  expect(rowOf({ ...once('IncidentReported'), written: assessment((_, answers) => void ((answers.risk as Record<string, unknown>[])[0]!['risk.storage.leak.incident'] = 'occurred')) }, 'K22').verdict).toBe('agrees');
});

describe('緊急時 (規則9条2項): all that was done from the putting in force to the publication', () => {
  const [begun, again, over] = ['2026-09-20T02:00:00.000Z', '2026-09-20T03:30:00.000Z', '2026-09-20T06:00:00.000Z'];
  /** between the handlings before it and those from its instant on */
  const placed = (one: Operation): Operation => ({ ...one, position: 9 + 2 * told.filter(({ at }) => at! < one.recordedAt).length });
  const put = (version: number, at: string) => operation('ProvisionalPutInForce', { version, effectiveFrom: '2026-09-20', from: at, document: '0'.repeat(64) }, { at });
  const drafted = (kind: string, form: string, stream: string) => operation('AssessmentDrafted', { affair: 'vaccination', kind, form }, { at: begun, stream });
  const publication = (stream: string) => operation('AssessmentPublished', { on: '2026-09-20' }, { at: over, stream });
  const at = (time: string, outcome = 'written'): Told => ({ at: `2026-09-20T${time}.000Z`, block: { outcome: outcome as 'written', ...(outcome === 'refused' && { findings: [{ rule: 'purpose', item: 'file.use.purpose' }] }) } });
  const told = [...lawful(), at('01:59:59'), at('02:00:00'), at('04:00:00'), at('05:00:00', 'refused'), at('05:30:00'), at('06:00:01')];
  const rows = (...operations: Planted['operations'] & {}) => rowsOf({ told, operations: [...duties(), ...operations.map(placed)] }).filter(({ check }) => check === 'K23').slice(1);

  it('until now, while nothing has been published', () => {
    const [row, ...others] = rows(put(4, begun), put(5, again), drafted('emergency', '2', 'assessment-a'), drafted('amendment', '4', 'assessment-b'), publication('assessment-a'), publication('assessment-b'));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ verdict: 'differs', shown: expect.stringMatching(/（第4版、第5版）の施行（位置 \d+）から.*未公表.*の取扱い \d+件（ほかに拒否 \d+件）$/), look: { report: 'handling-log', terms: { file: 'vaccination', from: begun } } });
    expect(row!.sum!.count).toBe(told.filter((one) => one.at! >= begun && one.block?.outcome !== 'refused').length);
    expect(row!.look!.terms.to).toBe(told.flatMap((one) => (one.block?.outcome === 'refused' ? [] : [one.at!])).sort().at(-1));
  });

  it('until the publication, which is none of another kind', () => {
    const [row] = rows(put(4, begun), drafted('emergency', '4', 'assessment-a'), publication('assessment-a'));
    expect(row).toMatchObject({ verdict: 'agrees', sum: { count: 4 }, shown: expect.stringContaining('までの取扱い 4件（ほかに拒否 1件）'), look: { terms: { from: begun, to: over } } });
    expect((row!.sum!.last - row!.sum!.first) / 2).toBe(4); // positions two apart: one of somebody else’s between them, and one that was refused
  });

  it('of what has one instant, by its place in the ledger', () => {
    const emergency = [put(4, begun), drafted('emergency', '4', 'assessment-a'), publication('assessment-a')].map(placed);
    const late = emergency.map((one) => (one.type === 'ProvisionalPutInForce' ? { ...one, position: one.position + 2 } : one)); // behind the handling of its instant
    expect(rowsOf({ told, operations: [...duties(), ...late] }).filter(({ check }) => check === 'K23')[1]).toMatchObject({ sum: { count: 3 } });
  });

  it('one that was over before the period is not told', () => {
    const emergency = [put(4, begun), drafted('emergency', '4', 'assessment-a'), publication('assessment-a')];
    expect(rowsOf({ told, operations: [...duties(), ...emergency.map(placed)], period: { from: '2026-09-20T06:00:00.001Z', to: '2026-10-31T14:59:59.999Z' } }).filter(({ check }) => check === 'K23')).toHaveLength(1);
  });
});

it('every type that is awaited stands in a register as soon as it exists', () => {
  const awaited = [...K_CHECKS.flatMap(({ awaits }) => awaits ?? []), ...Object.values(MEASURES).flatMap(({ proofs }) => proofs ?? [])];
  const folded = new Set(['handling-log', 'operations', 'access-log']);
  const lost = registry.all().filter(({ type, handling }) => isOne(awaited, type) && !projections.some(({ name, concerns }) => folded.has(name) && concerns({ type, stream: 'x-y', handling: handling ? {} : null } as never)));
  expect(lost.map(({ type }) => type)).toEqual([]);
});

it('a measure is shown with what carries it out: judged, refused and when last; without either its 「十分である」 has no proof', () => {
  expect(rowOf({}, 'risk.acquisition.offPurpose.items')).toMatchObject({ verdict: 'agrees', shown: expect.stringMatching(/^照合した取扱い \d+件（最後は位置 \d+）、拒否 0件$/) });
  const refusal = told({ block: { kind: 'acquisition', outcome: 'refused', findings: [{ rule: 'items', item: 'file.recordItems' }] } });
  const row = rowOf(refusal, 'risk.acquisition.offPurpose.items');
  expect(row.shown).toMatch(/拒否 1件（最後は位置 \d+）$/);
  expect(row.look).toMatchObject({ report: 'refusals' });
  expect(rowOf({}, 'control.training.status')).toMatchObject({ verdict: 'nothing', note: expect.stringContaining('とする証跡がない') });
  expect(rowOf({ operations: [...duties(), operation('TrainingHeld', {}, { at: AT })] }, 'control.training.status').verdict).toBe('agrees');
  expect(rowOf(told({ block: { kind: 'acquisition', outcome: 'deviation', findings: [{ rule: 'items', item: 'file.recordItems' }] } }), 'risk.acquisition.offPurpose.items').verdict).toBe('differs');
  const without = lawful().filter(({ block }) => block?.kind !== 'provision');
  expect(rowOf({ told: without }, 'risk.network.offPurpose.sufficient')).toMatchObject({ verdict: 'nothing', note: expect.stringContaining('証跡がない') });
});

it('an item that nothing is held against is no deviation; one that is only observed is, and said to be so', () => {
  const email = { at: AT, block: { kind: 'acquisition', counterpart: 'self', method: 'email', items: ['name'] } } as const;
  const change = (mode: string, until?: string) => ({ told: [...lawful(), email], operations: [...duties(), operation('ModeChanged', { proposal: 1, version: 3, file: 'vaccination', rule: 'method', mode, ...(until && { until }) })] });
  expect(rowOf({ told: [...lawful(), email] }, 'K2')).toMatchObject({ verdict: 'differs', note: expect.stringContaining('記録のみ'), look: { report: 'handling-log', terms: expect.objectContaining({ kind: 'acquisition', method: 'email', file: 'vaccination' }) } });
  expect(rowOf(change('unchecked'), 'K2')).toMatchObject({ verdict: 'unchecked', shown: expect.stringContaining('email') });
  expect(rowOf(change('observe', '2026-10-01'), 'K2').note).toBeUndefined(); // its last day has passed: enforced again
});

it('a handling of several items is one; first and last are where it stands', () => {
  const row = rowOf({ told: [{ at: AT, block: { items: ['name', 'tax', 'income'] } }] }, 'file.allItems');
  expect(row.sum).toEqual({ count: 1, persons: 1, first: 10, last: 10 });
});

it('persons are counted, not accounts, and not what the engine does by itself', () => {
  const twice = CLERKS.slice(0, 9).flatMap((staff): Told[] => [{ at: AT, actor: { staff, session: idOf(3, 7) } }, { at: AT, actor: { staff, session: idOf(3, 8) } }]);
  expect(rowOf({ told: [...twice, { at: AT, actor: { staff: idOf(1, 77), kind: 'automatic' } }] }, 'K5')).toMatchObject({ verdict: 'differs', shown: '9人' });
});

it('persons and records that have been erased are not held any more', () => {
  expect(rowOf({}, 'K7').shown).toMatch(/^3人。/);
  expect(rowOf({}, 'K17').shown).toBe('消去されていない最も古い記録 2026-09-03'); // that of August has been erased
  const erased = { at: '2026-10-28T03:00:00.000Z', type: ErasureOrdered, stream: `subject-${idOf(7, 9)}`, block: { kind: 'erasure', items: [], evidence: [{ kind: 'approval', ref: idOf(9, 3) }] } } as const;
  expect(rowOf({ told: [...lawful(), erased] }, 'K7').shown).toMatch(/^2人。/);
});

it('a file of the document goes by its name, whatever its place; one of which nothing is written is said to have nothing to be held against', () => {
  const [own] = declaration.files as [(typeof declaration.files)[number]];
  const two = { ...declaration, files: [{ ...own, code: 'another', label: '別のファイル' }, own] };
  const rows = rowsOf({ declaration: two });
  expect(rows.filter(({ check }) => check === 'file.name').map((row) => row.file)).toEqual(['vaccination']);
  expect(rows.filter(({ check }) => check === 'K5').map((row) => [row.file, row.verdict])).toEqual([['another', 'nothing'], ['vaccination', 'agrees']]);
  expect(rows.find(({ check, file: of }) => check === 'K5' && of === 'another')!.written).toBe('');
  const other = rowsOf({ declaration: { ...declaration, files: [{ ...own, code: 'another', label: '別のファイル' }] }, written: assessment((mine) => Object.assign(mine, { 'file.name': '予防接種ファイル' })) });
  expect(other.find(({ check }) => check === 'file.name')!.file).toBe('another'); // by their order, where names tell nothing
});

it('of a measure each heading is looked at by itself: what the engine enforces, what people do, and what another system does', () => {
  const ITEM = 'risk.use.unauthorised.useRecord.method';
  const text = ['利用の都度、記録する。', '＜証（あかし）における措置＞', '・取扱いの前に記録する。', '＜運用における措置＞', '・記録を毎月点検する。', '＜中間サーバー・ソフトウェアにおける措置＞', '・操作の記録を残す。'].join('\n');
  const lines = (planted: Planted = {}) => rowsOf({ ...planted, written: assessment((_, answers) => Object.assign((answers['risk'] as Record<string, unknown>[])[0]!, { [ITEM]: text })) }).filter(({ check }) => check === ITEM).map(({ item, written, verdict, shown, note }) => [/＜(.+)における措置＞$/.exec(item)?.[1], written, verdict, shown, note]);
  const [whole, ...blocks] = lines();
  expect(whole!.slice(0, 3)).toEqual([undefined, text.replaceAll('\n', ' '), 'agrees']);
  expect(blocks).toEqual([
    ['証(あかし)', '・取扱いの前に記録する。', 'agrees', expect.stringMatching(/^先に記録した取扱い \d+件（最後は位置 \d+）、拒否 3件/), expect.stringContaining('月次ログ点検')],
    ['運用', '・記録を毎月点検する。', 'agrees', expect.stringContaining('証跡となる記録'), '担うもの: 職員が行う措置'],
    ['中間サーバー・ソフトウェア', '・操作の記録を残す。', 'unchecked', '', '「中間サーバー・ソフトウェア」の側で講じる措置であり、この台帳には現れない'],
  ]);
  expect(lines({ operations: [] }).map(([name, , verdict]) => [name, verdict])).toEqual([[undefined, 'differs'], ['証(あかし)', 'agrees'], ['運用', 'differs'], ['中間サーバー・ソフトウェア', 'unchecked']]);
});

it('without a document each rule of the written items has its line', () => {
  const rows = rowsOf({ written: undefined });
  expect(differing(rows)).toEqual([]);
  expect(rows.find(({ check }) => check === 'file.acquisition.sources')).toMatchObject({ written: expect.stringContaining('本人又は本人の代理人'), verdict: 'agrees' });
  expect(rows.filter(({ check }) => check === 'file.recipients.information').map(({ item }) => item)).toEqual([expect.stringContaining('市町村長'), expect.stringContaining('都道府県知事')]);
  expect(rows.find(({ check }) => check === 'K5')).toMatchObject({ verdict: 'unchecked' });
});

it('the ids that are compared stand in some edition of the forms', () => {
  const forms = [...allForms().values()];
  const unknown = [...Object.keys(ITEM_CHECKS), ...Object.keys(MEASURES), ...K_CHECKS.map(({ itemId }) => itemId)].filter((id) => !forms.some((form) => placeOf(form, id) !== undefined));
  expect(unknown).toEqual([]);
  expect(measureOf('risk.use.copying.measures')).toBe(MEASURES['risk.use.copying']);
});

const real = published();
if (real === undefined) console.log('the published assessments are not here: they are not compared');
describe('the published assessments', () => {
  for (const [name, text] of real ?? []) {
    it(`${name}: every item that is answered has its line, of measures every heading its own, and none is left out`, () => {
      const reading = readAssessment(text);
      if (!reading.ok) throw new Error(name);
      const cells = cellsOf(formOf(reading.assessment.formId)!, reading.assessment).filter(({ answer }) => answer !== '' && !(isTicks(answer) && answer.ticked.length + (answer.unknown?.length ?? 0) === 0));
      const rows = rowsOf({ written: reading.assessment });
      const lines = cells.flatMap(({ item, answer }) => Array<string>(1 + (measureOf(item.id) && item.kind === 'text' ? blocksOf((answer ?? '') as string).length : 0)).fill(item.id));
      expect(rows.slice(0, lines.length).map(({ itemId }) => itemId)).toEqual(lines);
      expect(rows.slice(lines.length).map(({ check }) => check)).toEqual(K_CHECKS.map(({ id }) => id));
      for (const { verdict, note, shown } of rows) expect(verdict === 'unchecked' ? note : shown).toBeTruthy();
    });
  }
});
