import { handlingShape } from '../../src/handling/block.js';
import type { Mode } from '../../src/handling/declaration.js';
import type { HandlingRequest } from '../../src/handling/request.js';
import { RULES, formItem } from '../../src/handling/rules.js';
import { checkShape } from '../../src/ledger/fields.js';
import { ACQUIRE, CASES, PROVIDE, USE, declaration, guardOf } from './sample.js';

const OBSERVE: Mode = { mode: 'observe', reason: '当面は差を確かめる', until: '2027-03-31' };
const UNCHECKED: Mode = { mode: 'unchecked', reason: '別の台帳で照合する' };
const elsewhere = (request: HandlingRequest): HandlingRequest => ({ ...request, happenedElsewhere: true });

/** Judges, and holds every block to what the registry lets stand open. */
function judge(request: HandlingRequest, modes: object = {}) {
  const judgement = guardOf(declaration({ modes })).judge(request);
  checkShape(handlingShape, judgement.block, '/handling');
  return judgement;
}

it('has a case for every rule', () => expect(new Set(CASES.map(({ rule }) => rule))).toEqual(new Set(RULES)));

describe.each(CASES)('$rule: $what', ({ rule, good, bad }) => {
  const found = { findings: [{ rule, item: formItem(rule) }], block: { findings: [{ rule, item: formItem(rule) }] } };

  it('written: goes through', () => {
    expect(judge(good)).toMatchObject({ outcome: 'written', findings: [], reasons: [], reasonRequired: false, block: { outcome: 'written', findings: [], declarationVersion: 3 } });
  });

  it('unwritten, enforced: is refused', () => {
    const judgement = judge(bad);
    expect(judgement).toMatchObject({ outcome: 'refused', ...found, reasonRequired: false, block: { ...found.block, outcome: 'refused' } });
    expect(judgement.reasons).toHaveLength(1);
  });

  it('unwritten, observed: is a deviation without a duty to say why', () => {
    expect(judge(bad, { [rule]: OBSERVE })).toMatchObject({ outcome: 'deviation', ...found, reasonRequired: false, block: { ...found.block, outcome: 'deviation' } });
  });

  it('unwritten, unchecked: finds nothing', () => {
    expect(judge(bad, { [rule]: UNCHECKED })).toMatchObject({ outcome: 'written', findings: [], reasons: [], reasonRequired: false });
  });

  it('unwritten but done elsewhere: is recorded as a deviation, with a reason', () => {
    expect(judge(elsewhere(bad))).toMatchObject({ outcome: 'deviation', ...found, reasonRequired: true, block: { ...found.block, outcome: 'deviation' } });
  });

  it('unwritten, done elsewhere, observed: is a deviation that needs no reason', () => {
    expect(judge(elsewhere(bad), { [rule]: OBSERVE })).toMatchObject({ outcome: 'deviation', ...found, reasonRequired: false });
  });

  it('not written as an item at all: is refused', () => {
    expect(guardOf(declaration({ without: [rule] })).judge(bad)).toMatchObject({ outcome: 'refused', findings: expect.arrayContaining(found.findings) });
  });
});

describe('more than one rule', () => {
  const twice: HandlingRequest = { ...ACQUIRE, source: 'no', method: 'no' };

  it('names each of them once', () => {
    const { findings, reasons } = judge({ ...twice, breaks: ['secondPerson'], purpose: 'no', department: 'no', items: ['no', 'no-2'], scopes: ['no', 'no-2'] });
    expect(findings.map(({ rule }) => rule).sort()).toEqual(['department', 'items', 'method', 'purpose', 'scope', 'secondPerson', 'source']);
    expect(new Set(reasons).size).toBe(7);
  });

  it('one enforced among observed ones refuses, and still names all', () => {
    expect(judge(twice, { method: OBSERVE })).toMatchObject({ outcome: 'refused', findings: [{ rule: 'source' }, { rule: 'method' }] });
  });

  it('only observed ones make a deviation', () => {
    expect(judge(twice, { method: OBSERVE, source: OBSERVE })).toMatchObject({ outcome: 'deviation', findings: [{ rule: 'source' }, { rule: 'method' }], reasonRequired: false });
  });

  it('unchecked ones are not named beside an enforced one', () => {
    expect(judge(twice, { method: UNCHECKED })).toMatchObject({ outcome: 'refused', findings: [{ rule: 'source', item: 'file.acquisition.sources' }] });
    expect(judge(twice, { method: UNCHECKED }).findings).toHaveLength(1);
  });

  it('a recipient that is not written is named alone: nothing of it can be looked up', () => {
    expect(judge({ ...PROVIDE, recipient: 'no', method: 'no', items: ['yes-item'], legalGround: 'no' }).findings.map(({ rule }) => rule)).toEqual(['recipient']);
  });

  it('a recipient with wrong information, method and ground is named with all three', () => {
    expect(judge({ ...PROVIDE, items: ['yes-item-2'], method: 'no', legalGround: 'no' }).findings.map(({ rule }) => rule)).toEqual(['information', 'provisionMethod', 'provisionGround']);
  });
});

describe('what a rule does not ask', () => {
  it.each([
    ['a use needs no source', USE],
    ['a use of the number needs no 実施区分 when it is for none', { ...USE, items: ['number'], legalGround: 'use-1' }],
    ['a provision may be of nobody yet', { ...PROVIDE, subjects: [] }],
    ['a look without items needs only purpose and department', { ...USE, items: [] }],
  ] as const)('%s', (_, request) => expect(judge(request).outcome).toBe('written'));
});
