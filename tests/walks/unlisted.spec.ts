import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MINATO, RECORD } from '../support/city.js';
import { FILE, NUMBERS, WAIT, during, expectStatus, freshNumber, openStage, type Happened, type Stage } from './stage.js';

/** Whatever a caller is free to choose could be a name or a number: it stands nowhere in clear, and is kept all the same. */
let stage: Stage;
let subject: string;
let auditor: string;
beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  auditor = await stage.token({ role: 'auditor' });
}, 20_000);
afterAll(async () => stage.city.close());

const CODE = 'tanabe-hanako.shiohama';
const STRANGER = `00000000-0000-4000-8000-${NUMBERS[0]}`;

function foundIn(text: string): readonly string[] {
  const paths = readdirSync(stage.city.directory, { recursive: true }).map((name) => join(stage.city.directory, name as string));
  return paths.filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

const givenIn = ({ opened }: Happened): unknown => (opened.about as { given?: string } | undefined)?.given;

describe('a code that no list has', () => {
  it.each([
    ['as the purpose of a look', 'purpose', () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-purpose': CODE })],
    ['as the file of a look', 'file', () => stage.get(`/subjects/${subject}?file=${CODE}`, stage.clerk)],
    ['as the file of a list', 'file', () => stage.get(`/registers/vaccinations?file=${CODE}`, stage.clerk)],
    ['as whom something is provided to', 'counterpart', () => stage.post('/provisions', stage.chief, { ...FILE, recipient: CODE, subjects: [subject], items: ['vaccine'] })],
    ['as an item provided', 'items', () => stage.post('/provisions', stage.chief, { ...FILE, recipient: 'prefecture', subjects: [subject], items: ['vaccine', CODE] })],
    ['as the source of a record', 'counterpart', () => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, source: CODE })],
    ['as the ground of a number', 'legalGround', () => stage.post('/numbers', stage.chief, { ...FILE, subject, number: NUMBERS[1], source: 'own-department:residents', method: 'internal-link', legalGround: CODE })],
    ['as whom papers are confirmed for', 'counterpart', () => stage.post('/outward-confirmations', stage.chief, { ...FILE, subjects: [subject], recipient: CODE, how: '電話' })],
    ['of whoever has no right', 'file', () => stage.post('/subjects', stage.compliance, { ...MINATO, file: CODE, addresseeNumber: freshNumber() })],
  ])('%s', async (_, member, ask) => {
    const { answer, events } = await during(stage, ask);
    expectStatus(answer, 403);
    expect(events.map(({ type }) => type)).toEqual(['HandlingRefused']);
    const standing = events[0]!.block[member as 'purpose'] as unknown;
    expect(standing).toEqual(member === 'items' ? ['vaccine', 'unknown'] : 'unknown');
    expect(JSON.parse(givenIn(events[0]!) as string)).toMatchObject({ [member]: member === 'items' ? [CODE] : CODE });
    expect(foundIn(CODE)).toEqual([]);
  });

  it('in a search of the log', async () => {
    const { answer, events } = await during(stage, () => stage.post('/handling-log/search', auditor, { file: CODE }));
    expectStatus(answer, 200);
    expect(events.map((event) => [event.block.file, givenIn(event)])).toEqual([['unknown', JSON.stringify({ file: CODE })]]);
    expect(foundIn(CODE)).toEqual([]);
  });

  it('in what happened elsewhere and is entered late', async () => {
    const late = { ...FILE, recipient: CODE, subjects: [subject], items: ['vaccine'], occurredAt: '2026-11-19T10:00:00+09:00', reason: '紙で提供済み' };
    const { answer, events } = await during(stage, () => stage.post('/provisions', stage.chief, late, WAIT));
    expectStatus(answer, 201);
    expect(events.map((event) => [event.type, event.block.outcome, event.block.counterpart, givenIn(event)])).toEqual([['InformationProvided', 'deviation', 'unknown', JSON.stringify({ counterpart: CODE })]]);
    expect(foundIn(CODE)).toEqual([]);
  });

  it('where nothing asks for it: the method of a use', async () => {
    const confirming = await stage.record(subject);
    const { answer, events } = await during(stage, () => stage.post(`/vaccinations/${confirming}/confirmations`, stage.other, { ...FILE, method: CODE }));
    expectStatus(answer, 200);
    expect(events.map((event) => [event.block.method, givenIn(event)])).toEqual([['unknown', JSON.stringify({ method: CODE })]]);
    expect(foundIn(CODE)).toEqual([]);
  });
});

describe('an id that is nobody’s', () => {
  const evidence = { ...FILE, kind: 'consent', subjects: [STRANGER], how: '書面' };
  it.each<[string, number, () => ReturnType<Stage['get']>]>([
    ['in evidence', 422, () => stage.post('/evidence', stage.clerk, evidence)],
    ['in a confirmation', 422, () => stage.post('/outward-confirmations', stage.chief, { ...FILE, subjects: [STRANGER], recipient: 'prefecture', how: '電話' })],
    ['in a list of records', 200, () => stage.get(`/subjects/${STRANGER}/vaccinations?file=vaccination`, stage.clerk)],
    ['in a search of the log', 200, () => stage.post('/handling-log/search', auditor, { subject: STRANGER })],
    ['in a look', 404, () => stage.get(`/subjects/${STRANGER}?file=vaccination`, stage.clerk)],
    ['in a record, of whoever has no right', 403, () => stage.post('/vaccinations', stage.compliance, { ...RECORD, subject: STRANGER })],
    ['as the correlation of a request', 200, () => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'x-correlation-id': STRANGER })],
    ['as the key of a request', 201, () => stage.post('/subjects', stage.clerk, { ...MINATO, addresseeNumber: freshNumber() }, { 'idempotency-key': STRANGER })],
  ])('%s', async (_, status, ask) => {
    const { answer, events } = await during(stage, ask);
    expectStatus(answer, status);
    for (const { block } of events) expect(block.subjects).not.toContain(STRANGER);
    expect(foundIn(NUMBERS[0])).toEqual([]);
    expect(stage.city.log.filter((line) => line.includes(NUMBERS[0]))).toEqual([]);
  });

  it('is kept, sealed, where it was asked for', async () => {
    const { events } = await during(stage, () => stage.post('/handling-log/search', auditor, { subject: STRANGER }));
    expect(events.map(givenIn)).toEqual([JSON.stringify({ subjects: [STRANGER] })]);
  });
});
