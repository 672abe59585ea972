import fc from 'fast-check';
import { getMetadataStorage } from 'class-validator';
import { newId } from '../../src/ledger/ids.js';
import { creates, type CommandSpec } from '../../src/walks/context.js';
import { DECLARATION, MINATO, RECORD, type Answer } from '../support/city.js';
import { FILE, NUMBERS, expectStatus } from './stage.js';
import { record, stage, subject } from './staged.js';

/** Unlike anything the engine would say by itself, and of many lengths and alphabets. */
const secret = fc.tuple(fc.uuid(), fc.constantFrom('', '田辺', 'ﾀﾅﾍﾞ', ' ', '𠮷', '0', '"', '<', '%')).map(([id, more]) => `${more}${id.replaceAll('-', 'z')}${more}`);
const wrapped = (text: string): fc.Arbitrary<unknown> => fc.constantFrom<unknown>(text, [text], [[text]], { [`member`]: text }, [{ name: text }]);

function fieldsOf(spec: CommandSpec): readonly string[] {
  const fields = getMetadataStorage().getTargetValidationMetadatas(spec.command, '', false, false).map(({ propertyName }) => propertyName);
  return [...new Set(fields)];
}

function allOf(answer: Answer): string {
  return `${JSON.stringify(answer.body)} ${[...answer.headers].join(' ')}`;
}

/** True when the answer holds nothing of what was sent, in whatever form JSON and URLs give it. */
function silent(answer: Answer, text: string): boolean {
  const said = allOf(answer);
  return ![text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), text.replace(/[^0-9a-z]/g, '')].some((form) => said.includes(form));
}

const commands = (): readonly CommandSpec[] => stage.city.server.engine.contexts.flatMap((context) => context.commands as readonly CommandSpec[]);
const pathOf = (spec: CommandSpec): string => spec.route.slice('POST '.length).replace(':id', creates(spec) ? '' : newId());

