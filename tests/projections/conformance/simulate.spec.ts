import { Guard } from '../../../src/handling/guard.js';
import type { HandlingBlock } from '../../../src/handling/block.js';
import type { Declaration } from '../../../src/handling/declaration.js';
import type { HandlingRequest } from '../../../src/handling/request.js';
import type { Rule } from '../../../src/handling/rules.js';
import { simulate } from '../../../projections/conformance/simulate.js';
import { logBlocks } from '../../../projections/handling-log/query.js';
import { CASES, PERSON, declaration } from '../../handling/sample.js';
import { logOf, type Told } from './log.js';

const IN_FORCE = declaration();

/** A handling as the guard judged and recorded it then. */
function judged(request: HandlingRequest, own: Declaration = IN_FORCE): Told {
  const guard = new Guard();
  guard.putInForce(own);
  const { block } = guard.judge(request);
  return { at: request.at, actor: { department: request.department }, block: block as Partial<HandlingBlock> };
}

function tried(tried: Declaration, told: readonly Told[], inForce: readonly Declaration[] = [IN_FORCE]) {
  const db = logOf(told.map((one) => ({ ...one, block: { purpose: undefined as never, extent: undefined as never, ...one.block } })));
  try {
    return simulate({ tried, inForce }, [...logBlocks(() => db, {}, { after: 0, size: 100 })].flat());
  } finally {
    db.close();
  }
}

/** Rules that a handling breaks by what the open block does not tell: the simulation leaves them alone, and says so. */
const UNTOLD: ReadonlySet<string> = new Set<Rule>(['scope', 'matching', 'statistics', 'decision', 'place', 'erasureMethod', 'numberClass', 'secondPerson', 'protection']);

it('the version in force, tried over what it judged itself, changes nothing', () => {
  const told = CASES.flatMap(({ good, bad }) => [judged(good), judged(bad)]);
  expect(tried(IN_FORCE, told)).toEqual([]);
});

/** Rules of which a version may write less. Who may receive is written with the recipients, and evidence is asked for, not allowed. */
const NARROWED = CASES.filter(({ rule }) => !UNTOLD.has(rule) && !['recipient', 'transferee', 'consent', 'identity', 'approval'].includes(rule));

it.each(NARROWED)('a version that writes nothing of $rule refuses it ($what)', ({ rule, good }) => {
  const next = { ...IN_FORCE, assessment: { ...IN_FORCE.assessment, version: 4 }, files: IN_FORCE.files.map((file) => strict(file, rule)) };
  expect(tried(next, [judged(good)]).filter((one) => one.rule === rule)).toMatchObject([{ change: 'refused', count: 1, first: 10, last: 10 }]);
});

it('a version that asks for evidence refuses what had none', () => {
  const asking = (needs: 'consent' | 'permit') => ({ ...IN_FORCE, files: IN_FORCE.files.map((file) => ({ ...file, evidence: [...file.evidence, { rule: 'consent' as const, when: { kind: 'use' as const }, needs }] })) });
  const use = CASES.find(({ what }) => what === '使用目的 of a use')!.good;
  expect(tried(asking('permit'), [judged(use)])).toMatchObject([{ change: 'refused', rule: 'consent' }]);
  expect(tried(asking('consent'), [judged({ ...use, evidence: [{ kind: 'consent', ref: PERSON, subjects: [] }] })])).toEqual([]);
});

/** The same file, in which a rule writes nothing. */
function strict(file: Declaration['files'][number], rule: Rule): Declaration['files'][number] {
  const party = ({ grounds, information, methods, ...rest }: (typeof file.recipients)[number]) => ({
    ...rest, grounds: rule === 'provisionGround' || rule === 'transferGround' ? [] : grounds, information: rule === 'information' || rule === 'transferInformation' ? [] : information, methods: rule === 'provisionMethod' || rule === 'transferMethod' ? [] : methods,
  });
  return { ...file, items: { ...file.items, [rule]: { mode: { mode: 'enforce' }, values: [] } }, recipients: file.recipients.map(party), transferees: file.transferees.map(party) };
}

