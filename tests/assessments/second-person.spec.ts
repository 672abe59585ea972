import { readFileSync } from 'node:fs';
import { checkAssessment } from '../../src/assessments/check/check.js';
import { documentOf } from '../../src/assessments/drafts/document.js';
import { AmendmentSetAside, AssessmentDecided, AssessmentDrafted, CommentAdded, EntryRemoved, ItemAmended, ItemDeferred, SignificanceJudged } from '../../src/assessments/events.js';
import { assessmentsWith } from '../../src/assessments/module.js';
import { perform, type Results } from '../../src/assessments/work/jobs.js';
import { inTurn } from '../../src/walks/threads.js';
import type { DomainEvent } from '../../src/ledger/event-type.js';
import { DECLARATION, type Answer } from '../support/city.js';
import { HORI, MIWA, OONO, TODAY, given, happens, past, problem } from '../support/given.js';
import { expectStatus, openStage, staffOf, type Stage } from '../walks/stage.js';

const V3 = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
const MEASURES = 'risk.acquisition.leak.measures';
const ABOUT = { affair: 'vaccination', edition: 'form4-2025-05', number: 12 } as const;
const assessments = assessmentsWith({ ledger: () => { throw new Error('no decision here looks anything up'); }, agency: () => '架空市長', figures: () => Promise.reject(new Error('none')) });
const unit = (n: number): string => `0193a000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`;

/** An amendment of a document as it is begun, with its entries under ids in their order. */
function begun(document: string): { readonly drafted: DomainEvent; readonly entryOf: (repeat: string, index?: number) => string } {
  const { beginning } = perform({ kind: 'begin', fresh: false, edition: ABOUT.edition, document, blank: { number: 12, agency: '' } }) as Extract<Results['begin'], { beginning: unknown }>;
  const entries = beginning.entries.map(({ repeat, within }, n) => ({ repeat, ...(within !== undefined && { within: unit(within) }), entry: unit(n) }));
  const drafted = past(AssessmentDrafted, HORI, { ...ABOUT, form: '4', kind: 'amendment', basedOn: unit(99), document: beginning.digest, entries }, { document: beginning.document });
  return { drafted, entryOf: (repeat, index = 0) => entries.filter((one) => one.repeat === repeat)[index]!.entry };
}

describe('who judges a change has not written it', () => {
  const { drafted, entryOf } = begun(V3);
  const at = { item: MEASURES, entries: [entryOf('risk')] };
  const judge = { ...at, ground: 'notConsiderable', reason: '併せて講じる措置がある' };
  const wrote = (by: string, revision: number, from?: number): DomainEvent => past(ItemAmended, by, { ...at, revision, ...(from !== undefined && { from }) }, { value: '"何もしない"' });

  it('though another has written into the cell after, or put it off', () => {
    given(assessments, [drafted, wrote(MIWA, 1), wrote(HORI, 2)]).when('JudgeSignificance', judge, { person: MIWA }).then(problem(409, 'same-person'));
    given(assessments, [drafted, wrote(MIWA, 1), past(ItemDeferred, HORI, { ...at, revision: 2 }, {})]).when('JudgeSignificance', judge, { person: MIWA }).then(problem(409, 'same-person'));
    given(assessments, [drafted, wrote(MIWA, 1), wrote(HORI, 2)]).when('JudgeSignificance', judge, { person: OONO }).then([happens(SignificanceJudged)]);
  });

  it('though another has taken the text that was set aside', () => {
    const aside = past(AmendmentSetAside, MIWA, { ...at, revision: 1, aside: 1 }, { value: '"何もしない"' });
    given(assessments, [drafted, wrote(HORI, 1), aside, wrote(HORI, 2, 1)]).when('JudgeSignificance', judge, { person: MIWA }).then(problem(409, 'same-person'));
  });

  it('and has judged what it came to: the judgement of an entry ends when it is taken away', () => {
    const [file, gone] = [entryOf('file'), entryOf('file.entrustments')];
    const judged = past(SignificanceJudged, OONO, { item: 'file.entrustments', entries: [file, gone], ground: 'notConsiderable', on: TODAY }, { reason: '名の改め' });
    expect(given(assessments, [drafted, judged]).state.judged.size).toBe(1);
    expect(given(assessments, [drafted, judged, past(EntryRemoved, HORI, { entry: gone }, {})]).state.judged.size).toBe(0);
  });
});

