import { baseName, bodyOf, fold, headingsIn } from '../../src/assessments/check/text.js';
import { checkMeasure, type Measure } from './measures.js';
import { unchecked, type Outcome, type Scene } from './verdict.js';

/** What a measure of chapter Ⅲ says of one place where it is taken: 「＜中間サーバーにおける措置＞」. */
export interface MeasureBlock {
  readonly name: string;
  readonly text: string;
}

/** What stands under the headings of a text of measures; what has none is looked at with the item as a whole. */
export function blocksOf(text: string): readonly MeasureBlock[] {
  const blocks: { readonly name: string; readonly lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const [name] = fold(line).startsWith('<') ? headingsIn(line) : [];
    if (name !== undefined) blocks.push({ name, lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks.map(({ name, lines }) => ({ name, text: lines.join('\n').trim() }));
}

/** What people do, and not a machine: the agency by its name, a section of it, or its work. */
const PEOPLE = /^(?:運用|事務|業務|組織|職員|本[市区町村]|当[市区町村]|.*[課室係部局所])$/;
/** Written by the engine itself: no sign that anybody did what is said. */
const BY_ITSELF: ReadonlySet<string> = new Set(['SignedIn', 'SignInRefused', 'AccountLocked', 'InformationProvided', 'InformationTransferred']);

/** What the ledger shows of the measures of one block: of what is taken in another system it can show nothing, and of what people do only the duties. */
export function checkBlock(scene: Scene, measure: Measure, { name }: MeasureBlock): Outcome {
  if (measure.beyond !== undefined) return checkMeasure(scene, measure, undefined);
  if (isOurs(scene, name)) return checkMeasure(scene, ownPart(measure), undefined);
  if (!PEOPLE.test(name) && fold(name) !== bodyOf(scene.written?.agency ?? null)) return unchecked(`「${name}」の側で講じる措置であり、この台帳には現れない`);
  const proofs = (measure.proofs ?? []).filter((type) => !BY_ITSELF.has(type));
  const by = '職員が行う措置';
  return proofs.length > 0 ? checkMeasure(scene, { by, proofs }, undefined) : { verdict: 'nothing', shown: '行ったことを示す種類の記録が台帳にない', note: `担うもの: ${by}`, query: '' };
}

/** What the engine does by itself, where it does anything: the duties stand under the heading of the people who have them. */
function ownPart(measure: Measure): Measure {
  return measure.rules || measure.recorded ? { ...measure, proofs: (measure.proofs ?? []).filter((type) => BY_ITSELF.has(type)) } : measure;
}

/** Whether a name is that of a system in which the handlings were judged before they took effect. */
function isOurs({ declaration, done, refused }: Scene, name: string): boolean {
  const judgedIn = new Set([...done, ...refused].filter(({ assurance }) => assurance === 'enforced').map(({ system }) => system));
  return declaration.systems.some(({ code, label }) => judgedIn.has(code) && baseName(label) === baseName(name));
}
