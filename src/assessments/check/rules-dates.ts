import { daysBetween } from '../../codes/plain-date.js';
import { isDash } from '../answers/assessment.js';
import type { DocumentView } from './document.js';
import type { Hit, Rule } from './rule.js';
import { spanIn } from './text.js';

/** 指針: in principle at least thirty days. */
const HEARING_DAYS = 30;

/** The evaluations that 規則 asks for by 対象人数; which of them, 取扱者数 and 重大事故 decide. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  lt1k: ['notRequired'],
  '1k-10k': ['basicRequired'],
  '10k-100k': ['basicRequired', 'focusedRequired'],
  '100k-300k': ['focusedRequired', 'fullRequired'],
  ge300k: ['fullRequired'],
};

export const DATE_RULES: readonly Rule[] = [
  {
    code: 'date-order',
    level: 'contradiction',
    says: '意見の聴取、第三者点検、公表の順であり、使用開始が保有開始より前でない',
    source: '規則第7条、指針（全項目評価の手続）、様式 Ⅱ.2⑤・Ⅱ.3⑨・Ⅵ',
    *check(document) {
      const published = document.assessment.publishedOn ?? date(document, 'cover.publicationDate');
      const heard = spanIn(document.text('procedure.opinions.period') ?? '')?.until;
      const reviewed = date(document, 'procedure.review.date');
      const before = function* (itemId: string, first: string | undefined, then: string | undefined | null, words: string): Generator<Hit> {
        if (first && then && first > then) yield { itemId, message: words };
      };
      yield* before('procedure.review.date', heard, reviewed, '第三者点検が、意見の聴取の終わりより前です');
      yield* before('procedure.opinions.period', heard, published, '意見の聴取の終わりが、公表日より後です');
      yield* before('procedure.review.date', reviewed, published, '第三者点検が、公表日より後です');
      yield* before('procedure.basic.date', date(document, 'procedure.basic.date'), published, '基礎項目評価の実施日が、公表日より後です');
      for (const at of document.files) {
        const [held, used] = [date(document, 'file.heldSince', at), date(document, 'file.use.startedOn', at)];
        if (held && used && used < held) yield { itemId: 'file.use.startedOn', at, message: '使用開始日が、保有開始日より前です' };
      }
    },
  },
  {
    code: 'hearing-days',
    level: 'contradiction',
    says: '書かれた日数が、初日と末日を含めて数えた日数である',
    source: '様式 意見の聴取 ②実施日・期間',
    *check(document) {
      const { changeLog } = document.assessment;
      const texts = [
        { itemId: 'procedure.opinions.period', text: document.text('procedure.opinions.period') ?? '', side: '' },
        ...changeLog.flatMap(({ itemId, before, after }, index) => (itemId === 'procedure.opinions.period' ? [{ itemId, row: index + 1, text: before ?? '', side: '変更前の記載は' }, { itemId, row: index + 1, text: after ?? '', side: '変更後の記載は' }] : [])),
      ];
      for (const { text, side, ...place } of texts) {
        const span = spanIn(text);
        const days = span && daysBetween(span.from, span.until) + 1;
        if (span?.days !== undefined && days !== span.days) yield { ...place, message: `${side}「${span.days}日間」としていますが、数えると${days}日です` };
      }
    },
  },
  {
    code: 'hearing-short',
    level: 'contradiction',
    says: `意見の聴取が${HEARING_DAYS}日に満たないときは、短縮する特段の理由がある`,
    source: '指針（意見の聴取は原則30日以上）、様式４ Ⅵ.2③',
    *check(document) {
      const span = spanIn(document.text('procedure.opinions.period') ?? '');
      const reason = document.text('procedure.opinions.shortened');
      if (!span || reason === undefined || (reason !== '' && !isDash(reason))) return;
      const days = daysBetween(span.from, span.until) + 1;
      if (days < HEARING_DAYS) yield { itemId: 'procedure.opinions.shortened', message: `意見の聴取は${days}日間ですが、短縮する特段の理由がありません` };
    },
  },
  {
    code: 'threshold-band',
    level: 'contradiction',
    says: 'しきい値判断結果が、対象人数から導かれるものである',
    source: '規則第4条～第7条（しきい値判断）',
    *check(document) {
      const people = document.option('basic.affair.headcount');
      const result = document.option('procedure.basic.threshold');
      if (people && result && !REQUIRED[people.code]?.includes(result.code)) yield { itemId: 'procedure.basic.threshold', message: `対象人数「${people.label}」からは、この結果になりません` };
    },
  },
];

function date(document: DocumentView, id: string, at: Parameters<DocumentView['text']>[1] = []): string | undefined {
  const written = document.text(id, at);
  return written === undefined || written === '' || written === '-' ? undefined : written;
}
