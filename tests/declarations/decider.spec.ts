import { createHash } from 'node:crypto';
import { declarationsWith } from '../../src/declarations/module.js';
import { AssessmentPutInForce, DeclarationProposed, DeclarationPutInForce, ModeChangeProposed, ModeChanged, ProvisionalPutInForce } from '../../src/declarations/events.js';
import type { PublishedFact } from '../../src/declarations/facts.js';
import { DECLARATION as DOCUMENT } from '../support/city.js';
import { HORI, MIWA, OONO, SUBJECT_ID, erased, given, happens, past, problem, TODAY } from '../support/given.js';

const digest = (document: string): string => createHash('sha256').update(document).digest('hex');
const changed = DOCUMENT.replace('"version": 3', '"version": 4').replace('"effectiveFrom": "2026-10-01"', '"effectiveFrom": "2026-12-01"');
const ABOUT = { version: 3, assessment: 12, effectiveFrom: '2026-10-01', document: digest(DOCUMENT) };

const proposed = past(DeclarationProposed, HORI, ABOUT, { document: DOCUMENT });
const inForce = past(DeclarationPutInForce, MIWA, { version: 3, effectiveFrom: '2026-10-01', document: digest(DOCUMENT) }, {});
const CHANGE = { version: 3, file: 'vaccination', rule: 'method', mode: 'enforce' } as const;
const modeProposed = past(ModeChangeProposed, HORI, { proposal: 1, ...CHANGE }, { reason: '受渡し方法を改めた' });
const modeChanged = past(ModeChanged, MIWA, { proposal: 1, ...CHANGE }, {});

const declarations = declarationsWith({ published: async () => ({ problem: 'unknown' }) });

describe('handing in a version', () => {
  it('keeps the document, its digest and what the cover says', () => {
    given(declarations).when('ProposeDeclaration', { document: DOCUMENT }).then([happens(DeclarationProposed, ABOUT, { document: DOCUMENT })]);
  });

  it('may be done again before it is in force: the later one counts', () => {
    const again = DOCUMENT.replace('健康づくり課', '保健予防課');
    const second = past(DeclarationProposed, MIWA, { ...ABOUT, document: digest(again) }, { document: again });
    given(declarations, [proposed, second]).when('PutDeclarationInForce', { version: 3 }, { person: OONO }).then([happens(DeclarationPutInForce, { version: 3, effectiveFrom: '2026-10-01', document: digest(again) })]);
    given(declarations, [proposed, second]).when('PutDeclarationInForce', { version: 3 }, { person: MIWA }).then(problem(409, 'same-person'));
  });

  it('is refused for a version in force: it would change what judged the past', () => {
    given(declarations, [proposed, inForce]).when('ProposeDeclaration', { document: DOCUMENT }).then(problem(409, 'version-in-force'));
    given(declarations, [proposed, inForce]).when('ProposeDeclaration', { document: changed }).then([happens(DeclarationProposed)]);
  });

  it('is refused with every fault, each with its line', () => {
    expect(() => given(declarations).when('ProposeDeclaration', { document: '{}' }).then([happens(DeclarationProposed)])).toThrow('422 invalid-declaration');
    given(declarations).when('ProposeDeclaration', { document: '{"format": 1}' }).then(problem(422, 'invalid-declaration'));
  });
});