describe('what cannot be published is not decided', () => {
  const { drafted } = begun(V3);
  const facts = { content: 'a'.repeat(64), length: 1000, findings: [], unjudged: [], significant: [] };
  it('as too long, or as what no later version could begin with', () => {
    const decide = (more: object) => given(assessments, [drafted]).when('DecideAssessment', { on: TODAY }, { person: OONO, facts: { ...facts, ...more } });
    decide({}).then([happens(AssessmentDecided)]);
    decide({ length: 175_000 }).then(problem(409, 'too-long'));
    decide({ problem: '「gaps」に説明がありません' }).then(problem(409, 'not-publishable'));
    decide({ significant: ['Ⅲ.2.リスク1'] }).then(problem(409, 'needs-renewal'));
  });
});

describe('gaps of several files', () => {
  const two = JSON.parse(V3);
  two.answers.file.push({ ...structuredClone(two.answers.file[0]), 'file.scope.necessity': null });
  two.answers.risk.push(structuredClone(two.answers.risk[0]));
  two.gaps.push({ itemId: 'file.scope.necessity', fileIndex: 2, kind: 'lost', why: '写しの欠け' });
  const { drafted, entryOf } = begun(JSON.stringify(two));
  const gapsAfter = (...events: DomainEvent[]): unknown => documentOf(given(assessments, [drafted, ...events]).state).gaps.filter(({ itemId }) => itemId === 'file.scope.necessity');
  const written = (file: number): DomainEvent => past(ItemAmended, HORI, { item: 'file.scope.necessity', entries: [entryOf('file', file)], revision: 1 }, { value: '"接種の記録のため"' });

  it('end where their own cell is written, and go with their file', () => {
    expect(gapsAfter(written(0))).toEqual(two.gaps.slice(-1));
    expect(gapsAfter(written(1))).toEqual([]);
    expect(gapsAfter(past(EntryRemoved, HORI, { entry: entryOf('file', 0) }, {}))).toEqual([{ ...two.gaps.at(-1), fileIndex: 1 }]);
    expect(gapsAfter(past(EntryRemoved, HORI, { entry: entryOf('file', 1) }, {}))).toEqual([]);
  });
});

describe('nobody holds the others up', () => {
  it('with many comments: a fold takes what it takes to read them', () => {
    const { drafted } = begun(V3);
    const events = [drafted, ...Array.from({ length: 2000 }, (_, n) => past(CommentAdded, HORI, { comment: n + 1, item: 'cover.title', entries: [] }, { text: '架空' }))];
    const { evolve, initialState } = assessments.decider;
    const from = performance.now();
    expect(events.reduce(evolve, initialState()).comments).toHaveLength(2000);
    expect(performance.now() - from).toBeLessThan(300); // a map copied for each took over a second
  });

  it('with one long cell', () => {
    const long = { ...JSON.parse(V3) };
    long.answers = { ...long.answers, 'cover.notes': '長'.repeat(99_000) };
    const from = performance.now();
    checkAssessment(long);
    expect(performance.now() - from).toBeLessThan(3000); // a search without an end took minutes
  });

  it('with more jobs than can be done: so many at once, so many waiting, and the rest is told to come again', async () => {
    const turn = inTurn(1, 1);
    const first = Promise.withResolvers<number>();
    const begun: number[] = [];
    const job = (n: number, done: Promise<number> = Promise.resolve(n)) => turn(() => (begun.push(n), done));
    const [one, two] = [job(1, first.promise), job(2)];
    await expect(job(3)).rejects.toMatchObject({ status: 503, code: 'busy' });
    expect(begun).toEqual([1]);
    first.reject(new Error('fell'));
    await expect(one).rejects.toThrow('fell');
    expect(await two).toBe(2);
    expect(await job(4)).toBe(4);
  });
});

