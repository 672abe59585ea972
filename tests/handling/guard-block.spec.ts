import fc from 'fast-check';
import { ASSURANCES, EXTENTS, HANDLING_KINDS, handlingShape } from '../../src/handling/block.js';
import { Guard } from '../../src/handling/guard.js';
import type { HandlingRequest } from '../../src/handling/request.js';
import { RULES } from '../../src/handling/rules.js';
import { checkShape, type Field, type Shape } from '../../src/ledger/fields.js';
import { registry } from '../../src/event-registry.js';
import { ACQUIRE, ACQUIRE_NUMBER, AT, ERASE, PERSON, PROVIDE, TRANSFER, USE, declaration, evidence, guardOf } from './sample.js';

const guard = guardOf(declaration());
const block = (request: HandlingRequest) => guard.judge(request).block;

describe('the block', () => {
  it('of an acquisition names source, method, purpose, ground and items', () => {
    expect(block({ ...ACQUIRE_NUMBER, evidence: [evidence('purpose-notice')] })).toEqual({
      kind: 'acquisition', affair: 'vaccination', file: 'vaccination', system: 'akashi', purpose: 'yes-purpose', legalGround: 'use-1', subjects: [PERSON], items: ['yes-item', 'number'],
      counterpart: 'yes-source', method: 'yes-method', evidence: [{ kind: 'purpose-notice', ref: evidence('purpose-notice').ref }], outcome: 'written', findings: [], assurance: 'enforced', declarationVersion: 3,
    });
  });

  it.each([
    ['a provision', PROVIDE, 'yes-recipient'],
    ['a transfer', TRANSFER, 'yes-transferee'],
    ['an acquisition', ACQUIRE, 'yes-source'],
  ])('of %s names the counterpart', (_, request, counterpart) => expect(block(request)).toMatchObject({ counterpart, kind: request.kind }));

  it.each(EXTENTS)('keeps the extent: %s', (extent) => expect(block({ ...USE, extent }).extent).toBe(extent));
  it.each(ASSURANCES)('keeps how sure it is: %s', (assurance) => expect(block({ ...USE, assurance }).assurance).toBe(assurance));
  it('of an erasure has no extent', () => expect(block(ERASE)).not.toHaveProperty('extent'));
});

describe('a right that is missing', () => {
  it('refuses whatever is written, and is recorded with whom it was about', () => {
    expect(guard.refuse(USE, 'right')).toMatchObject({
      outcome: 'refused', findings: [{ rule: 'right' }], reasons: ['この操作の権限がありません'], block: { outcome: 'refused', subjects: [PERSON], findings: [{ rule: 'right' }], declarationVersion: 3 },
    });
  });

  it('refuses also what is said to have happened elsewhere', () => expect(guard.refuse({ ...USE, happenedElsewhere: true }, 'right').outcome).toBe('refused'));
  it('refuses where nothing is in force', () => expect(new Guard().refuse(USE, 'right')).toMatchObject({ outcome: 'refused', findings: [{ rule: 'right' }], block: { declarationVersion: 0 } }));
  it('is not the same as a way that is not for this', () => expect(guard.refuse(USE, 'channel').reasons).toEqual(['この経路からは取り扱うことができません']));

  it('a protected person is refused by the form item', () => {
    expect(guard.refuse(USE, 'protection')).toMatchObject({ outcome: 'refused', findings: [{ rule: 'protection', item: 'risk.provision.improper.rule' }] });
  });
});

it('the engine’s own records are permitted by right alone, and written with the version in force', () => {
  expect(guard.permit({ ...USE, file: 'handling-log', department: 'no' })).toMatchObject({ outcome: 'written', findings: [], block: { declarationVersion: 3, file: 'handling-log' } });
});

