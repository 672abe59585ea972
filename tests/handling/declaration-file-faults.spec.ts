import { readDeclaration } from '../../src/handling/declaration-file.js';
import type { SourceFault } from '../../src/handling/json-source.js';
import { DECLARATION as SAMPLE } from '../support/city.js';

type Path = readonly (string | number)[];
type Tree = { [member: string]: Tree } & Tree[];
const JAPANESE = /[ぁ-んァ-ヶ一-龠]/;

function faults(text: string): readonly SourceFault[] {
  const reading = readDeclaration(text);
  if (reading.ok) throw new Error('no fault was found');
  return reading.faults;
}

/** The sample with one place changed, laid out over lines. */
function changed(path: Path, value: unknown): string {
  const tree = JSON.parse(SAMPLE) as Tree;
  const parent = path.slice(0, -1).reduce<Tree>((node, part) => node[part as never]!, tree);
  parent[path.at(-1) as never] = value as never;
  return JSON.stringify(tree, null, 1);
}
const pointer = (path: Path): string => path.map((part) => `/${part}`).join('');

/** Where a place begins in the text, found by laying the tree out again with a mark in that place. */
function placeOf(path: Path, value: unknown): { line: number; column: number } {
  const before = changed(path, '\u0001').split('"\\u0001"')[0]!;
  expect(changed(path, value).startsWith(before)).toBe(true);
  const lines = before.split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

const FILE = ['files', 0] as const;
const WRONG: readonly (readonly [string, Path, unknown, RegExp])[] = [
  ['another format', ['format'], 'akashi-declaration-2', /akashi-declaration-1/],
  ['a form there is not', ['assessment', 'form'], '2', /3、4/],
  ['a version of zero', ['assessment', 'version'], 0, /1以上の整数/],
  ['a number that is a text', ['assessment', 'number'], '12', /整数/],
  ['a version that is not whole', ['assessment', 'version'], 1.5, /整数/],
  ['an empty title', ['assessment', 'title'], '', /文字列/],
  ['a date that does not exist', ['effectiveFrom'], '2026-02-30', /日付/],
  ['a date as a number', ['assessment', 'publishedOn'], 20261001, /日付/],
  ['a list that is an object', ['systems'], {}, /配列/],
  ['an object that is a list', ['affair'], [], /オブジェクト/],
  ['an object that is null', ['assessment'], null, /オブジェクト/],
  ['a code with blanks', ['affair', 'code'], 'a b', /符号/],
  ['a code that could be a number of a person', ['systems', 0, 'code'], 'a1234567', /符号/],
  ['a ground of another kind', ['legalGrounds', 0, 'kind'], 'custom', /use、link、provision/],
  ['a flag that is a text', ['legalGrounds', 0, 'confirmed'], 'true', /true か false/],
  ['a former number without its end', ['legalGrounds', 0, 'former'], { text: '旧' }, /until/],
  ['an unknown rule', [...FILE, 'items', 'colour'], { values: [] }, /照合規則はありません/],
  ['a mode there is not', [...FILE, 'items', 'method', 'mode', 'mode'], 'ignore', /enforce、observe、unchecked/],
  ['observe without an end', [...FILE, 'items', 'scope', 'mode'], { mode: 'observe', reason: '見直し' }, /until/],
  ['observe without a reason', [...FILE, 'items', 'scope', 'mode'], { mode: 'observe', until: '2027-03-31' }, /reason/],
  ['unchecked without a reason', [...FILE, 'items', 'scope', 'mode'], { mode: 'unchecked' }, /reason/],
  ['a mode that is a word', [...FILE, 'items', 'scope', 'mode'], 'enforce', /オブジェクト/],
  ['an identity check that does not say which', [...FILE, 'evidence', 0], { rule: 'identity', when: { kind: 'acquisition' }, needs: 'identity-check' }, /article/],
  ['an article there is not', [...FILE, 'evidence', 0, 'article'], 'article-9', /number-act-16、clinic、privacy-act-77/],
  ['evidence of a kind there is not', [...FILE, 'evidence', 1, 'needs'], 'promise', /consent/],
  ['evidence for a rule there is not', [...FILE, 'evidence', 1, 'rule'], 'colour', /scope/],
  ['evidence for a kind of handling there is not', [...FILE, 'evidence', 1, 'when', 'kind'], 'copying', /acquisition/],
  ['a condition there is not', [...FILE, 'evidence', 1, 'when', 'place'], ['x'], /項目はありません/],
  ['a recipient on an unknown ground', [...FILE, 'recipients', 0, 'grounds', 1], 'link-99', /legalGrounds/],
  ['a recipient whose information is no list', [...FILE, 'recipients', 0, 'information'], 'vaccine', /配列/],
  ['a member there is not', [...FILE, 'owner'], '課長', /項目はありません/],
  ['a member there is not, at the top', ['author'], '課長', /項目はありません/],
];

describe.each(WRONG)('%s', (_, path, value, message) => {
  const found = () => faults(changed(path, value)).filter((fault) => fault.path === pointer(path) || fault.path.startsWith(`${pointer(path)}/`));

  it('is found with a Japanese message', () => {
    expect(found().map((fault) => fault.message).join()).toMatch(message);
    for (const fault of found()) expect(fault.message).toMatch(JAPANESE);
  });

  it('is found where it stands', () => expect(found()[0]).toMatchObject({ path: pointer(path), ...placeOf(path, value) }));
});

it.each([
  ['systems', ['systems', 1, 'code'], 'akashi', ['systems', 1]],
  ['grounds', ['legalGrounds', 2, 'code'], 'use-14', ['legalGrounds', 2]],
  ['values of an item', [...FILE, 'items', 'scope', 'values', 1, 'code'], 'resident', [...FILE, 'items', 'scope', 'values', 1]],
  ['recipients', [...FILE, 'recipients', 1, 'code'], 'other-municipality', [...FILE, 'recipients', 1]],
] as const)('two %s with one code are found at the second', (_, path, value, at) => {
  expect(faults(changed(path, value))).toContainEqual({ ...placeOf(at, valueAt(path, value, at)), path: pointer(at), message: '同じ符号が二つあります' });
});

it('two files with one code are found', () => {
  const tree = JSON.parse(SAMPLE) as { files: unknown[] };
  tree.files.push(tree.files[0]);
  expect(faults(JSON.stringify(tree))).toEqual([expect.objectContaining({ path: '/files/1', message: '同じ符号が二つあります' })]);
});

it('a member written twice is found at the second', () => {
  const text = SAMPLE.replace('"effectiveFrom": "2026-10-01",', '"effectiveFrom": "2026-10-01",\n  "effectiveFrom": "2026-11-01",');
  expect(faults(text)).toEqual([{ line: 12, column: 3, path: '/effectiveFrom', message: '同じ名前の項目が二つあります' }]);
});

it('finds everything at once', () => {
  const tree = JSON.parse(SAMPLE) as Tree;
  Reflect.deleteProperty(tree, 'effectiveFrom');
  (tree.assessment as unknown as { version: number }).version = -1;
  (tree.files![0]!.evidence![0] as unknown as { article: string }).article = 'x';
  (tree.files![0]!.recipients![1]!.grounds as unknown as string[])[0] = 'unknown';
  expect(faults(JSON.stringify(tree)).map(({ path }) => path).sort()).toEqual(['', '/assessment/version', '/files/0/evidence/0/article', '/files/0/recipients/1/grounds/0']);
});

describe('lines and columns', () => {
  const lines = SAMPLE.split('\n');
  const at = lines.findIndex((line) => line.includes('"publishedOn"'));
  const broken = lines.with(at, lines[at]!.replace('2026-10-01', '2026-13-01'));
  const place = { line: at + 1, column: broken[at]!.indexOf('"2026-13-01"') + 1 };

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('are those a person counts, with %s', (_, ending) => expect(faults(broken.join(ending))).toEqual([expect.objectContaining({ ...place, path: '/assessment/publishedOn' })]));

  it('of a document on one line are all on the first', () => {
    const text = JSON.stringify(JSON.parse(broken.join('\n')));
    expect(faults(text)).toEqual([expect.objectContaining({ line: 1, column: text.indexOf('"2026-13-01"') + 1 })]);
  });
});

it.each([
  ['nothing', ''],
  ['blanks', ' \n '],
  ['a comma too many', '{"format": "akashi-declaration-1",}'],
  ['a comment', '{ // so\n}'],
  ['a text without an end', '{"format": "akashi'],
  ['two documents', '{} {}'],
  ['no JSON at all', '汐浜市の評価書'],
])('%s is a fault of writing, with its place', (_, text) => {
  for (const fault of faults(text)) expect(fault).toEqual({ line: expect.any(Number), column: expect.any(Number), path: '', message: expect.stringContaining('JSON の書き方が正しくありません') });
});

it.each([['[]'], ['1'], ['"text"'], ['null'], ['true']])('%s is no declaration', (text) => expect(faults(text)[0]).toMatchObject({ line: 1, column: 1, path: '' }));

it('a path is a JSON pointer also where a name holds its signs', () => {
  expect(faults(changed(['a/b~c'], 1)).map(({ path }) => path)).toEqual(['/a~1b~0c']);
});

it.each([
  ['lists', '['],
  ['objects', '{"files":'],
])('%s nested without end are a fault, not a fall', (_, opening) => {
  let fell: unknown;
  try {
    expect(faults(opening.repeat(100_000))).not.toHaveLength(0);
  } catch (error) {
    fell = (error as Error).name; // the stack itself would fill the page
  }
  expect(fell).toBeUndefined();
});

/** What stands at one place after another has been changed. */
function valueAt(path: Path, value: unknown, at: Path): unknown {
  const tree = JSON.parse(changed(path, value)) as Tree;
  return at.reduce<Tree>((node, part) => node[part as never]!, tree);
}

it.each(['useGround', 'linkGround'])('a %s of which there is no row of law is found: it could never hold', (rule) => {
  expect(readDeclaration(changed([...FILE, 'items', rule, 'values', 0, 'code'], 'none-99'))).toMatchObject({ ok: false });
});
