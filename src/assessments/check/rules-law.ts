import { addDays } from '../../codes/plain-date.js';
import { formatWareki } from '../../codes/wareki.js';
import { ARTICLE_CITATIONS, LAW_NUMBERS, NETWORK_GROUND, TABLE_CITATIONS, groundsFor, rowsCited, wrongOn, type Citation } from './citations.js';
import { placeOfText, type DocumentView } from './document.js';
import type { Hit, Rule } from './rule.js';
import { endedSystems } from './rules-file.js';
import { fold } from './text.js';

export const LAW_RULES: readonly Rule[] = [
  {
    code: 'table-citation',
    level: 'contradiction',
    says: '番号法の別表の引用が、公表日に効力のあるものである',
    source: TABLE_CITATIONS[0]!.source,
    check: (document) => inBody(document, TABLE_CITATIONS),
  },
  {
    code: 'article-citation',
    level: 'question',
    says: '番号法第19条の号の引用が、公表日に効力のあるものである',
    source: ARTICLE_CITATIONS[0]!.source,
    check: (document) => inBody(document, ARTICLE_CITATIONS),
  },
  {
    code: 'change-citation',
    level: 'question',
    says: '変更箇所に書かれた番号法第19条の号が、変更前は変更の前日、変更後は変更日に効力のあるものである',
    source: ARTICLE_CITATIONS[0]!.source,
    *check({ assessment }) {
      for (const [index, { itemId, changedOn, before, after }] of assessment.changeLog.entries()) {
        if (changedOn === null) continue;
        for (const [side, text, day] of [['変更前', before, addDays(changedOn, -1)], ['変更後', after, changedOn]] as const) {
          for (const citation of wrongOn(fold(text ?? ''), day, ARTICLE_CITATIONS)) yield { itemId: itemId ?? 'changes.rows', row: index + 1, message: `${side}の記載が「${citation.what}」を引いていますが、${formatWareki(day)}には${citation.instead}です` };
        }
      }
    },
  },
  {
    code: 'law-number',
    level: 'contradiction',
    says: '法律の番号が正しい',
    source: '各法律の題名の番号',
    *check(document) {
      for (const written of document.written) {
        for (const [, name, number] of written.folded.matchAll(/([一-龠ァ-ヶーぁ-ん]{4,60}?法(?:律)?)\(((?:昭和|平成|令和)[0-9]+年法律第[0-9]+号)/g)) {
          const law = LAW_NUMBERS.find(([title]) => name!.endsWith(title));
          if (law && law[1] !== number) yield { ...placeOfText(written), message: `${written.side === undefined ? '' : `${written.side}の記載に`}「${law[0]}（${number}）」とありますが、${law[1]}です` };
        }
      }
    },
  },
  {
    code: 'article-two-numbers',
    level: 'question',
    says: '同じ提供の根拠が、一つの号で引用されている',
    source: ARTICLE_CITATIONS[0]!.source,
    *check(document) {
      for (const [old, now] of [['15', '16'], ['7', '8'], ['5', '6']] as const) {
        const citing = (number: string) => document.written.filter(({ folded }) => new RegExp(`19条第?${number}号`).test(folded));
        const [first] = citing(old);
        if (first && citing(now).length > 0) yield { ...placeOfText(first), message: `第19条第${old}号と第${now}号の両方が引用されています（号の繰下げ）` };
      }
    },
  },
  {
    code: 'ground-and-method',
    level: 'contradiction',
    says: '情報提供ネットワークシステムによる提供の根拠が、それによる提供を定めるものである',
    source: '番号法第19条第8号、様式 Ⅱ.5①⑥',
    *check(document) {
      for (const at of document.entries('file.recipients')) {
        const ground = fold(document.text('file.recipients.legalBasis', at) ?? '');
        if (ground !== '' && document.isTicked('file.recipients.method', 'infoNetwork', at) && !NETWORK_GROUND.test(ground)) {
          yield { itemId: 'file.recipients.legalBasis', at, message: '提供方法は情報提供ネットワークシステムですが、それによる提供の根拠が書かれていません' };
        }
      }
    },
  },
  {
    code: 'ground-of-ended-system',
    level: 'question',
    says: '終了したシステムに限った根拠で提供していない',
    source: '様式 Ⅰ 個人番号の利用、Ⅱ.5①',
    *check(document) {
      const ground = fold(document.text('basic.numberUse.legalBasis') ?? '');
      const names = endedSystems(document).flatMap((ended) => ended.names);
      for (const [, number, only] of ground.matchAll(/19条第?([0-9]+)号\(([^()]*のみ)\)/g)) {
        if (!names.some((name) => only!.includes(name) || only!.includes(name.replace(/システム$/, '')))) continue;
        for (const at of document.entries('file.recipients')) {
          const cited = [...fold(document.text('file.recipients.legalBasis', at) ?? '').matchAll(/19条第?([0-9]+)号/g)].map((match) => match[1]);
          if (cited.length > 0 && cited.every((each) => each === number)) yield { itemId: 'file.recipients.legalBasis', at, message: `根拠の第19条第${number}号は、終了したシステムに限るとⅠに書かれています` };
        }
      }
    },
  },
  {
    code: 'link-grounds',
    level: 'contradiction',
    says: 'Ⅰの情報提供の根拠と、Ⅱ.5の情報提供ネットワークシステムによる提供の根拠が、同じ項である',
    source: '様式 Ⅰ 情報連携 ②、Ⅱ.5①⑥',
    *check(document) {
      const declared = rowsCited(groundsFor(fold(document.text('basic.networkLink.legalBasis') ?? ''), '提供'));
      const entries = document.entries('file.recipients').filter((at) => document.isTicked('file.recipients.method', 'infoNetwork', at));
      const used = new Set(entries.flatMap((at) => [...rowsCited(fold(document.text('file.recipients.legalBasis', at) ?? ''))]));
      if (declared.size === 0 || used.size === 0) return;
      const [more, less] = [[...declared].filter((row) => !used.has(row)), [...used].filter((row) => !declared.has(row))];
      if (more.length > 0) yield { itemId: 'basic.networkLink.legalBasis', message: `情報提供の根拠の「${more.join('、')}」の項による提供が、Ⅱ.5にありません` };
      if (less.length > 0) yield { itemId: 'basic.networkLink.legalBasis', message: `Ⅱ.5の提供の根拠の「${less.join('、')}」の項が、情報提供の根拠にありません` };
    },
  },
];

function* inBody(document: DocumentView, citations: readonly Citation[]): Generator<Hit> {
  const day = document.assessment.publishedOn;
  if (day === null) return;
  for (const { itemId, at, text } of document.passages()) {
    for (const { what, instead, confirmed } of wrongOn(fold(text), day, citations)) {
      yield { itemId, at, message: `「${what}」を引いていますが、公表日（${formatWareki(day)}）には「${instead}」です${confirmed ? '' : '（未確認の施行日による）'}` };
    }
  }
}
