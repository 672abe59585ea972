import type { Row } from '../../../projections/conformance/conformance.js';
import { K_CHECKS } from '../../../projections/conformance/k-checks.js';
import { measureOf } from '../../../projections/conformance/measures.js';
import { SignedIn } from '../../../src/access/sessions/events.js';
import { idOf, operation, type Told } from './log.js';
import { PERIOD, assessment, declaration, duties, lawful, rowsOf, type Planted } from './city.js';

const AT = '2026-09-20T03:00:00.000Z';
const EMPTY: Planted = { told: [], operations: [], rightsHeld: 0 };
const file = (change: Record<string, unknown>): Pick<Planted, 'written'> => ({ written: assessment((own) => Object.assign(own, change)) });
const rowOf = (planted: Planted, check: string): Row => rowsOf(planted).find((row) => row.check === check)!;
const verdictsOf = (planted: Planted, ...checks: readonly string[]): readonly string[] => checks.map((check) => rowOf(planted, check).verdict);
const agreeing = (planted: Planted): readonly Row[] => rowsOf(planted).filter(({ verdict }) => verdict === 'agrees');
const one = (told: Told): Told => ({ at: AT, ...told });
const uses = (count: number): readonly Told[] => Array.from({ length: count }, () => one({}));

/** That nothing is provided, transferred, entrusted or linked, and no number held. */
const DENYING = assessment((own, answers) => {
  Object.assign(own, { 'file.provision.status': { ticked: ['neither'], text: {} }, 'file.provision.recipientCount': 0, 'file.provision.transferCount': 0, 'file.entrustment.status': 'notEntrust', 'file.entrustment.count': 0, 'file.mainItems': { ticked: ['otherId'], text: {} } });
  Object.assign(answers, { 'basic.networkLink.status': 'doNot' });
});
const DOCUMENTS = [['what is done', assessment()], ['what is not done', DENYING], ['no document', undefined]] as const;

describe.each(DOCUMENTS)('合致 stands only beside what shows it: of a document that says %s', (_, written) => {
  it('nothing agrees over an empty ledger, without an exception: not even what is said not to be done', () => {
    expect(agreeing({ ...EMPTY, written }).map(({ check }) => check)).toEqual([]);
  });

  it('nor over one that holds handlings of another file alone', () => {
    expect(agreeing({ ...EMPTY, written, told: lawful().map((told) => ({ ...told, block: { ...told.block, file: 'another' } })) }).map(({ check }) => check)).toEqual([]);
  });

  it('over refusals alone only measures do, whose function refused', () => {
    const told = lawful().map((own): Told => ({ ...own, block: { ...own.block, outcome: 'refused', findings: [{ rule: 'purpose', item: 'file.use.purpose' }] } }));
    for (const { check, shown } of agreeing({ ...EMPTY, written, told })) {
      expect(measureOf(check)?.rules ?? []).toContain('purpose');
      expect(shown).toMatch(/^照合した取扱い [1-9]\d*件（最後は位置 \d+）、拒否 [1-9]/);
    }
  });
});

it('over looks alone that agrees which they show, and what is said not to be done, since it would stand among them', () => {
  const agreed = agreeing({ ...EMPTY, written: DENYING, told: uses(12) }).map(({ check }) => check);
  expect(agreed.filter((check) => !check.startsWith('risk.'))).toEqual([
    'basic.networkLink.status', // not one of the twelve went over the network
    'file.name', 'file.itemBand', 'file.mainItems', 'file.allItems', 'file.use.purpose', 'file.use.departments', // what they name
    'file.entrustment.status', 'file.entrustment.count', 'file.provision.status', 'file.provision.recipientCount', 'file.provision.transferCount', // not one of the twelve is of the kind
    'K4', 'K6', 'K10', 'K13', 'K23', 'C2',
  ].filter((check) => check !== 'K10')); // which asks also whom
  expect(rowOf({ ...EMPTY, written: DENYING, told: uses(12) }, 'file.provision.transferCount').shown).toBe('実績なし（取扱い 12件のうち0件）');
  expect(agreed.filter((check) => check.startsWith('risk.')).every((check) => check.startsWith('risk.use.'))).toBe(true); // looks prove nothing of how something was acquired or given out
});