const code = fc.constantFrom('yes-item', 'yes-purpose', 'yes-department', 'yes-source', 'yes-method', 'yes-recipient', 'yes-transferee', 'yes-entrustee', 'yes-place', 'use-1', 'link-1', 'number', 'no', 'x:1.y-Z');
const requests: fc.Arbitrary<HandlingRequest> = fc
  .record(
    {
      kind: fc.constantFrom(...HANDLING_KINDS), extent: fc.constantFrom(...EXTENTS), file: fc.constantFrom('vaccination', 'tax'), system: code, purpose: code, legalGround: code,
      subjects: fc.array(fc.constant(PERSON), { maxLength: 3 }), scopes: fc.array(code, { maxLength: 2 }), items: fc.array(code, { maxLength: 4 }), department: code, source: code, recipient: code,
      method: code, matching: code, statistics: code, decision: code, place: code, numberClass: fc.constantFrom('routine', 'voluntary'), erasureMethod: code,
      evidence: fc.array(fc.constantFrom(evidence('consent'), evidence('approval', { subjects: [] })), { maxLength: 2 }), breaks: fc.subarray([...RULES], { maxLength: 2 }),
      happenedElsewhere: fc.boolean(), assurance: fc.constantFrom(...ASSURANCES), at: fc.constantFrom(AT, '2026-09-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'),
    },
    { requiredKeys: ['kind', 'file', 'system', 'subjects', 'items', 'department', 'at'] },
  )
  .map((request) => request as HandlingRequest);

describe('for any request', () => {
  it('holds only what may stand open, judges the same twice, and leaves the request alone', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const before = structuredClone(request);
        const judgement = guard.judge(request);
        checkShape(handlingShape, judgement.block, '/handling');
        expect(guard.judge(request)).toEqual(judgement);
        expect(request).toEqual(before);
        expect(judgement.block).toMatchObject({ outcome: judgement.outcome, findings: judgement.findings });
        expect(judgement.reasons).toHaveLength(judgement.findings.length);
      }),
      { numRuns: 500 },
    );
  });

  it('what happened elsewhere is refused for its file alone; what is about to happen is never a deviation from an enforced item', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const here = guard.judge({ ...request, happenedElsewhere: false });
        const there = guard.judge({ ...request, happenedElsewhere: true });
        expect(here.outcome).toBe(here.findings.length > 0 ? 'refused' : 'written'); // all items of the sample are enforced
        expect(there.outcome).toBe(there.findings.length === 0 ? 'written' : request.file !== 'vaccination' ? 'refused' : 'deviation');
        expect(there.findings).toEqual(here.findings);
      }),
      { numRuns: 500 },
    );
  });
});

it('every open field of the block and of every registered type is of a kind that may stand open', () => {
  const closed = new Set(['text']);
  const fields = registry.openFields();
  expect(fields.length).toBeGreaterThan(40);
  for (const { where, field } of fields) {
    expect(`${where} ${field.open}`).toBe(`${where} true`);
    expect(closed.has(field.kind)).toBe(false);
  }
  const names = (shape: Shape): string[] => Object.entries(shape).flatMap(([name, field]: [string, Field<unknown>]) => [name, ...(field.kind === 'object' ? names(field.inner as Shape) : [])]);
  expect(names(handlingShape)).toEqual(expect.arrayContaining(['kind', 'extent', 'affair', 'file', 'system', 'purpose', 'legalGround', 'subjects', 'items', 'counterpart', 'method', 'evidence', 'outcome', 'assurance', 'declarationVersion']));
});

it.each([
  ['a purpose that is a sentence', { purpose: '田辺湊の接種' }],
  ['a counterpart that is a name', { counterpart: '田辺葵' }],
  ['an item that is a number', { items: ['000000001015'] }],
  ['a ground that is a number', { legalGround: '100000001' }],
  ['a subject that is no id', { subjects: ['100000001'] }],
  ['a member nobody registered', { note: 'x' }],
  ['a finding with free text', { findings: [{ rule: 'source', item: '田辺 湊' }] }],
  ['evidence without a reference', { evidence: [{ kind: 'consent' }] }],
  ['evidence that refers by name', { evidence: [{ kind: 'consent', ref: '田辺' }] }],
])('%s cannot stand in it', (_, wrong) => {
  const right = block(USE);
  checkShape(handlingShape, right, '/handling');
  expect(() => checkShape(handlingShape, { ...right, ...wrong }, '/handling')).toThrow(/handling/);
});