describe('putting in force', () => {
  it('takes another person than the one who handed it in', () => {
    given(declarations, [proposed]).when('PutDeclarationInForce', { version: 3 }, { person: MIWA }).then([happens(DeclarationPutInForce, { version: 3, effectiveFrom: '2026-10-01', document: digest(DOCUMENT) })]);
    given(declarations, [proposed]).when('PutDeclarationInForce', { version: 3 }, { person: HORI }).then(problem(409, 'same-person'));
  });

  it('is refused for a version nobody handed in', () => {
    given(declarations).when('PutDeclarationInForce', { version: 3 }, { person: MIWA }).then(problem(409, 'not-proposed'));
    given(declarations, [proposed]).when('PutDeclarationInForce', { version: 4 }, { person: MIWA }).then(problem(409, 'not-proposed'));
  });

  it('is refused for another affair than the one in force: all its handling would be refused', () => {
    const tax = changed.replace('"affair": {', '"affair": {\n    "code": "resident-tax", "label": "住民税に関する事務"\n  }, "was": {').replace(/, "was": \{[^}]*\}/, '');
    const other = past(DeclarationProposed, HORI, { ...ABOUT, version: 4, document: digest(tax) }, { document: tax });
    expect(JSON.parse(tax).affair.code).toBe('resident-tax');
    given(declarations, [proposed, inForce, other]).when('PutDeclarationInForce', { version: 4 }, { person: OONO }).then(problem(409, 'other-affair'));
    given(declarations, [other]).when('PutDeclarationInForce', { version: 4 }, { person: OONO }).then([happens(DeclarationPutInForce)]);
    given(declarations, [proposed, inForce, past(DeclarationProposed, HORI, { ...ABOUT, version: 4, document: digest(changed) }, { document: changed })]).when('PutDeclarationInForce', { version: 4 }, { person: OONO }).then([happens(DeclarationPutInForce)]);
  });

  it('happens once', () => given(declarations, [proposed, inForce]).when('PutDeclarationInForce', { version: 3 }, { person: OONO }).then(problem(409, 'version-in-force')));
});

describe('changing a mode', () => {
  const events = [proposed, inForce];
  const propose = { ...CHANGE, reason: '受渡し方法を改めた' };

  it('is proposed with a reason, numbered', () => {
    given(declarations, events).when('ProposeModeChange', propose).then([happens(ModeChangeProposed, { proposal: 1, ...CHANGE }, { reason: propose.reason })]);
    given(declarations, [...events, modeProposed]).when('ProposeModeChange', propose).then([happens(ModeChangeProposed, { proposal: 2, ...CHANGE }, { reason: propose.reason })]);
  });

  it.each(['enforce', 'unchecked', 'observe'])('to %s needs a reason', (mode) => {
    given(declarations, events).when('ProposeModeChange', { ...CHANGE, mode, until: '2027-03-31' }).then(problem(422, 'reason-required'));
  });

  it('to observe needs an end that is not past', () => {
    const observe = { ...propose, mode: 'observe' };
    given(declarations, events).when('ProposeModeChange', observe).then(problem(422, 'until-required'));
    given(declarations, events).when('ProposeModeChange', { ...observe, until: '2026-11-19' }).then(problem(422, 'until-past'));
    given(declarations, events).when('ProposeModeChange', { ...observe, until: TODAY }).then([happens(ModeChangeProposed, { proposal: 1, ...CHANGE, mode: 'observe', until: TODAY })]);
  });

  it('is for a version in force only', () => {
    given(declarations, [proposed]).when('ProposeModeChange', propose).then(problem(409, 'not-in-force'));
    given(declarations, events).when('ProposeModeChange', { ...propose, version: 4 }).then(problem(409, 'not-in-force'));
  });

  it('takes effect when another person confirms it', () => {
    given(declarations, [...events, modeProposed]).when('ConfirmModeChange', { proposal: 1 }, { person: MIWA }).then([happens(ModeChanged, { proposal: 1, ...CHANGE }, {})]);
    given(declarations, [...events, modeProposed]).when('ConfirmModeChange', { proposal: 1 }, { person: HORI }).then(problem(409, 'same-person'));
  });

  it('asks who proposed the change, not who put the version in force', () => {
    const byMiwa = past(ModeChangeProposed, MIWA, { proposal: 1, ...CHANGE }, { reason: '見直し' });
    given(declarations, [...events, byMiwa]).when('ConfirmModeChange', { proposal: 1 }, { person: HORI }).then([happens(ModeChanged)]);
    given(declarations, [...events, byMiwa]).when('ConfirmModeChange', { proposal: 1 }, { person: MIWA }).then(problem(409, 'same-person'));
  });

  it('is confirmed once, and only what was proposed', () => {
    given(declarations, [...events, modeProposed, modeChanged]).when('ConfirmModeChange', { proposal: 1 }, { person: OONO }).then(problem(409, 'already-confirmed'));
    given(declarations, [...events, modeProposed]).when('ConfirmModeChange', { proposal: 2 }, { person: MIWA }).then(problem(409, 'not-proposed'));
  });

  it('is refused for a file that the version does not write: it would never take effect, and everybody would think it had', () => {
    const take = () => given(declarations, events).when('ProposeModeChange', { ...propose, file: 'vacination' }).then([happens(ModeChangeProposed)]);
    expect(take).toThrow(/no event but 4\d\d/);
  });
});

