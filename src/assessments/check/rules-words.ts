import { formatWareki } from '../../codes/wareki.js';
import type { Position } from '../forms/form.js';
import { placesOf } from '../forms/places.js';
import type { Hit, Rule } from './rule.js';
import { endedSystems } from './rules-file.js';
import { bodyOf, endsIn, fold, underHeading } from './text.js';

/** Terms that are written in one way. `pattern` finds all spellings; the term is the right one, where there is one. */
const TERMS: readonly { readonly term?: string; readonly pattern: RegExp }[] = [
  { term: '照会許可用照合リスト', pattern: /照会許可用?照[会合]リスト/g },
  { pattern: /(?<=管理)規[程定]/g },
  { pattern: /(?<=情報セキュリティ)規[程定]/g },
  { pattern: /(?<=ID[をの])発[行効]/g },
  { pattern: /LG-?WAN/g },
];

/** Means of authentication that are compared. */
const MEANS: readonly RegExp[] = [/パスワード/, /生体認証|静脈|指紋/, /ICカード/];

export const WORD_RULES: readonly Rule[] = [
  {
    code: 'ended-system-used',
    level: 'question',
    says: '終了したと書いたシステムを、終了の断りなく使うと書いていない',
    source: '様式 Ⅰ.2（システムの名に【…終了】）、Ⅱ、Ⅲ',
    *check(document): Iterable<Hit> {
      for (const { names, on } of endedSystems(document)) {
        const isEnded = (at: readonly Position[]) => endsIn(document.text('file.entrustments.title', at) ?? '').length > 0;
        const open = document.passages('file', 'risk', 'control').filter(({ itemId, at, text }) => !(itemId.startsWith('file.entrustments.') && isEnded(at)) && names.some((name) => withoutEnded(text).includes(name)));
        for (const { itemId, at } of open.filter((passage) => passage.itemId.startsWith('file.'))) yield { itemId, at, message: `${formatWareki(on)}に終了した「${names[0]!}」が、終了の断りなく書かれています` };
        const measures = open.filter((passage) => !passage.itemId.startsWith('file.'));
        if (measures.length > 0) yield { itemId: measures[0]!.itemId, at: measures[0]!.at, message: `${formatWareki(on)}に終了した「${names[0]!}」の措置が、${measures.length}か所に現在のこととして書かれています` };
      }
    },
  },
  {
    code: 'term-spelling',
    level: 'question',
    says: '同じ用語が一つの表記で書かれている',
    source: '実務（用語の統一）',
    *check(document) {
      for (const { term, pattern } of TERMS) {
        const found = document.passages().flatMap(({ itemId, at, text }) => [...fold(text).matchAll(pattern)].map((match) => ({ itemId, at, spelling: match[0] })));
        const spellings = [...new Set(found.map(({ spelling }) => spelling))];
        const wrong = found.find(({ spelling }) => (term === undefined ? spelling === spellings[1] : spelling !== term));
        if (wrong && (spellings.length > 1 || term !== undefined)) yield { itemId: wrong.itemId, at: wrong.at, message: `表記が分かれています: ${spellings.join('、')}${term !== undefined ? `（正しくは「${term}」）` : ''}` };
      }
    },
  },
  {
    code: 'note-missing',
    level: 'contradiction',
    says: '文中の（※1）などの注に、その説明がある',
    source: '実務（注の対応）',
    *check(document) {
      for (const { itemId, at, text } of document.passages()) {
        const folded = fold(text);
        for (const number of new Set([...folded.matchAll(/\(※([0-9]+)\)/g)].map((match) => match[1]!))) {
          if (folded.split(`※${number})`).length - 1 + (folded.match(new RegExp(`(?<!\\()※${number}(?![0-9)])`, 'g'))?.length ?? 0) < 2) yield { itemId, at, message: `（※${number}）の説明がありません` };
        }
      }
    },
  },
  {
    code: 'quoted-label',
    level: 'contradiction',
    says: '「」で引いた項目の番号と名が、様式のものである',
    source: '様式 Ⅱ',
    *check(document) {
      for (const { itemId, at, text } of document.passages('file')) {
        for (const [, major, circled, label] of fold(text).matchAll(/「(?:Ⅱ|II)?\.?([0-9])\.(?:[^「」①-⑳]*)([①-⑳])([^「」]+)」/g)) {
          const numbered = [...placesOf(document.form).values()].find(({ item, section }) => section.id === 'file' && item?.number === `${major}.${circled}`)?.item;
          if (numbered && fold(numbered.label) !== label) yield { itemId, at, message: `「${major}.${circled}${label}」とありますが、様式の項目は「${numbered.label}」です` };
        }
      }
    },
  },
  {
    code: 'authentication-words',
    level: 'question',
    says: '認証の手段が、保管場所（Ⅱ.6）とユーザ認証の管理（Ⅲ.3 リスク2）、システムの間で食い違っていない',
    source: '様式 Ⅱ.6①、Ⅲ.3 リスク2',
    *check(document) {
      const body = bodyOf(document.assessment.agency);
      for (const file of document.files) {
        const at = document.riskOf(file);
        const [place, method] = [document.text('file.storage.place', file), document.text('risk.use.unauthorised.userAuthentication.method', at)];
        if (!place || !method) continue;
        const [atPlace, atUse] = [underHeading(place, body), underHeading(method, body) ?? fold(method)];
        const more = MEANS.filter((means) => atPlace !== undefined && means.test(atPlace.replace(/入[退館][^。]*。/g, '')) && !means.test(atUse));
        if (more.length > 0) yield { itemId: 'risk.use.unauthorised.userAuthentication.method', at, message: `Ⅱ.6の${body}の措置にある「${more.map(({ source }) => source.split('|')[0]!).join('、')}」が、ユーザ認証の管理にありません` };
        if (/[二2]要素認証/.test(atUse) && fold(method) !== atUse && /パスワードにて|パスワードのみ|パスワードにより/.test(fold(method).replace(atUse, ''))) {
          yield { itemId: 'risk.use.unauthorised.userAuthentication.method', at, message: '二要素認証とするシステムと、パスワードで認証するシステムが同じ欄にあります。システムごとの定めか確かめてください' };
        }
      }
    },
  },
  {
    code: 'paper-only-used',
    level: 'question',
    says: '電子データで保存しないとする事務を、使用方法・突合に書いていない',
    source: '様式 Ⅰ.1②、Ⅱ.3 使用方法・情報の突合',
    *check(document) {
      const sentences = fold(document.text('basic.affair.content') ?? '').split('。').filter((sentence) => /(?:データ|ファイル|システム)[^。]*(?:保存|保管|保有)(?:は)?し(?:ない|ていない)/.test(sentence));
      const works = new Set(sentences.flatMap((sentence) => [...sentence.matchAll(/[一-龠]{6,}/g)].map((match) => match[0].slice(0, 4))));
      for (const work of works) {
        const used = document.passages('file.use.method', 'file.use.matching').find(({ text }) => fold(text).includes(work));
        if (used) yield { itemId: used.itemId, at: used.at, message: `事務の内容では電子データで保存しないとする「${work}」が、特定個人情報の使用として書かれています` };
      }
    },
  },
  {
    code: 'flow-entrustee',
    level: 'question',
    says: '事務の流れ（別添1）で委託先に渡すものが、委託事項にある',
    source: '様式４ 別添1、Ⅱ.4',
    *check(document) {
      const entrusted = document.passages('file.entrustments').map(({ text }) => fold(text)).join('\n');
      const lines = (document.text('basic.flow.notes') ?? '').split('\n');
      const objects = lines.flatMap((line) => /委託(?:先|業者)へ(?:各種)?([^、。へ]{2,12}?)(?:が|を)(?:送付|提供|引き?渡|搬送)/.exec(fold(line))?.[1] ?? []);
      const count = document.counts('file.entrustments').reduce((sum, entries) => sum + (entries.count ?? 0), 0);
      for (const object of new Set(objects)) {
        if (count > 0 && !entrusted.includes(object)) yield { itemId: 'basic.flow.notes', message: `委託先に「${object}」を渡すとありますが、${count}件の委託事項のどれにもありません` };
      }
    },
  },
];

/** A text without the passages that say themselves that the thing has ended. */
function withoutEnded(text: string): string {
  return fold(text).replace(/[^、。・「」]*【[^】]*終了】/g, '');
}