it('what is given, taken or kept of nobody has no proof: 提供・移転 that is said to be, and each item of a recipient, a transferee, an entrustee', () => {
  const none = { told: lawful().filter(({ block }) => block?.kind !== 'provision' && block?.kind !== 'entrustment') };
  const parties = rowsOf(none).filter(({ check }) => /^file\.(recipients|transfers|entrustments)\./.test(check) && check !== 'file.entrustments.sub.status');
  expect(new Set(parties.map(({ verdict }) => verdict))).toEqual(new Set(['nothing', 'unchecked']));
  expect(parties.filter(({ check }) => check === 'file.recipients.headcount').map(({ verdict, shown }) => [verdict, shown])).toEqual([['nothing', '実績なし（0件）'], ['nothing', '実績なし（0件）']]);
  const both = { ticked: ['provides', 'transfers'], text: {} };
  expect(verdictsOf(none, 'file.provision.status', 'file.entrustment.status')).toEqual(['nothing', 'nothing']);
  expect(rowOf(file({ 'file.provision.status': both }), 'file.provision.status').verdict).toBe('nothing'); // provided, and not transferred
  expect(rowOf({}, 'file.provision.status').verdict).toBe('agrees');
  expect(verdictsOf({}, 'file.entrustments.sub.status', 'K11')).toEqual(['nothing', 'nothing']);
  expect(rowOf(file({ 'file.entrustment.status': 'notEntrust' }), 'file.entrustment.status').verdict).toBe('differs');
  expect(verdictsOf(file({ 'file.entrustment.count': 5 }), 'file.entrustment.count', 'K10')).toEqual(['nothing', 'nothing']); // two of five
});

it('a measure with a function and duties agrees where both are there, and says which half is not; it never says otherwise than the log review', () => {
  const ITEM = 'risk.use.offDuty.sufficient';
  expect(rowOf({}, ITEM)).toMatchObject({ verdict: 'agrees', shown: expect.stringMatching(/^照合した取扱い \d+件（最後は位置 \d+）、拒否 0件。証跡となる記録 3件（最後は位置 \d+）$/) });
  const unread = rowOf({ operations: [] }, ITEM);
  expect(unread).toMatchObject({ verdict: 'nothing', note: expect.stringContaining('証跡のないもの: 行ったことを示す記録、毎月の署名') });
  expect(unread.note).toContain('とする証跡がない');
  const inArrears = { operations: duties().filter(({ type, stream }) => !(type === 'LogReviewSigned' && stream === 'log-review-2026-09')) };
  expect(rowOf(inArrears, ITEM)).toMatchObject({ verdict: 'nothing', note: expect.stringContaining('K19') });
  expect(verdictsOf(inArrears, 'K19', 'risk.use.unauthorised.useRecord.method')).toEqual(['differs', 'differs']);
  expect(rowOf({ ...EMPTY, operations: duties() }, ITEM)).toMatchObject({ verdict: 'nothing', note: expect.stringContaining('証跡のないもの: 機能が照合した取扱い') });
  expect(rowOf({ operations: [...duties(), operation(SignedIn.type, {}, { at: AT })], told: uses(3) }, 'risk.acquisition.leak.measures')).toMatchObject({ verdict: 'nothing', note: expect.stringContaining('機能が照合した取扱い') }); // nothing was acquired
});

it('where a number was shown at a terminal that nobody has registered, nothing tells in which zone', () => {
  const shown = (terminal: string | null): Told => one({ block: { extent: 'numberShown', items: ['number'], legalGround: 'use-14' }, actor: { terminal } });
  const written = assessment((_, answers) => Object.assign((answers.risk as Record<string, unknown>[])[0]!, { 'risk.use.unauthorised.other': 'VRSは、LGWAN接続系の端末で用いる。' }));
  const told = (...more: readonly Told[]): Planted => ({ written, told: [...lawful(), ...more] });
  expect(verdictsOf({}, 'K15')).toEqual(['agrees']);
  expect(rowOf(told(shown('ghost'), shown(null)), 'K15')).toMatchObject({ verdict: 'nothing', sum: { count: 2 }, shown: expect.stringContaining('端末の区画が分からないもの 2件'), note: expect.stringContaining('証跡がない') });
  expect(rowOf(told(shown('ghost'), shown('internet')), 'K15')).toMatchObject({ verdict: 'differs', sum: { count: 1 } });
  const vrs = (terminal: string): Told => one({ block: { kind: 'acquisition', counterpart: 'other:vrs', method: 'paper' }, actor: { terminal } });
  expect(verdictsOf(told(vrs('lgwan')), 'K14')).toEqual(['agrees']);
  expect(rowOf(told(vrs('lgwan'), vrs('ghost')), 'K14')).toMatchObject({ verdict: 'nothing', sum: { count: 1 }, shown: expect.stringContaining('端末の区画が分からないもの 1件') });
  expect(verdictsOf(told(vrs('internet'), vrs('ghost')), 'K14')).toEqual(['differs']);
});