it('says nothing of what stands in any field of any command', async () => {
  const specs = commands();
  expect(specs.every((spec) => fieldsOf(spec).length > 5)).toBe(true);
  const cases = fc.constantFrom(...specs).chain((spec) => fc.tuple(fc.constant(spec), secret.chain((text) => fc.tuple(fc.constant(text), fc.array(wrapped(text), { minLength: fieldsOf(spec).length, maxLength: fieldsOf(spec).length })))));
  await fc.assert(
    fc.asyncProperty(cases, async ([spec, [text, values]]) => {
      const body = Object.fromEntries(fieldsOf(spec).map((name, i) => [name, values[i]]));
      const answer = await stage.post(pathOf(spec), stage.chief, { ...body, unknown: text });
      expect([400, 403]).toContain(answer.status);
      expect(silent(answer, text)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

/** Requests that are well-formed but for one text, so that they come further than the first check. */
const DEEP: readonly { readonly what: string; readonly ask: (text: string) => Promise<Answer>; readonly statuses: readonly number[] }[] = [
  { what: 'a taken number with a new name', ask: async (text) => stage.post('/subjects', stage.clerk, { ...MINATO, name: text, kana: text, address: text, contact: text, reason: text, caseRef: text, addresseeNumber: (await known()).addresseeNumber }), statuses: [409] },
  { what: 'a refused registration', ask: (text) => stage.post('/subjects', stage.compliance, { ...MINATO, name: text, address: text, addresseeNumber: '999', guardians: [{ name: text, relation: text, contact: text }] }), statuses: [403] },
  { what: 'an unwritten source', ask: (text) => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, source: 'nowhere', institution: text, remarks: text, reason: text }), statuses: [403] },
  { what: 'a record in the future', ask: (text) => stage.post('/vaccinations', stage.clerk, { ...RECORD, subject, vaccinatedOn: '2027-01-01', venue: text, doctor: text }), statuses: [422] },
  { what: 'a confirmation of nothing', ask: (text) => stage.post(`/vaccinations/${record}/confirmations`, stage.other, { ...FILE, reason: text, caseRef: text }), statuses: [409] },
  { what: 'a self-confirmed correction', ask: (text) => stage.post(`/vaccinations/${record}/returns`, stage.clerk, { ...FILE, reason: text }), statuses: [409] },
  { what: 'a wrong old number', ask: (text) => stage.post('/number-changes', stage.chief, { ...FILE, subject, number: NUMBERS[3], oldNumber: NUMBERS[4], supersedes: newId(), reason: text }), statuses: [409] },
  { what: 'a declaration with faults', ask: (text) => stage.post('/declarations/proposals', stage.compliance, { document: JSON.stringify({ ...JSON.parse(DECLARATION), effectiveFrom: text, affair: { code: text, label: 1 }, systems: text }) }), statuses: [422] },
  { what: 'a declaration that is no JSON', ask: (text) => stage.post('/declarations/proposals', stage.compliance, { document: `{"a": ${text}` }), statuses: [422] },
  { what: 'a search for nobody', ask: (text) => stage.post('/subjects/search?file=vaccination', stage.clerk, { kana: text, birthDate: '1999-01-01' }), statuses: [200] },
  { what: 'a search without right', ask: (text) => stage.post('/subjects/search?file=vaccination', stage.operator, { addresseeNumber: text.slice(0, 30) }), statuses: [403] },
  { what: 'a search with half the terms', ask: (text) => stage.post('/subjects/search?file=vaccination', stage.clerk, { kana: text }), statuses: [400] },
  { what: 'a file that there is not', ask: (text) => stage.post(`/subjects/search?file=${encodeURIComponent(text)}`, stage.clerk, { addresseeNumber: '1' }), statuses: [400, 403] },
  { what: 'an id that there is not', ask: (text) => stage.get(`/subjects/${encodeURIComponent(text)}?file=vaccination`, stage.clerk), statuses: [404] },
  { what: 'a place that there is not', ask: (text) => stage.get(`/${encodeURIComponent(text)}`, stage.clerk), statuses: [404] },
  { what: 'a moment that there is not', ask: (text) => stage.get(`/registers/subjects?file=vaccination&asOf=${encodeURIComponent(text)}`, stage.chief), statuses: [400, 422] },
  { what: 'a cursor that there is not', ask: (text) => stage.get(`/registers/subjects?file=vaccination&cursor=${encodeURIComponent(text)}`, stage.chief), statuses: [400] },
  { what: 'a body that is no JSON', ask: (text) => stage.post('/subjects', stage.clerk, `{"name": "${text.replaceAll('"', '')}", oops`), statuses: [400] },
  { what: 'a key that is no key', ask: (text) => stage.post('/subjects', stage.clerk, MINATO, { 'idempotency-key': encodeURIComponent(text) }), statuses: [400] },
  { what: 'a purpose that is no code', ask: (text) => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-purpose': encodeURIComponent(text) }), statuses: [200, 400, 403] },
  { what: 'a case reference in a wrong form', ask: (text) => stage.get(`/subjects/${subject}?file=vaccination`, stage.clerk, { 'akashi-case-ref': `%zz${encodeURIComponent(text)}` }), statuses: [400] },
  { what: 'a token that is none', ask: (text) => stage.get('/registers', encodeURIComponent(text)), statuses: [401] },
];

let taken: { addresseeNumber: string } | undefined;
async function known(): Promise<{ addresseeNumber: string }> {
  if (!taken) {
    taken = { addresseeNumber: '100009999' };
    await stage.person(taken);
  }
  return taken;
}

it.each(DEEP)('says nothing of it: $what', async ({ ask, statuses }) => {
  await fc.assert(
    fc.asyncProperty(secret.filter((text) => text.trim() === text && text.length < 40), async (text) => {
      const answer = await ask(text);
      expectStatus(answer, ...statuses);
      expect(silent(answer, text)).toBe(true);
    }),
    { numRuns: 12 },
  );
});

it('and logs nothing of it either', async () => {
  const text = `記録${newId()}`;
  for (const { ask } of DEEP) await ask(text);
  expect(stage.city.log.length).toBeGreaterThan(DEEP.length);
  expect(stage.city.log.join('\n')).not.toContain(text);
  expect(stage.city.log.join('\n')).not.toContain(encodeURIComponent(text));
});
