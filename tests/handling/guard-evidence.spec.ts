import { IDENTITY_ARTICLES, type EvidenceRule } from '../../src/handling/declaration.js';
import type { EvidenceFact, HandlingRequest } from '../../src/handling/request.js';
import { ACQUIRE, ACQUIRE_NUMBER, ERASE, OTHER_PERSON, PERSON, PROVIDE, USE, declaration, evidence, guardOf } from './sample.js';

const judge = (request: HandlingRequest, rules?: readonly EvidenceRule[]) => guardOf(declaration(rules ? { evidence: rules } : {})).judge(request);
const SELF: HandlingRequest = { ...ACQUIRE_NUMBER, source: 'yes-source-self' };
const ASKING: HandlingRequest = { ...ACQUIRE, source: 'yes-source-asking' };
const identity = (article: EvidenceFact['article'], rest: Partial<EvidenceFact> = {}): EvidenceFact => evidence('identity-check', { ...(article && { article }), ...rest });

describe('本人確認 is one of three different things', () => {
  const pairs = IDENTITY_ARTICLES.flatMap((needed) => IDENTITY_ARTICLES.map((shown) => [needed, shown, needed === shown ? 'written' : 'refused'] as const));
  it.each(pairs)('needed %s, shown %s: %s', (needed, shown, outcome) => {
    const rule: EvidenceRule = { rule: 'identity', when: { kind: 'acquisition', items: ['number'] }, needs: 'identity-check', article: needed };
    expect(judge({ ...ACQUIRE_NUMBER, evidence: [identity(shown)] }, [rule]).outcome).toBe(outcome);
  });

  it('a check that does not say which it was is none', () => {
    const { article: _, ...vague } = identity('number-act-16');
    expect(judge({ ...SELF, evidence: [vague] })).toMatchObject({ outcome: 'refused', findings: [{ rule: 'identity' }] });
  });

  it('the right one among others will do', () => {
    expect(judge({ ...SELF, evidence: [identity('clinic'), evidence('consent'), identity('number-act-16')] }).outcome).toBe('written');
  });
});

describe('whom evidence is about', () => {
  const consents = (...subjects: string[]): EvidenceFact => evidence('consent', { subjects });

  it.each([
    ['the person', [consents(PERSON)], [PERSON], 'written'],
    ['somebody else', [consents(OTHER_PERSON)], [PERSON], 'refused'],
    ['one of the two persons', [consents(PERSON)], [PERSON, OTHER_PERSON], 'refused'],
    ['both persons', [consents(PERSON, OTHER_PERSON)], [PERSON, OTHER_PERSON], 'written'],
    ['both persons, on a paper each', [consents(PERSON), consents(OTHER_PERSON)], [PERSON, OTHER_PERSON], 'written'],
  ] as const)('%s', (_, shown, subjects, outcome) => expect(judge({ ...ASKING, evidence: shown, subjects }).outcome).toBe(outcome));

  it('an approval of a plan is about all in it', () => expect(judge({ ...ERASE, subjects: [PERSON, OTHER_PERSON], evidence: [evidence('approval', { subjects: [] })] }).outcome).toBe('written'));
});

describe('when evidence is needed', () => {
  it.each([
    ['the source asks for it', ASKING, 'refused'],
    ['another source', ACQUIRE, 'written'],
    ['another kind of handling', { ...USE, source: 'yes-source-asking' }, 'written'],
    ['no number among the items', { ...SELF, items: ['yes-item'] }, 'written'],
    ['the number among the items', SELF, 'refused'],
    ['a recipient that is not named in the rule', PROVIDE, 'written'],
    ['the recipient that is', { ...PROVIDE, recipient: 'yes-recipient-careful' }, 'refused'],
  ] as const)('%s', (_, request, outcome) => expect(judge(request).outcome).toBe(outcome));

  it('every condition of a rule must fit', () => {
    const rule: EvidenceRule = { rule: 'consent', when: { kind: 'provision', counterpart: ['yes-recipient'], items: ['number'] }, needs: 'consent' };
    expect(judge(PROVIDE, [rule]).outcome).toBe('written');
    expect(judge({ ...PROVIDE, items: ['number'] }, [rule])).toMatchObject({ outcome: 'refused', findings: [{ rule: 'consent' }] });
  });

  it('evidence of another kind does not help', () => {
    expect(judge({ ...ASKING, evidence: [evidence('application'), evidence('approval'), evidence('second-person')] })).toMatchObject({ outcome: 'refused', findings: [{ rule: 'consent' }] });
  });

  it('two rules of one item are one finding, and each must be kept', () => {
    const rules: readonly EvidenceRule[] = [
      { rule: 'consent', when: { kind: 'acquisition' }, needs: 'consent' },
      { rule: 'consent', when: { kind: 'acquisition' }, needs: 'purpose-notice' },
    ];
    expect(judge(ACQUIRE, rules).findings).toEqual([{ rule: 'consent', item: 'risk.acquisition.offPurpose.other' }]);
    expect(judge({ ...ACQUIRE, evidence: [evidence('consent')] }, rules).outcome).toBe('refused');
    expect(judge({ ...ACQUIRE, evidence: [evidence('consent'), evidence('purpose-notice')] }, rules).outcome).toBe('written');
  });
});

it('the block names all evidence that was shown, by kind and reference, needed or not', () => {
  const shown = [evidence('consent'), identity('clinic', { ref: PERSON })];
  expect(judge({ ...USE, evidence: shown }).block.evidence).toEqual([
    { kind: 'consent', ref: shown[0]!.ref },
    { kind: 'identity-check', ref: PERSON },
  ]);
});