it('where nothing is written a named comparison has nothing to agree with', () => {
  const rows = rowsOf({ written: undefined }).filter(({ check }) => K_CHECKS.some(({ id }) => id === check));
  expect(rows.filter(({ verdict, written }) => verdict === 'agrees' && written === '')).toEqual([]);
  expect(rows.find(({ check }) => check === 'K7')).toMatchObject({ verdict: 'unchecked', note: expect.stringContaining('書かれていない') });
  expect(rowOf(file({ 'file.use.purpose': '' }), 'K4')).toMatchObject({ verdict: 'unchecked', note: expect.stringContaining('記載がない') });
  expect(rows.filter(({ verdict }) => verdict === 'agrees').map(({ check }) => check)).toEqual(expect.arrayContaining(['K1', 'K2', 'K4', 'K6', 'K10', 'K12', 'K23', 'C2']));
});

it('a beginning that is written earlier than the ledger’s own has no proof', () => {
  const began = (day: string): Planted => file({ 'file.heldSince': day, 'file.use.startedOn': day });
  expect(verdictsOf(began('2020-04-01'), 'file.heldSince', 'file.use.startedOn')).toEqual(['nothing', 'nothing']);
  expect(rowOf(began('2020-04-01'), 'file.heldSince').note).toContain('台帳の記録は 2026-08-02 に始まる');
  expect(verdictsOf(began('2026-08-02'), 'file.heldSince', 'file.use.startedOn')).toEqual(['agrees', 'agrees']);
  expect(verdictsOf({ ...began('2026-07-01'), operations: [operation('StaffRegistered', {}, { at: '2026-06-30T03:00:00.000Z' }), ...duties()] }, 'file.heldSince')).toEqual(['agrees']); // the ledger had begun, and nothing was handled
});

it('no month counts before the first handling; without one, none at all', () => {
  const told = lawful().filter(({ at }) => at! >= '2026-10');
  const reviewed = duties().filter(({ stream }) => !/log-review-2026-0/.test(stream));
  expect(rowOf({ told, operations: reviewed }, 'K19')).toMatchObject({ verdict: 'agrees', shown: '1か月のうち署名済み 1か月' });
  expect(rowOf({ told: lawful(), operations: reviewed }, 'K19').verdict).toBe('differs');
  expect(rowOf({ ...EMPTY, operations: reviewed }, 'K19').verdict).toBe('nothing');
  const monthly = file({ 'file.acquisition.timing': '毎月入手する。' });
  expect(rowOf({ ...monthly, told }, 'file.acquisition.timing').verdict).toBe('agrees');
  expect(rowOf({ ...monthly, told: [{ at: '2026-08-10T03:00:00.000Z' }, ...told] }, 'file.acquisition.timing').verdict).toBe('differs');
});

it('of workers of several entrustees together only a bound is known; erasures lead to the handlings', () => {
  const counts = (band: string) => rowsOf({ written: assessment((own) => (own['file.entrustments'] as Record<string, unknown>[]).forEach((each) => Object.assign(each, { 'file.entrustments.handlerCount': band }))), told: [...lawful(), ...Array.from({ length: 12 }, (_, i) => one({ actor: { staff: idOf(1, 200 + i), kind: 'entrusted' } }))] }).filter(({ check }) => check === 'file.entrustments.handlerCount').map(({ verdict }) => verdict);
  expect(counts('lt10')).toEqual(['nothing', 'nothing']); // fourteen, of two
  expect(counts('50-100')).toEqual(['differs', 'differs']);
  expect(rowOf({}, 'K16')).toMatchObject({ verdict: 'agrees', look: { report: 'handling-log', terms: { file: declaration.files[0]!.code, kind: 'erasure', from: PERIOD.from, to: PERIOD.to } } });
});