describe('over HTTP', () => {
  let stage: Stage;
  let author: string;
  let base: string;
  beforeAll(async () => {
    stage = await openStage({ inForce: false });
    author = stage.compliance;
    base = expectStatus(await taken(), 201).body.id as string;
  });
  afterAll(async () => stage.city.close());
  const begin = (body: object): Promise<Answer> => stage.post('/assessments', author, { ...ABOUT, ...body });
  const taken = (over: object = {}): Promise<Answer> => begin({ kind: 'taken-over', reason: '架空の別の評価書', document: V3, bindings: DECLARATION, ...over });
  const act = (id: string, end: string, token: string, body: object): Promise<Answer> => stage.post(`/assessments/${id}/${end}`, token, body);
  const draft = async (over: object = {}): Promise<Answer> => begin({ kind: 'amendment', basedOn: base, ...over });

  it('a draft begins with its base and nothing else, of the same affair and number', async () => {
    const hidden = JSON.parse(V3);
    hidden.answers.risk[0][MEASURES] = '何もしない';
    expect((await draft({ document: JSON.stringify(hidden) })).body).toMatchObject({ status: 422, code: 'not-with-base', errors: [{ path: '/document' }] });
    expect((await draft({ affair: 'resident-tax' })).body.errors[0].code).toBe('not-of-base');
    expect((await draft({ number: 13 })).body.errors[0].code).toBe('not-of-base');
    for (const [over, code] of [[{ publishedOn: '2027-04-01' }, 'in-the-future'], [{ status: 'draft' }, 'not-published']] as const) expect((await taken({ document: JSON.stringify({ ...JSON.parse(V3), ...over }) })).body.code).toBe(code);
  });

  it('neither an emergency nor the end of an affair is a way round 再実施', async () => {
    for (const [kind, ground] of [['amendment', 'emergency'], ['ending', 'significant']] as const) {
      const { id, entries } = (await stage.get(`/assessments/${(await draft({ kind })).body.id}`, author)).body;
      const at = { item: MEASURES, entries: [(entries as { repeat: string; entry: string }[]).find(({ repeat }) => repeat === 'risk')!.entry] };
      expectStatus(await act(id, 'amendments', author, { ...at, revision: 0, value: '何もしない' }), 200);
      expectStatus(await act(id, 'judgements', stage.chief, { ...at, ground, reason: '措置をやめる' }), 200);
      expect([kind, (await act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' })).body.code]).toEqual([kind, 'needs-renewal']);
    }
  });

  it('what does not fit is refused, and what fits is kept', async () => {
    const id = (await draft({ kind: 'renewal' })).body.id as string;
    expect((await act(id, 'bindings', author, { revision: 0, bindings: DECLARATION + ' '.repeat(60_000) })).status).toBe(400);
    expectStatus(await act(id, 'thresholds', author, { on: TODAY, noIncident: true }), 200);
    expectStatus(await act(id, 'opinions', author, { from: '2026-10-01', to: '2026-10-30', means: '公式サイト' }), 200);
    expectStatus(await act(id, 'reflections', author, { on: '2026-10-31', opinions: 1, received: '意'.repeat(8000), reflected: '見'.repeat(8000) }), 200);
  });

  it('whoever has written what is checked does not put it in force, though another wrote last', async () => {
    const other = await stage.token({ role: 'compliance', department: 'general-affairs' });
    expectStatus(await act(base, 'bindings', other, { revision: 0, bindings: DECLARATION }), 200);
    const own = await stage.token({ staff: staffOf(author), role: 'supervisor' });
    expect((await stage.post('/declarations/in-force/assessments', own, { assessment: base, version: 3, reason: '略記' })).body.code).toBe('same-person');
    const huge = { ...JSON.parse(DECLARATION), assessment: { ...JSON.parse(DECLARATION).assessment, version: Number.MAX_SAFE_INTEGER } };
    expect((await stage.post('/declarations/proposals', author, { document: JSON.stringify(huge) })).body.code).toBe('version-too-large');
    expectStatus(await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: base, version: 3, reason: '略記' }), 201);
  });

  it('written items of another affair do not replace those in force', async () => {
    const tax = { ...JSON.parse(DECLARATION), affair: { code: 'resident-tax', label: '住民税に関する事務' } };
    const put = async (over: object): Promise<unknown> => (await stage.post('/declarations/in-force/assessments', stage.chief, { assessment: (await taken(over)).body.id, reason: '略記' })).body.code;
    expect(await put({ bindings: JSON.stringify(tax) })).toBe('affair-differs');
    expect(await put({ affair: 'resident-tax', bindings: JSON.stringify(tax) })).toBe('other-affair');
    expect((await stage.post('/declarations/in-force/provisional', author, { document: JSON.stringify({ ...tax, effectiveFrom: TODAY, assessment: { ...tax.assessment, version: 9 } }), reason: '急な拡大' })).body.code).toBe('other-affair');
  });
});
