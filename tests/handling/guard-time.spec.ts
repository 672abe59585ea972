import type { Mode } from '../../src/handling/declaration.js';
import { Guard } from '../../src/handling/guard.js';
import type { HandlingRequest } from '../../src/handling/request.js';
import { ACQUIRE, ACQUIRE_NUMBER, AT, PROVIDE, USE, declaration, guardOf, written } from './sample.js';

const BAD: HandlingRequest = { ...ACQUIRE, method: 'no' };
const OBSERVE: Mode = { mode: 'observe', reason: '当面は差を確かめる', until: '2027-03-31' };
const observing = (): Guard => guardOf(declaration({ modes: { method: OBSERVE } }));
const at = (request: HandlingRequest, instant: string): HandlingRequest => ({ ...request, at: instant });

describe('observe ends with its last day in Japan', () => {
  it.each([
    ['on the last day at noon', '2027-03-31T03:00:00.000Z', 'deviation'],
    ['in the last millisecond of it', '2027-03-31T14:59:59.999Z', 'deviation'],
    ['at midnight after it', '2027-03-31T15:00:00.000Z', 'refused'],
    ['when it is already the day after in Japan but not in Greenwich', '2027-03-31T20:00:00.000Z', 'refused'],
    ['a year later', '2028-03-31T03:00:00.000Z', 'refused'],
  ])('%s', (_, instant, outcome) => expect(observing().judge(at(BAD, instant)).outcome).toBe(outcome));
});

describe('nothing in force', () => {
  const empty = new Guard();

  it('refuses everything, with version 0', () => {
    expect(empty.judge(USE)).toMatchObject({
      outcome: 'refused', findings: [{ rule: 'noneInForce' }], reasons: ['評価書の記載事項が施行されていないため、取り扱うことができません'], block: { declarationVersion: 0, affair: 'none' },
    });
  });

  it('refuses the day before the first version, and not from its midnight in Japan on', () => {
    const guard = guardOf(declaration());
    expect(guard.judge(at(USE, '2026-09-30T14:59:59.999Z'))).toMatchObject({ outcome: 'refused', findings: [{ rule: 'noneInForce' }] });
    expect(guard.judge(at(USE, '2026-09-30T15:00:00.000Z')).outcome).toBe('written');
  });

  it('takes nothing in, also of what happened elsewhere, until a version has named the file', () => {
    expect(empty.judge({ ...USE, happenedElsewhere: true })).toMatchObject({ outcome: 'refused', findings: [{ rule: 'noneInForce' }] });
  });
});

describe('a file that no assessment names', () => {
  const request: HandlingRequest = { ...USE, file: 'tax' };

  it('is refused', () => {
    expect(guardOf(declaration()).judge(request)).toMatchObject({ outcome: 'refused', findings: [{ rule: 'unknownFile' }], reasons: ['評価書に記載のない特定個人情報ファイルです'], block: { file: 'unknown', declarationVersion: 3 }, given: '{"file":"tax"}' });
  });

  it('takes nothing in, also of what happened elsewhere: it would be nobody’s', () => {
    expect(guardOf(declaration()).judge({ ...request, happenedElsewhere: true })).toMatchObject({ outcome: 'refused', findings: [{ rule: 'unknownFile' }] });
  });

  it('but that a version names which came later is recorded with a reason, under its own name', () => {
    const before = { ...USE, happenedElsewhere: true, at: '2020-01-01T00:00:00Z' };
    expect(guardOf(declaration()).judge(before)).toMatchObject({ outcome: 'deviation', findings: [{ rule: 'noneInForce' }], reasonRequired: true, block: { file: USE.file, purpose: USE.purpose, declarationVersion: 0 } });
    expect(guardOf().judge(before)).toMatchObject({ outcome: 'refused', findings: [{ rule: 'noneInForce' }], block: { file: 'unknown' } });
  });
});

