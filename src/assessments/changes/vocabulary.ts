import type { Submission } from '../answers/assessment.js';
import type { Change } from './comparison.js';
import type { Ground, Judgement } from './significance.js';

/** Why something changed: one cause touches many items, and is worded once. */
export interface Cause {
  readonly code: string;
  /** 「自治体システムの標準化」: as it stands before 「に伴う変更」. */
  readonly words: string;
}

/** The wording of a ground when the cause is known, and when it is not. */
interface Wording {
  readonly withCause: string;
  readonly alone: string;
}

/** How an agency words 提出時期に係る説明. `{cause}` is the cause; a wording without a place for it says the ground alone. */
export interface Vocabulary {
  readonly code: string;
  readonly name: string;
  readonly grounds: { readonly [ground in Ground]: Wording & {
    /** where the 提出時期 asks for other words: none may say the contrary of it */
    readonly at?: { readonly [submission in Submission]?: Wording };
  } };
  /** Causes that are worded by themselves, whatever the ground: the regular look of 規則14条. */
  readonly causes: Readonly<Record<string, string>>;
}

/** Says in the first place what the rules make of the change; the cause stands beside it. */
const BY_GROUND: Vocabulary = {
  code: 'by-ground',
  name: '根拠を先に書く',
  grounds: {
    significant: {
      withCause: '重要な変更（{cause}に伴うもの）', alone: '重要な変更',
      at: { 事後: { withCause: '重要な変更（{cause}に伴うもの。提出及び公表は変更より後となった。）', alone: '重要な変更（提出及び公表は変更より後となった。）' } },
    },
    notConsiderable: { withCause: '{cause}に伴う変更（リスクを相当程度変動させるものではない。）', alone: 'リスクを相当程度変動させない変更', at: { 事後: { withCause: '{cause}に伴う変更（リスクを相当程度変動させるものではない。）', alone: 'リスクを相当程度変動させない変更であり、事前の提出及び公表を要しない。' } } },
    clearlyReduced: { withCause: '{cause}に伴う変更（リスクを明らかに軽減させるもの）', alone: 'リスクを明らかに軽減させる変更', at: { 事後: { withCause: '{cause}に伴う変更（リスクを明らかに軽減させるもの）', alone: 'リスクを明らかに軽減させる変更であり、事前の提出及び公表を要しない。' } } },
    notStarred: {
      withCause: '重要な変更の対象でない項目の変更（{cause}）', alone: '重要な変更の対象でない項目の変更',
      at: { 事後: { withCause: '重要な変更の対象でない項目の変更（{cause}）であり、事前の提出及び公表を要しない。', alone: '重要な変更の対象でない項目の変更であり、事前の提出及び公表を要しない。' } },
    },
    formal: { withCause: '法令の改正に伴う変更（{cause}）', alone: '法令の改正に伴う変更' },
    emergency: { withCause: '緊急時の事後評価（{cause}）', alone: '緊急時の事後評価', at: { 事前: { withCause: '緊急時の評価に伴う変更（{cause}）', alone: '緊急時の評価に伴う変更' } } },
  },
  causes: { review: '特定個人情報保護評価に関する規則第14条による見直しに伴う変更' },
};

/** Says whether the change is an important one, with the reason for it in brackets. */
const BY_IMPORTANCE: Vocabulary = {
  code: 'by-importance',
  name: '重要項目かどうかを書く',
  grounds: {
    significant: {
      withCause: '重要項目に当たる（{cause}のため）', alone: '重要項目に当たる',
      at: { 事後: { withCause: '重要項目に当たる（{cause}のため。提出及び公表は変更より後となった。）', alone: '重要項目に当たる（提出及び公表は変更より後となった。）' } },
    },
    notConsiderable: { withCause: '重要な変更に当たらない（{cause}のためであり、リスクを相当程度変動させない）', alone: '重要な変更に当たらない（リスクを相当程度変動させない）' },
    clearlyReduced: { withCause: '重要な変更に当たらない（{cause}のためであり、リスクを明らかに軽減させる）', alone: '重要な変更に当たらない（リスクを明らかに軽減させる）' },
    notStarred: { withCause: '重要項目に当たらない（{cause}のため）', alone: '重要項目に当たらない' },
    formal: { withCause: '重要な変更に当たらない（{cause}による形式的な変更）', alone: '重要な変更に当たらない（法令の改正による形式的な変更）' },
    emergency: { withCause: '緊急時の事後評価', alone: '緊急時の事後評価', at: { 事前: { withCause: '緊急時の評価に伴う変更', alone: '緊急時の評価に伴う変更' } } },
  },
  causes: {},
};

export const VOCABULARIES: readonly Vocabulary[] = [BY_GROUND, BY_IMPORTANCE];

/**
 * 提出時期に係る説明 of a row, as its 提出時期 has it (null: not known yet). Without a judgement a row that is not ※ is explained by that; of a ※ row nothing is said that nobody judged.
 */
export function explanationOf(change: Pick<Change, 'significant'>, judgement: Pick<Judgement, 'ground'> | undefined, vocabulary: Vocabulary, submission: Submission | null, cause?: Cause): string | null {
  const ground = judgement?.ground ?? (change.significant ? undefined : 'notStarred');
  if (ground === undefined) return null;
  const own = cause && vocabulary.causes[cause.code];
  if (own !== undefined && ground !== 'significant') return own;
  const wording = vocabulary.grounds[ground];
  const { withCause, alone } = (submission && wording.at?.[submission]) ?? wording;
  return cause ? withCause.replace('{cause}', () => cause.words) : alone;
}
