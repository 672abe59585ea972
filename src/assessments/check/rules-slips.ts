import { placeOfText, type DocumentView, type WrittenText } from './document.js';
import type { Hit, Rule } from './rule.js';
import { nearTerms, REVERSED, SLIPS } from './terms.js';
import { fold } from './text.js';

const WRITING = '実務（誤記の点検）';

export const SLIP_RULES: readonly Rule[] = [
  {
    code: 'term-miswritten',
    level: 'question',
    says: '法令・様式・標準の記載にある用語が、そのとおりに書かれている',
    source: '番号法、指針、各法律の題名、中間サーバーについての標準の記載',
    *check(document) {
      yield* once(document, function* ({ folded }) {
        for (const { written, term, source } of nearTerms(folded)) yield { written, message: `「${written}」は「${term}」の誤記ではありませんか（${source}）` };
      });
    },
  },
  {
    code: 'writing-slip',
    level: 'question',
    says: '変換の誤り、脱字、字の入れ違いがない',
    source: WRITING,
    *check(document) {
      yield* once(document, function* ({ folded }) {
        for (const { pattern, right } of SLIPS) for (const [written] of folded.matchAll(pattern)) yield { written, message: `「${written}」は「${right}」の誤記ではありませんか` };
      });
    },
  },
  {
    code: 'measure-reversed',
    level: 'question',
    says: '措置が、逆の意味に書かれていない',
    source: WRITING,
    *check(document) {
      yield* once(document, function* ({ folded }) {
        for (const { pattern, right } of REVERSED) for (const [written] of folded.matchAll(pattern)) yield { written, message: `「${written}」は意味が逆に読めます（「${right}」の脱字ではありませんか）` };
      });
    },
  },
  {
    code: 'words-doubled',
    level: 'question',
    says: '同じ語や文が、続けて二度書かれていない',
    source: WRITING,
    *check(document) {
      yield* once(document, function* ({ text, side }) {
        if (side === '項目') return; // 「…使用するシステム　システム２」
        for (const line of text.split('\n')) for (const [, word] of fold(line).matchAll(/([一-龠ァ-ヶーぁ-ん]{4,})\1/g)) if (/[一-龠ァ-ヶ]{2}/.test(word!)) yield { written: word!, message: `「${word!}」が続けて二度書かれています` };
        const sentences = text.split(/[。\n]/).map((sentence) => fold(sentence).replace(/^[・①-⑳]/, '')).filter((sentence) => sentence !== '');
        const twice = sentences.find((sentence, at) => sentence.length >= 20 && sentence === sentences[at + 1]);
        if (twice !== undefined) yield { written: twice, message: `「${twice.slice(0, 20)}…」の文が続けて二度書かれています` };
      });
    },
  },
  {
    code: 'heading-form',
    level: 'question',
    says: '措置の見出しが〈…における措置〉の形で、括弧が対になっている',
    source: '様式 Ⅲ（〈…における措置〉）',
    *check(document) {
      yield* once(document, function* ({ text, folded }) {
        for (const [written] of folded.matchAll(/<[^<>]{2,40}に?おける(?:追加)?[処措]置>/g)) {
          if (written.includes('処置>')) yield { written, message: `見出し「${written}」の「処置」は「措置」ではありませんか` };
          if (!written.includes('における')) yield { written, message: `見出し「${written}」の「おける」の前に「に」がありません` };
        }
        for (const [written] of text.matchAll(/<[^<>＜＞\n]{2,40}＞|＜[^<>＜＞\n]{2,40}>/g)) yield { written, message: `見出し「${written}」の括弧の形が対になっていません` };
      });
    },
  },
  {
    code: 'brackets-unpaired',
    level: 'question',
    says: '括弧が対になっている',
    source: WRITING,
    *check(document) {
      for (const written of document.written) {
        const { side, text } = written;
        const folded = fold(text.replace(/(?<=^|[\s\p{Z}。、])[0-9０-９a-zア-ン]{1,2}[)）]/gu, '')); // 1) 2) are numbers of a list
        const open = ['「」', '()', '【】'].find((pair) => folded.split(pair[0]!).length !== folded.split(pair[1]!).length);
        if (open !== undefined) yield { ...placeOfText(written), message: `${side === undefined ? '' : `${side}の`}括弧「${open}」が対になっていません` };
      }
    },
  },
  {
    code: 'measure-of-other-kind',
    level: 'question',
    says: '物理的対策の欄に技術的対策を、技術的対策の欄に物理的対策を書いていない',
    source: '様式４ Ⅲ.7 リスク1⑤⑥',
    *check(document) {
      for (const [itemId, own, other] of [['risk.storage.leak.physical.detail', '物理的対策', '技術的対策'], ['risk.storage.leak.technical.detail', '技術的対策', '物理的対策']] as const) {
        for (const { at, text } of document.passages(itemId)) {
          if (new RegExp(`${other}を(?:満た|講じ|行|実施)`).test(fold(text))) yield { itemId, at, message: `${own}の欄に「${other}」を講じているとの記載があります` };
        }
      }
    },
  },
  {
    code: 'move-direction',
    level: 'question',
    says: '転入者については転出元に照会し、転出者については転出先に提供すると書かれている',
    source: '住民基本台帳法（転入・転出）、番号法第19条',
    *check(document) {
      yield* once(document, function* ({ folded }) {
        for (const sentence of folded.split(/[。\n・]|[①-⑳]/)) {
          const [into, out] = [/転入(?:者|時|した)/.test(sentence), /転出(?:者|時|した)/.test(sentence)];
          const [from, to] = [sentence.includes('転出元'), sentence.includes('転出先')];
          if (into && !out && to && !from && /転出先[^、。]{0,10}(?:[へに](?:の)?[^。]*照会|から[^。]*入手)/.test(sentence)) yield { written: '転入者・転出先', message: '転入者について「転出先」に照会するとあります。「転出元」の誤記ではありませんか' };
          else if (out && !into && from && !to) yield { written: '転出者・転出元', message: '転出者について「転出元」とあります。「転出先」の誤記ではありませんか' };
          else if (out && !into && /転出先[^、]{0,8}へ[^、]*を照会するために/.test(sentence)) yield { written: '転出先へ照会', message: '転出者の記録を転出先へ「照会する」とあります。「提供する」の誤記ではありませんか' };
        }
      });
    },
  },
];

/** Each wrong wording once, at its first place, with the number of the other places. */
function* once(document: DocumentView, find: (written: WrittenText) => Iterable<{ readonly written: string; readonly message: string }>): Generator<Hit> {
  const found = new Map<string, { readonly hit: Hit; readonly places: Set<string> }>();
  for (const text of document.written) {
    for (const { message } of find(text)) {
      const place = placeOfText(text);
      const known = found.get(message);
      if (known) known.places.add(JSON.stringify(place));
      else found.set(message, { hit: { ...place, message }, places: new Set([JSON.stringify(place)]) });
    }
  }
  for (const { hit, places } of found.values()) yield places.size === 1 ? hit : { ...hit, message: `${hit.message}（ほか${places.size - 1}か所）` };
}