describe('the version in force when it happened', () => {
  const third = declaration();
  const fourth = declaration({ version: 4, effectiveFrom: '2026-12-01', items: { method: written(['no']) } });

  it('judges, up to the last moment before the next one', () => {
    const guard = guardOf(third, fourth);
    expect(guard.judge(at(BAD, '2026-11-30T14:59:59.999Z'))).toMatchObject({ outcome: 'refused', block: { declarationVersion: 3 } });
    expect(guard.judge(at(BAD, '2026-11-30T15:00:00.000Z'))).toMatchObject({ outcome: 'written', block: { declarationVersion: 4 } });
    expect(guard.judge(at(ACQUIRE, '2026-11-30T15:00:00.000Z'))).toMatchObject({ outcome: 'refused', block: { declarationVersion: 4 } });
  });

  it('is overtaken while it waits by one put in force before its day, and never begins', () => {
    const guard = guardOf(third, fourth);
    guard.putInForce(declaration({ version: 5, effectiveFrom: '2026-11-20' }), '2026-11-20T02:00:00.000Z');
    expect(['2026-11-20T01:59:59.999Z', '2026-11-20T02:00:00.000Z', '2026-12-01T00:00:00.000Z', '2040-01-01T00:00:00.000Z'].map((instant) => guard.inForce(instant)?.assessment.version)).toEqual([3, 5, 5, 5]);
    guard.putInForce(declaration({ version: 6, effectiveFrom: '2026-12-05' }), '2026-12-04T15:00:00.000Z'); // what began before stays
    expect(['2026-12-04T14:59:59.999Z', '2026-12-04T15:00:00.000Z'].map((instant) => guard.inForce(instant)?.assessment.version)).toEqual([5, 6]);
  });

  it('does not depend on the order in which versions came', () => {
    for (const guard of [guardOf(third, fourth), guardOf(fourth, third)]) expect(guard.inForce(AT)?.assessment.version).toBe(3);
  });

  it('of two from the same day is the higher one', () => {
    const revised = declaration({ version: 4, items: { method: written(['no']) } });
    for (const guard of [guardOf(third, revised), guardOf(revised, third)]) expect(guard.judge(BAD)).toMatchObject({ outcome: 'written', block: { declarationVersion: 4 } });
  });

  it('still judges what is recorded late', () => {
    expect(guardOf(third, fourth).judge({ ...at(BAD, '2026-11-01T00:00:00.000Z'), happenedElsewhere: true })).toMatchObject({ outcome: 'deviation', block: { declarationVersion: 3 } });
  });

  it('as known when it was recorded: a judgement made stays what it was', () => {
    const guard = guardOf(third);
    const judged = guard.judge(BAD);
    const kept = structuredClone(judged);
    guard.putInForce(declaration({ version: 4, items: { method: written(['no']) } })); // from the same day as the third
    expect(judged).toEqual(kept);
    expect(guard.judge(BAD)).toMatchObject({ outcome: 'written', block: { declarationVersion: 4 } });
  });

  it('is known before its day, and judges nothing yet', () => {
    const guard = guardOf(third, fourth);
    expect(guard.all().map(({ assessment }) => assessment.version)).toEqual([3, 4]);
    expect(guard.inForce(AT)?.assessment.version).toBe(3);
  });
});

describe('a change of mode', () => {
  const change = { version: 3, file: 'vaccination', rule: 'method', from: '2026-11-20T01:00:00.000Z' } as const;
  const UNCHECKED: Mode = { mode: 'unchecked', reason: '別の台帳で照合する' };

  it('holds from its instant on', () => {
    const guard = guardOf(declaration());
    guard.changeMode({ ...change, mode: UNCHECKED });
    expect(guard.judge(at(BAD, '2026-11-20T00:59:59.999Z')).outcome).toBe('refused');
    expect(guard.judge(at(BAD, '2026-11-20T01:00:00.000Z')).outcome).toBe('written');
  });

  it('does not reach back to what happened before, when that is recorded late', () => {
    const guard = guardOf(declaration({ modes: { method: UNCHECKED } }));
    guard.changeMode({ ...change, mode: { mode: 'enforce' } });
    expect(guard.judge({ ...at(BAD, '2026-11-19T00:00:00.000Z'), happenedElsewhere: true }).outcome).toBe('written');
    expect(guard.judge({ ...at(BAD, '2026-11-21T00:00:00.000Z'), happenedElsewhere: true })).toMatchObject({ outcome: 'deviation', reasonRequired: true });
  });

  it('may tighten before an observation ends, and the last one counts', () => {
    const guard = observing();
    guard.changeMode({ ...change, mode: { mode: 'enforce' } });
    expect(guard.judge(at(BAD, '2026-11-20T02:00:00.000Z')).outcome).toBe('refused');
    guard.changeMode({ ...change, from: '2026-11-20T03:00:00.000Z', mode: { ...OBSERVE, until: '2026-11-30' } });
    expect(guard.judge(at(BAD, '2026-11-20T02:00:00.000Z')).outcome).toBe('refused');
    expect(guard.judge(at(BAD, '2026-11-20T03:00:00.000Z')).outcome).toBe('deviation');
    expect(guard.judge(at(BAD, '2026-11-30T15:00:00.000Z')).outcome).toBe('refused');
  });

  it.each([
    ['another version', { version: 4 }],
    ['another file', { file: 'tax' }],
    ['another rule', { rule: 'source' }],
  ] as const)('of %s changes nothing here', (_, other) => {
    const guard = guardOf(declaration());
    guard.changeMode({ ...change, ...other, mode: UNCHECKED });
    expect(guard.judge(at(BAD, '2026-11-20T02:00:00.000Z')).outcome).toBe('refused');
  });

  it('does not outlive its version', () => {
    const guard = guardOf(declaration(), declaration({ version: 4, effectiveFrom: '2026-12-01' }));
    guard.changeMode({ ...change, mode: UNCHECKED });
    expect(guard.judge(at(BAD, '2026-12-02T00:00:00.000Z')).outcome).toBe('refused');
  });
});

