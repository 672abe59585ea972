import type { Form, FormItem, Option } from './form.js';
import type { FormFault } from './members.js';
import { placesIn, type Place } from './places.js';

const ID = /^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/;
/** The tables that a document keeps beside its answers. */
const TABLES = ['file.recordItems', 'changes.rows'];

/** What is wrong with an edition as a whole: ids, references, option lists, bands, ※. Each fault names the item and the cause. */
export function checkForm(form: Form): readonly FormFault[] {
  const faults: FormFault[] = [];
  const add = (path: string, cause: string) => void faults.push({ path, cause });
  if (!/^form[1-4]-[a-z0-9-]+$/.test(form.formId)) add('/formId', '「form4-2025-05」のように書いてください');
  if (!form.formId.startsWith(`form${form.form}-`)) add('/formId', `様式${form.form}の識別子ではありません`);
  if (form.validFrom !== null && !/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(form.validFrom)) add('/validFrom', 'YYYY-MM か null で書いてください');
  const places = new Map<string, Place>();
  for (const place of placesIn(form)) {
    if (!ID.test(place.id)) add(place.id, '識別子は英小文字で始まる語を「.」でつないで書いてください');
    if (places.has(place.id)) add(place.id, '同じ識別子が二つあります');
    places.set(place.id, place);
  }
  for (const place of places.values()) {
    if (place.item) checkItem(place.item, add);
    if (place.repeat) checkRepeat(place, places, add);
    checkReferences(place, places, add);
    checkStars(place, places, add);
  }
  return faults;
}

type Add = (path: string, cause: string) => void;

function checkItem(item: FormItem, add: Add): void {
  const wants = (is: boolean, has: boolean, what: string) => {
    if (is !== has) add(item.id, is ? `${what}がありません` : `${what}は「${item.kind}」の項目には書けません`);
  };
  wants(item.kind === 'choice', item.options.length > 0, '選択肢');
  wants(item.kind === 'ticks', item.ticks.length > 0, 'チェック欄');
  if (item.kind === 'block') wants(true, item.items.length > 0, '中の項目');
  if (item.kind !== 'table' && item.columns.length > 0) add(item.id, `列は「${item.kind}」の項目には書けません`);
  if (item.kind === 'table' && !TABLES.includes(item.id)) add(item.id, `表は ${TABLES.join('、')} だけです`);
  if (item.fixedText !== undefined && item.kind !== 'text') add(item.id, '印字済みの文は文章の項目だけに書けます');
  if (item.repeat && item.kind !== 'block') add(item.id, '繰り返しはまとまり（block）だけに書けます');
  for (const [what, list] of [['選択肢', item.options], ['チェック欄', item.ticks], ['列', item.columns]] as const) {
    for (const member of ['code', 'label'] as const) {
      const doubled = list.map((entry) => entry[member]).find((value, at, all) => all.indexOf(value) !== at);
      if (doubled !== undefined) add(item.id, `${what}に「${doubled}」が二つあります`);
    }
  }
  item.options.forEach(({ number }, at) => {
    if (number !== at + 1) add(item.id, `選択肢の番号は1から順に書いてください（${at + 1}番目が${number}）`);
  });
  checkBands(item, add);
}

/** Bands begin at 0, follow one another without gap or overlap, and the highest is open; what is no band (定められていない) has no figures. */
function checkBands(item: FormItem, add: Add): void {
  const bands = item.options.filter((option): option is Option & { min: number } => option.min !== undefined).sort((a, b) => a.min - b.min);
  if (item.options.some(({ min, below }) => min === undefined && below !== undefined)) add(item.id, '下限のない区分に上限があります');
  if (bands.length === 0) return;
  if (bands[0]!.min !== 0) add(item.id, `区分が0から始まっていません（「${bands[0]!.label}」）`);
  bands.forEach((band, at) => {
    const next = bands[at + 1];
    if (!next) {
      if (band.below !== undefined) add(item.id, `最も上の区分「${band.label}」に上限があります`);
    } else if (band.below === undefined || band.below > next.min) add(item.id, `区分「${band.label}」と「${next.label}」が重なっています`);
    else if (band.below < next.min) add(item.id, `区分「${band.label}」と「${next.label}」の間が空いています`);
  });
}

