import { newId } from '../../src/ledger/ids.js';
import { NumberRegistered } from '../../src/numbers/events.js';
import { numbers } from '../../src/numbers/module.js';
import { SUBJECT_ID, erased, given, happens, past, problem } from '../support/given.js';
import { HORI } from '../support/given.js';
import { type Problem } from '../../src/walks/problem.js';

// Invented numbers with right check digits, from the narrow block of the fictional city.
const OLD = '000000001015';
const NEW = '000000001023';
const supersedes = newId();
const known = {
  holderOf: (number: string) => (number === OLD ? { stream: `number-${supersedes}` } : undefined),
  recordOf: async (id: string) => (id === supersedes ? { subject: SUBJECT_ID, file: 'vaccination' } : undefined),
  scopeOf: async (subject: string) => (subject === SUBJECT_ID ? 'resident' : undefined),
  nextAfter: async () => 'none',
};
const context = numbers(known);
const REGISTER = { file: 'vaccination', subject: SUBJECT_ID, number: OLD };
const CHANGE = { file: 'vaccination', source: 'own-department:residents', subject: SUBJECT_ID, number: NEW, oldNumber: OLD, supersedes };
const spec = (type: string) => context.commands.find((entry) => entry.type === type)!;
const asked = async (data: object): Promise<object> => spec('ChangeNumber').handling!({ ...CHANGE, ...data } as never, {} as never, {} as never);
const refusedAs = async (data: object): Promise<unknown> => asked(data).catch((error: Problem) => ({ status: error.status, code: error.code }));

it('the first number stands in a stream of its own, sealed', () => {
  given(context).when('RegisterNumber', REGISTER).then([happens(NumberRegistered, { subject: SUBJECT_ID }, { number: OLD })]);
});

it('a changed number names the stream of the old one', () => {
  given(context).when('ChangeNumber', CHANGE).then([happens(NumberRegistered, { subject: SUBJECT_ID, supersedes }, { number: NEW })]);
});

it.each([
  ['a wrong check digit', '000000001016'],
  ['eleven digits', '00000000101'],
  ['full width', '００００００００１０１５'],
  ['a blank', ' 000000001015'],
])('%s is no 個人番号', (_, number) => {
  expect(() => given(context).when('RegisterNumber', { ...REGISTER, number })).toThrow('invalid-input');
  expect(() => given(context).when('ChangeNumber', { ...CHANGE, oldNumber: number })).toThrow('invalid-input');
});

it.each(['number', 'oldNumber', 'supersedes', 'subject'])('a change without %s is refused: it needs old and new', (member) => {
  const { [member as keyof typeof CHANGE]: _, ...rest } = CHANGE;
  expect(() => given(context).when('ChangeNumber', rest)).toThrow('invalid-input');
});

it('a change is taken when old number, its record and person agree', async () => {
  await expect(asked({})).resolves.toEqual({ kind: 'acquisition', file: 'vaccination', subjects: [SUBJECT_ID], scopes: ['resident'], items: ['number'], recordFile: 'vaccination' });
});

it.each([
  ['of a number nobody holds', { oldNumber: NEW, number: OLD }, 'old-number-differs'],
  ['of a number that another record holds', { supersedes: newId() }, 'old-number-differs'],
  ['of another person’s number', { subject: newId() }, 'old-number-differs'],
  ['to the same number', { number: OLD }, 'no-change'],
])('a change %s is refused', async (_, data, code) => expect(await refusedAs(data)).toEqual(problem(409, code)));

it('tells the guard 実施区分, so that 任意接種 can be refused', async () => {
  expect(await spec('RegisterNumber').handling!({ ...REGISTER, executionClass: 'voluntary' } as never, {} as never, {} as never)).toMatchObject({ items: ['number'], numberClass: 'voluntary' });
});

it('claims the number itself, and the place behind the one before', async () => {
  const claims = async (type: string, data: object) => await spec(type).claims!(data);
  const [number, place] = await claims('RegisterNumber', REGISTER);
  expect(number).toMatchObject({ kind: 'my-number', value: OLD });
  const [changed, behind] = await claims('ChangeNumber', CHANGE);
  expect(changed).toMatchObject({ kind: 'my-number', value: NEW });
  expect((await claims('ChangeNumber', { ...CHANGE, number: OLD }))[1]).toEqual(behind); // two successors of one number collide
  expect(behind).not.toEqual(place);
});

it('the number of nobody is not taken', async () => {
  const attempt = Promise.resolve(spec('RegisterNumber').handling!({ ...REGISTER, subject: newId() } as never, {} as never, {} as never));
  await expect(attempt).rejects.toMatchObject(problem(422, 'unknown-subject'));
});

it('knows whose number it was after erasure', () => {
  expect(given(context, [erased(past(NumberRegistered, HORI, { subject: SUBJECT_ID }, { number: OLD }))]).state).toEqual({ subject: SUBJECT_ID });
});

it('received for a vaccination, it says which 実施区分: left out, it cannot slip past 任意接種', async () => {
  const breaksOf = async (given: object): Promise<unknown> => ((await spec('RegisterNumber').handling!({ ...REGISTER, ...given } as never, {} as never, {} as never)) as { breaks?: unknown }).breaks;
  expect(await breaksOf({ source: 'self' })).toEqual(['numberClass']);
  expect(await breaksOf({ source: 'self', executionClass: 'routine' })).toBeUndefined();
  expect(await breaksOf({ source: 'own-department:residents' })).toBeUndefined();
  expect(await breaksOf({})).toEqual(['numberClass']);
});