describe('legal grounds have a time of their own', () => {
  it.each([
    ['use-1', '2027-03-31T14:59:59.999Z', 'written'],
    ['use-1', '2027-03-31T15:00:00.000Z', 'refused'],
    ['use-late', '2027-03-31T14:59:59.999Z', 'refused'],
    ['use-late', '2027-03-31T15:00:00.000Z', 'written'],
  ])('利用: %s at %s', (legalGround, instant, outcome) => {
    expect(guardOf(declaration()).judge({ ...at(ACQUIRE_NUMBER, instant), legalGround })).toMatchObject({ outcome, block: { legalGround } });
  });

  it.each([
    ['provide-1', '2027-03-31T14:59:59.999Z', 'written'],
    ['provide-1', '2027-03-31T15:00:00.000Z', 'refused'],
    ['ordinance-1', '2026-11-30T14:59:59.999Z', 'refused'],
    ['ordinance-1', '2026-11-30T15:00:00.000Z', 'written'],
  ])('提供: %s at %s', (legalGround, instant, outcome) => expect(guardOf(declaration()).judge({ ...at(PROVIDE, instant), legalGround }).outcome).toBe(outcome));

  it('a written ground of which no row of law is there is no ground', () => {
    const guard = guardOf(declaration({ grounds: [] }));
    expect(guard.judge(ACQUIRE_NUMBER)).toMatchObject({ outcome: 'refused', findings: [{ rule: 'useGround' }] });
    expect(guard.judge(PROVIDE)).toMatchObject({ outcome: 'refused', findings: [{ rule: 'provisionGround' }] });
  });

  it('a ground that had another number before was a ground before', () => {
    const renumbered = { code: 'use-1', kind: 'use', text: '別表14の項', from: '2026-11-01', former: { text: '別表第一10の項', until: '2026-10-31' }, source: '別表', confirmed: true } as const;
    const guard = guardOf(declaration({ grounds: [renumbered] }));
    expect(guard.judge(at(ACQUIRE_NUMBER, '2026-11-01T00:00:00.000Z')).outcome).toBe('written');
    expect(guard.judge({ ...at(ACQUIRE_NUMBER, '2026-10-15T00:00:00.000Z'), happenedElsewhere: true }).outcome).toBe('written');
  });

  it('but not in a time between its two numbers', () => {
    const interrupted = { code: 'use-1', kind: 'use', text: '別表14の項', from: '2026-11-10', former: { text: '別表第一10の項', until: '2026-10-31' }, source: '別表', confirmed: true } as const;
    const guard = guardOf(declaration({ grounds: [interrupted] }));
    const outcomes = ['2026-10-31T14:59:59.999Z', '2026-10-31T15:00:00.000Z', '2026-11-09T14:59:59.999Z', '2026-11-09T15:00:00.000Z'].map((moment) => guard.judge(at(ACQUIRE_NUMBER, moment)).outcome);
    expect(outcomes).toEqual(['written', 'refused', 'refused', 'written']);
  });

  it('the sole ground for the number is told, of the version in force then', () => {
    const guard = guardOf(declaration({ items: { useGround: written(['use-1']) } }), declaration({ version: 4, effectiveFrom: '2027-04-01', items: { useGround: written(['use-late']) } }));
    expect(guard.soleUseGround('vaccination', AT)).toBe('use-1');
    expect(guard.soleUseGround('vaccination', '2027-04-02T00:00:00.000Z')).toBe('use-late');
    expect(guard.soleUseGround('tax', AT)).toBeUndefined();
    expect(new Guard().soleUseGround('vaccination', AT)).toBeUndefined();
    expect(guardOf(declaration()).soleUseGround('vaccination', AT)).toBeUndefined(); // two are written: a person chooses
  });
});