describe('by rule, file, department and purpose', () => {
  const use = CASES.find(({ what }) => what === '使用目的 of a use')!;
  const next = (change: (file: Declaration['files'][number]) => object): Declaration => ({ ...IN_FORCE, assessment: { ...IN_FORCE.assessment, version: 4 }, files: IN_FORCE.files.map((file) => ({ ...file, ...change(file) })) });
  const withPurpose = (...codes: readonly string[]) => next(({ items }) => ({ items: { ...items, purpose: { mode: { mode: 'enforce' }, values: codes.map((code) => ({ code, label: code })) } } }));

  it('counts with the first and the last', () => {
    const told = [judged(use.good), judged({ ...use.good, items: ['yes-item-2'] }), judged(use.good)];
    expect(tried(withPurpose(), told)).toEqual([{ change: 'refused', rule: 'purpose', file: 'vaccination', department: 'yes-department', purpose: 'yes-purpose', count: 3, first: 10, last: 14 }]);
  });

  it('what was refused and would be allowed is told apart; a code that no list has cannot be told', () => {
    const elsewhere = { ...use.good, department: 'pension' };
    const wider = next(({ items }) => ({ items: { ...items, department: { ...items.department!, values: [...items.department!.values, { code: 'pension', label: '国保年金課' }] } } }));
    expect(tried(wider, [judged(elsewhere), judged(use.good)])).toEqual([{ change: 'allowed', rule: 'department', file: 'vaccination', department: 'pension', purpose: 'yes-purpose', count: 1, first: 10, last: 10 }]);
    expect(tried(withPurpose('yes-purpose', 'no'), [judged(use.bad)])).toEqual([expect.objectContaining({ change: 'unknown', rule: 'purpose', purpose: 'unknown' })]);
    expect(tried(wider, [judged({ ...elsewhere, purpose: 'no' })])).toEqual([]); // the purpose still speaks against it
  });

  it('what has happened elsewhere would be noted, not refused', () => {
    expect(tried(withPurpose(), [judged({ ...use.good, happenedElsewhere: true, assurance: 'reported' })])).toMatchObject([{ change: 'deviation', rule: 'purpose' }]);
  });

  it('an item that is only observed from then on lets through what was refused', () => {
    const observed = next(({ items }) => ({ items: { ...items, department: { ...items.department!, mode: { mode: 'observe', reason: '試行', until: '2099-12-31' } } } }));
    expect(tried(observed, [judged({ ...use.good, department: 'pension' })])).toMatchObject([{ change: 'deviation', rule: 'department' }]);
  });

  it('an item that was only observed, and is enforced from then on, refuses what was noted', () => {
    const observing = declaration({ modes: { department: { mode: 'observe', reason: '試行', until: '2099-12-31' } } });
    expect(tried(IN_FORCE, [judged({ ...use.good, department: 'pension' }, observing)], [observing])).toMatchObject([{ change: 'refused', rule: 'department', department: 'pension' }]);
  });

  it('a refusal by a right, a terminal or a channel stays one; records of the engine itself are in no assessment', () => {
    const refused = (rule: 'right' | 'terminal'): Told => ({ block: { outcome: 'refused', purpose: 'no', findings: [{ rule }], subjects: [PERSON] } });
    expect(tried(withPurpose(), [refused('right'), refused('terminal'), { block: { file: 'handling-log' } }])).toEqual([]);
  });

  it('what the block does not tell, for no written item was about it, speaks against nothing', () => {
    expect(tried({ ...IN_FORCE, assessment: { ...IN_FORCE.assessment, version: 4 } }, [{ actor: { department: 'yes-department' }, block: { items: ['yes-item'] } }])).toEqual([]); // recorded without a purpose
  });

  it('who had no right has none under any version, also where none was in force', () => {
    const { block, actor } = judged(use.good);
    expect(tried(IN_FORCE, [{ actor: actor!, block: { ...block, outcome: 'refused', findings: [{ rule: 'right' }], declarationVersion: 0 } }])).toEqual([]);
    expect(tried(IN_FORCE, [{ actor: actor!, block: { ...block, outcome: 'refused', findings: [{ rule: 'noneInForce' }], declarationVersion: 0 } }])).toMatchObject([{ change: 'allowed', rule: 'noneInForce' }]);
  });

  it('a file that the version does not name is refused whole', () => {
    const none = { ...IN_FORCE, files: [{ ...IN_FORCE.files[0]!, code: 'another' }] };
    expect(tried(none, [judged(use.good)])).toMatchObject([{ change: 'refused', rule: 'unknownFile' }]);
  });
});
