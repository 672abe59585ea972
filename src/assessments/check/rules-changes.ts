import { isTicks } from '../answers/assessment.js';
import { placeOf } from '../forms/places.js';
import { cellOfRow, differenceIn, isDeletion, newestRows, removedName, sentenceNotIn, wrongNumberIn } from './change-text.js';
import type { DocumentView } from './document.js';
import type { Rule } from './rule.js';
import { dateIn, fold } from './text.js';

const LOG = '様式 別添 変更箇所';
/** Words by which a row names a ground for 事後 (規則11条ただし書、指針 6-2(2)、規則9条2項・14条). */
const GROUND = /緊急|法令?改正|法改正|形式的|軽微|リスク|影響(?:しない|がない)|当たらない|義務付けられない|定期的な見直し|9条第?2項/;

export const CHANGE_RULES: readonly Rule[] = [
  {
    code: 'change-path',
    level: 'contradiction',
    says: '項目の番号と名が、様式のものである',
    source: LOG,
    *check({ assessment, form }) {
      for (const [index, { itemId, itemPath }] of assessment.changeLog.entries()) {
        const place = itemId === null ? undefined : placeOf(form, itemId);
        const wrong = place && itemPath !== null ? wrongNumberIn(itemPath, place) : undefined;
        if (wrong) yield { itemId: itemId!, row: index + 1, message: `項目の欄に「${wrong.printed}」とありますが、様式の番号は「${wrong.form}」です` };
      }
    },
  },
  {
    code: 'change-not-in-body',
    level: 'question',
    says: '最も新しい変更後の記載が、本文のその項目にある',
    source: LOG,
    *check(document) {
      for (const { itemId, row, after, ...place } of newestRows(document)) {
        const at = cellOfRow(document.form, { itemId, ...place });
        const body = document.answer(itemId!, at);
        const item = document.item(itemId!);
        if (body === undefined || !item || after === null) continue;
        if (item.kind === 'text' && typeof body === 'string') {
          const missing = sentenceNotIn(after, body);
          if (missing === undefined) continue;
          const other = differenceIn(missing, body);
          if (other) {
            yield { itemId: itemId!, at, row, message: `変更後は「${other.row}」、本文は「${other.body}」です` };
            continue;
          }
          const alike = (text: string) => fold(text).replace(/規定/g, '規程'); // the log and the body differ in this word most often
          const elsewhere = document.passages('basic', 'file', 'risk', 'control').find((passage) => passage.itemId !== itemId && alike(passage.text).includes(alike(missing)));
          yield { itemId: itemId!, at, row, message: `変更後の「${missing.slice(0, 30)}${missing.length > 30 ? '…' : ''}」が本文にありません${elsewhere ? `。${document.name(elsewhere.itemId, elsewhere.at)}にあります` : ''}` };
        } else if (item.kind === 'date' && typeof body === 'string') {
          const date = dateIn(after);
          if (date !== undefined && date !== body) yield { itemId: itemId!, at, row, message: '変更後の日付が本文と違います' };
        } else if (item.kind === 'choice') {
          const chosen = item.options.find(({ label }) => fold(after) === fold(label) || fold(after) === fold(`[${label}]`));
          if (chosen && body !== '' && chosen.code !== body) yield { itemId: itemId!, at, row, message: `変更後は「${chosen.label}」ですが、本文の選択は違います` };
        } else if (isTicks(body)) {
          for (const [, mark, label] of fold(after).matchAll(/\[([○✓レ]?)\]([^[\]]+)/g)) {
            const tick = item.ticks.find((one) => label!.startsWith(fold(one.label)));
            if (!tick) continue;
            if (body.unknown?.includes(tick.code)) yield { itemId: itemId!, at, row, message: `変更後の「${tick.label}」のチェックを、本文で読み取れません。本文を確かめてください` };
            else if (body.ticked.includes(tick.code) !== (mark !== '')) yield { itemId: itemId!, at, row, message: `「${tick.label}」のチェックが、変更後の記載と本文で違います` };
          }
        }
      }
    },
  },
  {
    code: 'removed-still-written',
    level: 'question',
    says: '削除したシステム・委託先・提供先の記載が、本文に残っていない',
    source: LOG,
    *check(document) {
      for (const [index, row] of document.assessment.changeLog.entries()) {
        const name = removedName(row, document);
        if (name === undefined || name.length < 5) continue;
        const left = document.passages('basic', 'file', 'risk', 'control').filter(({ text }) => fold(text).includes(name));
        // What several share (市区町村長) may be left as another's.
        if (left.length > 0 && /システム|サーバ|機能|センター|会社|アプリ/.test(name)) yield { itemId: row.itemId!, row: index + 1, message: `削除した「${name}」が${left.length}か所に残っています（${left.slice(0, 3).map(({ itemId, at }) => document.name(itemId, at)).join('、')}）` };
      }
    },
  },
  {
    code: 'ended-by-explanation',
    level: 'question',
    says: '説明で廃止したとする機能が、変更後の記載に残っていない',
    source: LOG,
    *check({ assessment }) {
      for (const [index, { itemId, after, explanation }] of assessment.changeLog.entries()) {
        const ended = /廃止\(([^()]+)\)/.exec(fold(explanation ?? ''))?.[1]?.split(/、|及び|並びに/) ?? [];
        const left = ended.map((name) => name.split('の').at(-1)!).filter((name) => name.length >= 4 && !/削除|廃止|終了/.test(after ?? '') && fold(after ?? '').includes(name));
        if (left.length > 0) yield { itemId: itemId ?? 'changes.rows', row: index + 1, message: `説明で廃止したとする「${left.join('、')}」が、変更後の記載に残っています` };
      }
    },
  },
  {
    code: 'change-omitted',
    level: 'question',
    says: '変更前・変更後の全文が残っている（省略していない）',
    source: LOG,
    *check({ assessment }) {
      const omitted = assessment.changeLog.flatMap(({ itemPath, before, after }, index) => ([itemPath, before, after].some((text) => /中略|詳細省略|以下略|後略|該当箇所を参照/.test(text ?? '')) ? [index + 1] : []));
      if (omitted.length > 0) yield { itemId: 'changes.rows', row: omitted[0]!, message: `省略された記載が${omitted.length}行あります。変更前の全文を別に残してください` };
    },
  },
  {
    code: 'safeguard-removed-alone',
    level: 'question',
    says: 'リスク対策の措置を削除したときは、同じ日に、守っていた機能や提供先も削除している',
    source: '規則11条、指針 6-2(2)',
    *check({ assessment }) {
      for (const [index, { itemId, changedOn, after }] of assessment.changeLog.entries()) {
        if (itemId === null || !/^(?:risk|control)\b/.test(itemId) || !isDeletion(after)) continue;
        const together = assessment.changeLog.some((row) => row.changedOn === changedOn && row.itemId !== null && /^(?:basic|file)\b/.test(row.itemId) && (isDeletion(row.after) || /廃止|終了/.test(row.explanation ?? '')));
        if (!together && !/廃止|終了/.test(assessment.changeLog[index]!.explanation ?? '')) yield { itemId, row: index + 1, message: '措置を削除していますが、守っていた機能の廃止が書かれていません。リスクを高める変更でないか確かめてください' };
      }
    },
  },
  {
    code: 'star-called-other',
    level: 'question',
    says: '※の項目の変更が、重要な変更の対象でない項目の変更と説明されていない',
    source: '規則11条、指針 別表・6-2(2)',
    *check(document) {
      for (const [index, { itemId, explanation }] of document.assessment.changeLog.entries()) {
        if (!isStarred(document, itemId) || !/その他の項目の変更|重要(?:な|)項目に(?:は)?当たらない|対象(?:項目)?(?:では|で)ない/.test(fold(explanation ?? ''))) continue;
        yield { itemId: itemId!, row: index + 1, message: '※の項目ですが、重要な変更の対象でない項目の変更とされています。相当程度変動させない等の理由を記録してください' };
      }
    },
  },
  {
    code: 'star-after-without-ground',
    level: 'question',
    says: '※の項目を事後に提出したときは、その理由（緊急時、形式的な変更、リスクの軽減等）がある',
    source: '規則9条2項・11条・14条、指針 6-2(2)',
    *check(document) {
      for (const [index, { itemId, submission, explanation }] of document.assessment.changeLog.entries()) {
        if (submission === '事後' && isStarred(document, itemId) && !GROUND.test(fold(explanation ?? ''))) yield { itemId: itemId!, row: index + 1, message: '※の項目を事後に提出していますが、それでよい理由が説明にありません' };
      }
    },
  },
  {
    code: 'submission-mixed',
    level: 'question',
    says: '同じ日の評価の再実施による変更の提出時期が揃っている',
    source: LOG,
    *check({ assessment }) {
      const rows = assessment.changeLog.map((row, index) => ({ ...row, row: index + 1 })).filter(({ explanation, submission }) => submission !== null && /再実施/.test(explanation ?? ''));
      for (const day of new Set(rows.map(({ changedOn }) => changedOn))) {
        const same = rows.filter(({ changedOn }) => changedOn === day);
        const [before, after] = [same.filter(({ submission }) => submission === '事前'), same.filter(({ submission }) => submission === '事後')];
        const few = before.length <= after.length ? before : after;
        if (before.length > 0 && after.length > 0) yield* few.map(({ itemId, row, submission }) => ({ itemId: itemId ?? 'changes.rows', row, message: `再実施による${same.length}行のうち、この行だけ提出時期が「${submission!}」です` }));
      }
    },
  },
  {
    code: 'change-dates',
    level: 'question',
    says: '変更日の順に並び、事後の変更日が公表日より後でない',
    source: LOG,
    *check({ assessment }) {
      const { changeLog, publishedOn } = assessment;
      const dated = changeLog.flatMap(({ changedOn, itemId }, index) => (changedOn === null ? [] : [{ changedOn, itemId: itemId ?? 'changes.rows', row: index + 1 }]));
      const back = dated.filter(({ changedOn }, index) => index > 0 && changedOn < dated[index - 1]!.changedOn);
      if (back.length > 0) yield { itemId: 'changes.rows', row: back[0]!.row, message: `変更日の順に並んでいない行が${back.length}行あります` };
      for (const { row, itemId, changedOn } of dated) {
        if (publishedOn !== null && changedOn > publishedOn && changeLog[row - 1]!.submission === '事後') yield { itemId, row, message: '変更日が公表日より後なのに、提出時期が「事後」です' };
      }
    },
  },
];

function isStarred(document: DocumentView, itemId: string | null): boolean {
  const place = itemId === null ? undefined : placeOf(document.form, itemId);
  return place?.item ? place.item.significant : place?.section.starNote !== undefined;
}