it('reads the state from events whose sealed parts are gone', () => {
  const events = [erased(proposed), inForce, erased(modeProposed)];
  given(declarations, events).when('ConfirmModeChange', { proposal: 1 }, { person: MIWA }).then([happens(ModeChanged)]);
});

describe('a version that waits for its day', () => {
  const ASSESSMENT = '0193a000-0000-7000-8000-0000000000e4';
  const waits = past(AssessmentPutInForce, MIWA, { version: 4, effectiveFrom: '2026-12-01', from: '2026-11-30T15:00:00.000Z', assessment: ASSESSMENT, published: digest('published'), document: digest(changed) }, { document: changed });
  const text = (version: number, effectiveFrom: string): string => DOCUMENT.replace('"version": 3', `"version": ${version}`).replace('"effectiveFrom": "2026-10-01"', `"effectiveFrom": "${effectiveFrom}"`);
  const facts: PublishedFact = { publishedOn: '2026-11-19', digest: digest('another'), affair: JSON.parse(DOCUMENT).affair.code as string, revision: 0, boundBy: new Set([HORI]), declaration: text, unbacked: [] };
  const put = (more: object) => given(declarations, [proposed, inForce, waits]).when('PutAssessmentInForce', { assessment: SUBJECT_ID, ...more }, { person: OONO, facts });

  it('is overtaken only by somebody who says why', () => {
    put({}).then(problem(409, 'version-waits'));
    put({ effectiveFrom: '2026-11-30' }).then(problem(409, 'version-waits'));
    put({ reason: '施行日の誤り' }).then([happens(AssessmentPutInForce, expect.objectContaining({ version: 5, effectiveFrom: TODAY }) as object)]);
    put({ effectiveFrom: '2026-12-01' }).then([happens(AssessmentPutInForce, expect.objectContaining({ version: 5, from: '2026-11-30T15:00:00.000Z' }) as object)]); // on its day the later one holds anyway
  });

  it('has been in force never once it is overtaken, and its number is not given again', () => {
    const provisional = past(ProvisionalPutInForce, HORI, { version: 5, effectiveFrom: TODAY, from: '2026-11-20T00:30:00.000Z', document: digest(text(5, TODAY)) }, { document: text(5, TODAY), reason: '急な拡大' });
    const after = given(declarations, [proposed, inForce, waits, provisional]);
    expect([...after.state.inForce.keys()]).toEqual([3, 5]);
    after.when('ProposeModeChange', { version: 4, file: 'vaccination', rule: 'method', mode: 'enforce', reason: '確かめた' }).then(problem(409, 'not-in-force'));
    after.when('PutAssessmentInForce', { assessment: SUBJECT_ID, version: 4 }, { person: OONO, facts }).then(problem(422, 'version-not-next'));
    after.when('PutAssessmentInForce', { assessment: SUBJECT_ID }, { person: OONO, facts }).then([happens(AssessmentPutInForce, expect.objectContaining({ version: 6 }) as object)]);
  });
});