function checkRepeat({ id, repeat }: Place, places: ReadonlyMap<string, Place>, add: Add): void {
  if (!repeat!.label.includes('{n}')) add(id, '繰り返しの見出しに {n} がありません');
  if (repeat!.max !== null && repeat!.max < 1) add(id, '繰り返しの限りは1以上で書いてください');
  if (repeat!.count !== undefined) checkCount(id, repeat!.count, places, add);
}

function checkCount(id: string, count: string, places: ReadonlyMap<string, Place>, add: Add): void {
  const target = places.get(count);
  if (target?.item?.kind !== 'count') add(id, `件数の項目「${count}」がありません`);
  else if (!isWithin(places.get(id)!, target)) add(id, `件数の項目「${count}」は別の繰り返しの中にあります`);
}

function checkReferences(place: Place, places: ReadonlyMap<string, Place>, add: Add): void {
  const { id, item } = place;
  for (const tick of item?.ticks ?? []) if (tick.count !== undefined) checkCount(id, tick.count, places, add);
  const when = item?.when;
  if (!when) return;
  if (when.item === undefined) {
    if (when.has || when.hasNot) add(id, '条件に項目がありません');
    return;
  }
  const target = places.get(when.item);
  const codes = [...(target?.item?.options ?? []), ...(target?.item?.ticks ?? [])].map(({ code }) => code);
  if (codes.length === 0) add(id, `条件の項目「${when.item}」に選択肢がありません`);
  else if (!isWithin(place, target!)) add(id, `条件の項目「${when.item}」は別の繰り返しの中にあります`);
  if (when.item === id || place.parents.some((parent) => parent.id === when.item && parent.kind === 'block')) add(id, '条件が自分自身を指しています');
  if ((when.has === undefined) === (when.hasNot === undefined)) add(id, '条件には has か hasNot のどちらか一つを書いてください');
  for (const code of [...(when.has ?? []), ...(when.hasNot ?? [])]) if (codes.length > 0 && !codes.includes(code)) add(id, `条件の「${code}」は「${when.item}」の選択肢ではありません`);
}

/** Whether all repeats around `target` are also around `place`, so that each entry of one sees exactly one of the other. */
function isWithin(place: Place, target: Place): boolean {
  return target.repeats.every((repeat, at) => place.repeats[at] === repeat);
}

function checkStars({ id, section, item, parents }: Place, places: ReadonlyMap<string, Place>, add: Add): void {
  if (!item) {
    for (const excepted of section.starExcept) if (places.get(excepted)?.section !== section) add(id, `※から除かれる項目「${excepted}」はこの章にありません`);
    if (section.starExcept.length > 0 && section.starNote === undefined) add(id, '章の※がないのに、除かれる項目があります');
    if (section.printed.includes('※') !== (section.starNote !== undefined)) add(id, '章の見出しの※と注記が合っていません');
    return;
  }
  const excepted = [...parents, item].some((link) => section.starExcept.includes(link.id));
  // The ※ of a heading is that of the items under it; the ※ of a cell is its own (その必要性 below ③範囲※ has none).
  const starred = [...parents.filter(({ kind }) => kind === 'block'), item].some((link) => link.printed.includes('※'));
  if (starred && !item.significant) add(id, '※が印字されているのに、重要な変更の対象とされていません');
  if (section.starNote !== undefined && !excepted && !item.significant) add(id, '章の※の対象なのに、重要な変更の対象とされていません');
  if (item.significant && !starred && (section.starNote === undefined || excepted)) add(id, '※がどこにも印字されていないのに、重要な変更の対象とされています');
}
