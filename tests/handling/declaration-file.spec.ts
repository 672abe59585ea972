import { readDeclaration } from '../../src/handling/declaration-file.js';
import { RULES } from '../../src/handling/rules.js';
import { DECLARATION as SAMPLE } from '../support/city.js';

const MINIMAL = {
  format: 'akashi-declaration-1',
  assessment: { number: 1, form: '4', title: '架空', version: 1, publishedOn: '2026-10-01' },
  effectiveFrom: '2026-10-01',
  affair: { code: 'vaccination', label: '予防接種' },
  systems: [],
  legalGrounds: [],
  files: [],
};
const read = (document: unknown) => readDeclaration(JSON.stringify(document));

it('reads the written items of the fictional city', () => {
  const reading = readDeclaration(SAMPLE);
  if (!reading.ok) throw new Error('the sample has faults');
  const { declaration } = reading;
  expect(declaration).toMatchObject({ assessment: { number: 12, form: '4', version: 3, publishedOn: '2026-10-01' }, effectiveFrom: '2026-10-01', affair: { code: 'vaccination' } });
  const [file] = declaration.files;
  expect(file!.items.department!.values).toEqual([{ code: 'health-promotion', label: '健康づくり課' }, { code: 'information-systems', label: '情報システム課' }]);
  expect(file!.items.method!.mode).toEqual({ mode: 'observe', reason: expect.any(String), until: '2027-03-31' });
  expect(Object.entries(file!.items).filter(([, item]) => item.mode.mode !== 'enforce').map(([rule]) => rule)).toEqual(['method']);
  expect(file!.recipients.map(({ code, grounds }) => ({ code, grounds }))).toEqual([
    { code: 'other-municipality', grounds: ['link-25', 'link-26'] },
    { code: 'prefecture', grounds: ['provide-19-8'] },
  ]);
  expect(file!.evidence).toContainEqual({ rule: 'identity', when: { kind: 'acquisition', source: ['self'], items: ['number'] }, needs: 'identity-check', article: 'number-act-16' });
  expect(file).toMatchObject({ numberItem: 'number', numberClasses: ['routine', 'temporary', 'special-temporary', 'long-illness'], transferees: [] });
});

it('keeps grounds of the three kinds with their dates and their former numbers', () => {
  const reading = readDeclaration(SAMPLE);
  if (!reading.ok) throw new Error('the sample has faults');
  const { legalGrounds } = reading.declaration;
  expect(new Set(legalGrounds.map(({ kind }) => kind))).toEqual(new Set(['use', 'link', 'provision']));
  expect(legalGrounds.find(({ code }) => code === 'use-14')).toEqual({
    code: 'use-14', kind: 'use', text: expect.stringContaining('別表14の項'), from: '2024-05-27', former: { text: expect.stringContaining('別表第一10の項'), until: '2024-05-26' },
    source: expect.any(String), confirmed: true,
  });
});

it('reads the least there can be', () => {
  const { systems, legalGrounds, files, affair, effectiveFrom, assessment } = MINIMAL;
  expect(read(MINIMAL)).toEqual({ ok: true, declaration: { systems, legalGrounds, files, affair, effectiveFrom, assessment } });
});

it('takes each of the modes, and enforce where none is written', () => {
  const modes = [undefined, { mode: 'enforce' }, { mode: 'unchecked', reason: '別の台帳' }, { mode: 'observe', reason: '見直し中', until: '2027-03-31' }];
  const rules = RULES.slice(0, modes.length);
  const items = Object.fromEntries(rules.map((rule, i) => [rule, { values: [], ...(modes[i] && { mode: modes[i] }) }]));
  const reading = read({ ...MINIMAL, files: [{ code: 'a', label: 'あ', numberItem: 'number', numberClasses: [], items }] });
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  expect(rules.map((rule) => reading.declaration.files[0]!.items[rule]!.mode)).toEqual([{ mode: 'enforce' }, ...modes.slice(1)]);
});

it('a mode that enforces keeps no reason and no end', () => {
  const items = { scope: { values: [], mode: { mode: 'enforce', reason: '不要', until: '2027-03-31' } } };
  const reading = read({ ...MINIMAL, files: [{ code: 'a', label: 'あ', numberItem: 'number', numberClasses: [], items }] });
  expect(reading).toMatchObject({ ok: true, declaration: { files: [{ items: { scope: { mode: { mode: 'enforce' } } } }] } });
});

it('reads the same from any line ending and layout', () => {
  const plain = readDeclaration(SAMPLE);
  expect(readDeclaration(SAMPLE.replaceAll('\n', '\r\n'))).toEqual(plain);
  expect(readDeclaration(JSON.stringify(JSON.parse(SAMPLE)))).toEqual(plain);
});

it('様式3: a rule that the form does not print names another document', () => {
  const file = (item: object) => ({ ...MINIMAL, assessment: { ...MINIMAL.assessment, form: '3' }, files: [{ code: 'a', label: 'あ', numberItem: 'number', numberClasses: [], items: { erasureMethod: item } }] });
  expect(read(file({ values: [], document: '文書管理規程第8条' }))).toMatchObject({ ok: true, declaration: { files: [{ items: { erasureMethod: { document: '文書管理規程第8条' } } }] } });
  const reading = read(file({ values: [] }));
  expect(reading).toMatchObject({ ok: false, faults: [{ path: '/files/0/items/erasureMethod', message: expect.stringContaining('document') }] });
});
