import { isTicks } from '../answers/assessment.js';
import { cellKey, within } from '../answers/cells.js';
import type { Position } from '../forms/form.js';
import { placeOf } from '../forms/places.js';
import { isBlank } from './document.js';
import type { Rule } from './rule.js';
import { fold } from './text.js';

const FORM = '様式の記載要領';

/** Rules that follow from the form alone: what is asked, under which condition, how often. They hold for every edition. */
export const FORM_RULES: readonly Rule[] = [
  {
    code: 'required-unanswered',
    level: 'missing',
    says: '記載することとされている項目に記載がある',
    source: FORM,
    *check(document) {
      for (const { item, at, answer } of document.cells) {
        const isEmpty = answer === '' || (isTicks(answer) && answer.ticked.length === 0 && !answer.unknown);
        if (isEmpty && !item.optional && document.applies(item.id, at) === true) yield { itemId: item.id, at, message: '記載がありません' };
      }
    },
  },
  {
    code: 'condition-answered',
    level: 'contradiction',
    says: '該当しない場合の項目には記載がない',
    source: FORM,
    *check(document) {
      // One hit for a whole block; a repeat is told of below.
      const blocks = new Map<string, { readonly itemId: string; readonly at: readonly Position[]; cells: number }>();
      for (const { item, at, answer } of document.cells) {
        const outermost = isBlank(answer) ? undefined : [...(placeOf(document.form, item.id)?.parents ?? []), item].find(({ when }) => when && document.holds(when, at) === false);
        if (!outermost || outermost.repeat) continue;
        const block = { itemId: outermost.id, at: within(document.form, outermost.id, at), cells: 0 };
        const key = cellKey(block.itemId, block.at);
        blocks.set(key, { ...block, cells: (blocks.get(key)?.cells ?? 0) + 1 });
      }
      for (const { cells, ...place } of blocks.values()) yield { ...place, message: cells === 1 ? '該当しないとされているのに、記載があります' : `該当しないとされているのに、${cells}か所に記載があります` };
      for (const { id, at, count } of document.repeats) {
        if (count && document.item(id) && document.applies(id, at) === false) yield { itemId: id, at, message: `該当しないとされているのに、${count}件の記載があります` };
      }
    },
  },
  {
    code: 'count-rows',
    level: 'contradiction',
    says: '記載された件数と、内訳の数が同じである',
    source: '様式 Ⅱ.4・Ⅱ.5（　）件',
    *check(document) {
      for (const { id, at, count } of document.repeats) {
        const countItem = document.item(id)?.repeat?.count;
        if (countItem === undefined || count === null) continue;
        const declared = document.answer(countItem, at);
        if (typeof declared === 'number' && declared !== count) yield { itemId: countItem, at, message: `${declared}件と記載されていますが、内訳は${count}件です` };
        if (declared === '' && count > 0) yield { itemId: countItem, at, message: `件数の記載がありませんが、内訳は${count}件です` };
      }
    },
  },
  {
    code: 'free-text-missing',
    level: 'missing',
    says: '（　）欄のあるチェック欄にチェックしたときは、（　）に内容がある',
    source: FORM,
    *check(document) {
      for (const { item, at, answer } of document.cells) {
        if (!isTicks(answer)) continue;
        for (const { code, label, freeText } of item.ticks) {
          if (freeText && answer.ticked.includes(code) && isBlank(answer.text[code])) yield { itemId: item.id, at, message: `「${label}」にチェックがありますが、（　）に記載がありません` };
        }
      }
    },
  },
  {
    code: 'provision-neither',
    level: 'contradiction',
    says: '「行っていない」と、提供又は移転の両方にはチェックがない',
    source: '様式 Ⅱ.5 提供・移転の有無',
    *check(document) {
      for (const { item, at, answer } of document.all('file.provision.status')) {
        if (isTicks(answer) && answer.ticked.includes('neither') && answer.ticked.length > 1) yield { itemId: item.id, at, message: '「行っていない」と、提供又は移転の両方にチェックがあります' };
      }
    },
  },
  {
    code: 'fixed-text',
    level: 'contradiction',
    says: '様式に印字されている文が変えられていない',
    source: FORM,
    *check(document) {
      for (const { item, at, answer } of document.cells) {
        if (item.fixedText === undefined || typeof answer !== 'string' || fold(answer) === fold(item.fixedText)) continue;
        yield { itemId: item.id, at, message: `様式の印字「${item.fixedText}」と違います` };
      }
    },
  },
  {
    code: 'cover-header',
    level: 'contradiction',
    says: '表紙の評価書番号・評価書名・評価実施機関名・公表日が、登録された値と同じである',
    source: '様式 表紙',
    *check(document) {
      const { assessmentNumber, title, agency, publishedOn } = document.assessment;
      for (const [itemId, value] of [['cover.number', assessmentNumber], ['cover.title', title], ['cover.agency', agency], ['cover.publicationDate', publishedOn]] as const) {
        const written = document.text(itemId);
        if (written !== undefined && value !== null && fold(written) !== fold(value)) yield { itemId, message: '登録された値と違います' };
      }
    },
  },
  {
    code: 'declaration-affair',
    level: 'question',
    says: '宣言の文に事務の名称がある',
    source: '様式 表紙 宣言',
    *check(document) {
      const declaration = document.text('cover.declaration');
      const affair = document.text('basic.affair.name');
      if (!declaration || !affair || fold(declaration).includes(fold(affair))) return;
      yield { itemId: 'cover.declaration', message: `事務の名称「${affair}」が宣言の文にありません` };
    },
  },
];
