import type { Position } from '../forms/form.js';
import { fieldsOf } from './rules-file.js';
import { isBlank, type DocumentView, type Passage } from './document.js';
import type { Rule } from './rule.js';
import { fold } from './text.js';

/** Bodies that give or get information, by the words for them. */
const BODIES: readonly (readonly [string, RegExp])[] = [
  ['市区町村', /市区?町村|区市?町村|他自治体|他の自治体|他の地方公共団体/],
  ['都道府県', /都道府県/],
  ['厚生労働大臣', /厚生労働大臣/],
];
/** Words before 「システム」 that name none. */
const NO_NAME = /^(?:当該|本|各|他|他の|その他の|同|既存|業務|庁内|関連|対象|情報|上記|新|旧|住民|事務|関係)?(?:業務|情報|事務|等|ネットワーク)*システム$/;
const MEDIA = '(?:電子(?:記録)?媒体|外部記[録憶]媒体|可搬記憶媒体|USBメモリ)';

/** Where the parts of a document that speak of one thing do not agree: what comes in, what is entrusted, what it is used for. */
export const AGREEMENT_RULES: readonly Rule[] = [
  {
    code: 'system-undeclared',
    level: 'question',
    says: '入手・使用の措置に名のあるシステムが、Ⅰ・Ⅱにある',
    source: '様式 Ⅰ.2、Ⅱ、Ⅲ.2・Ⅲ.3',
    *check(document) {
      if ([...document.all('basic.systems.name'), ...document.all('basic.affair.content')].some(({ answer }) => answer === null)) return;
      const declared = document.passages('basic', 'file').map(({ text }) => fold(text)).join('\n');
      const seen = new Set<string>();
      for (const { itemId, at, text } of document.passages('risk.acquisition', 'risk.use')) {
        for (const [name] of fold(text).matchAll(/[一-龠々ァ-ヶーA-Za-z]{2,}システム/g)) {
          if (seen.has(name) || NO_NAME.test(name) || declared.includes(name.replace(/システム$/, ''))) continue;
          seen.add(name);
          yield { itemId, at, message: `「${name}」は、Ⅰ・Ⅱのどこにも出てきません` };
        }
      }
    },
  },
  {
    code: 'media-forbidden-and-used',
    level: 'question',
    says: '媒体の接続を禁止するときは、媒体を使用する措置がないか、例外の承認が書かれている',
    source: '様式 Ⅲ.3、Ⅲ.5',
    *check(document) {
      const sentences = inSentences(document.passages('file', 'risk'));
      const used = sentences.find(({ text }) => new RegExp(`${MEDIA}[^。]{0,40}(?:使用|用い|利用|登録)`).test(text) && !/禁止|できない|しない/.test(text));
      const forbidden = sentences.find(({ text }) => new RegExp(`${MEDIA}[^。]{0,30}接続[^。]{0,20}(?:禁止|できない|不可)`).test(text) && !/承認|許可|例外|を除/.test(text));
      if (used && forbidden) yield { itemId: forbidden.itemId, at: forbidden.at, message: `媒体の接続を禁止していますが、${document.name(used.itemId, used.at)}には媒体の使用が書かれています。例外の承認を確かめてください` };
    },
  },
  {
    code: 'affair-without-use',
    level: 'question',
    says: '事務の内容に掲げた事務ごとに、使用目的又は使用方法がある',
    source: '様式 Ⅰ.1②、Ⅱ.3 使用目的・使用方法',
    *check(document) {
      const uses = document.passages('file.use').map(({ text }) => fold(text)).join('\n');
      if (uses === '' || document.files.some((file) => document.text('file.use.purpose', file) === undefined || document.text('file.use.method', file) === undefined)) return;
      for (const line of (document.text('basic.affair.content') ?? '').split(/\n|(?=[①-⑳])|。\s*(?=・)/)) {
        const affair = /^\s*(?:[①-⑳]|[(（][0-9０-９]+[)）]|[0-9０-９]+[.．]|・)\s*(\S.*)$/.exec(line)?.[1];
        const words = fold(affair ?? '').match(/[一-龠々ァ-ヶー]{3,}/g) ?? [];
        if (words.length < 2 || words.some((word) => uses.includes(word) || uses.includes(word.slice(0, 3)) || uses.includes(word.slice(-3)))) continue;
        yield { itemId: 'basic.affair.content', message: `「${affair!.slice(0, 20)}${affair!.length > 20 ? '…' : ''}」に当たる使用目的も使用方法も、Ⅱ.3にありません` };
      }
    },
  },
  {
    code: 'entrusted-items',
    level: 'question',
    says: '委託する情報として妥当性に挙げた記録項目が、委託内容にもある',
    source: '様式 Ⅱ.4① 委託内容、② その妥当性',
    *check(document) {
      for (const at of document.entries('file.entrustments')) {
        const [content, rationale] = [document.text('file.entrustments.content', at), document.text('file.entrustments.rationale', at)].map((text) => fold(text ?? ''));
        const names = recorded(document, at);
        if (names.filter((name) => content!.includes(name)).length < 2) continue;
        const missing = names.filter((name) => rationale!.includes(name) && !content!.includes(name));
        if (missing.length > 0) yield { itemId: 'file.entrustments.rationale', at, message: `妥当性に「${missing.join('、')}」が挙げられていますが、委託内容にありません` };
      }
    },
  },
  {
    code: 'item-without-inflow',
    level: 'question',
    says: '多くの記録項目の入り方を別添1に書いたときは、どの記録項目も入り方がある',
    source: '様式 別添1、Ⅱ.3、別添 記録項目',
    *check(document) {
      const flow = fold(document.text('basic.flow.notes') ?? '');
      for (const at of document.files) {
        const names = recorded(document, at);
        const missing = names.filter((name) => !flow.includes(name) && !/(?:送付|発行|通知|作成|登録)(?:日|年月日)$/.test(name));
        if (missing.length > 0 && missing.length * 3 <= names.length) yield { itemId: 'basic.flow.notes', message: `記録項目「${missing.join('、')}」の入り方が、別添1にありません` };
      }
    },
  },
  {
    code: 'giver-without-measure',
    level: 'question',
    says: '使用方法・情報の突合に挙げた入手の相手方が、対象者以外の情報の入手を防止する措置にもある',
    source: '様式 Ⅱ.3⑧、Ⅲ.2 リスク1',
    *check(document) {
      for (const file of document.files) {
        const measures = inSentences(document.passages('risk.acquisition.offPurpose').filter(({ at }) => (at[0]?.index ?? 1) === file[0]?.index));
        const given = givers(measures);
        const used = givers(inSentences(document.passages('file.use.method', 'file.use.matching').filter(({ at }) => at[0]?.index === file[0]?.index)));
        const missing = [...used].filter((body) => !given.has(body));
        if (given.size > 0 && missing.length > 0) yield { itemId: 'file.use.matching', at: file, message: `「${missing.join('、')}」から入手するとありますが、Ⅲ.2 リスク1の措置は「${[...given].join('、')}」からの入手だけです` };
      }
    },
  },
  {
    code: 'and-or',
    level: 'question',
    says: '同じ相手方が、「及び」と「又は」で書き分けられていない',
    source: '法令用語（及び・又は）',
    *check(document) {
      const found = document.written.filter(({ row }) => row === undefined).flatMap(({ itemId, at, folded }) => [...folded.matchAll(/(市区?町村長?|区市?町村長?|都道府県(?:知事)?|厚生労働大臣|医療機関)(及び|並びに|又は|若しくは)(?:他の?)?(市区?町村長?|区市?町村長?|都道府県(?:知事)?|厚生労働大臣|医療機関)/g)].map(([words, one, joined, other]) => ({ itemId, at: at ?? [], words: words, pair: [one, other].sort().join(' '), isAnd: /及び|並びに/.test(joined!) })));
      for (const pair of new Set(found.map((one) => one.pair))) {
        const [and, or] = [true, false].map((isAnd) => found.filter((one) => one.pair === pair && one.isAnd === isAnd));
        const few = and!.length < or!.length ? and! : or!;
        if (and!.length > 0 && or!.length > 0) yield { itemId: few[0]!.itemId, at: few[0]!.at, message: `「${and![0]!.words}」と「${or![0]!.words}」の両方の書き方があります` };
      }
    },
  },
  {
    code: 'limited-scene',
    level: 'question',
    says: '提供する場面を限定するときは、ほかの場面の提供が書かれていない',
    source: '様式 Ⅱ.3、別添1、Ⅲ.5',
    *check(document) {
      const limited = document.passages('risk.provision').find(({ text }) => /提供する場面[^。]*限定/.test(fold(text)) && /転出元[^。]*提供する場面に限定/.test(fold(text)) && !/転出先[^。]*提供する場面/.test(fold(text)));
      const other = limited && inSentences(document.passages('file.use.purpose', 'file.use.method', 'basic.flow.notes', 'basic.affair.content')).find(({ text }) => /転出先[^。]*(?:へ|に)[^。]*提供|照会[^。]{0,10}(?:に|へ)[^。]{0,20}(?:回答|提供)/.test(text));
      if (other) yield { itemId: limited.itemId, at: limited.at, message: `提供する場面を転出元への照会に限定していますが、${document.name(other.itemId, other.at)}には別の提供が書かれています` };
    },
  },
  {
    code: 'id-shared',
    level: 'question',
    says: '共用のIDの利用を禁止するところと認めるところが混じっていない',
    source: '様式 Ⅲ.3 リスク2',
    *check(document) {
      const sentences = inSentences(document.passages('file', 'risk', 'control')).filter(({ text }) => /共[用有](?:の|する)?(?:ユーザ)?(?:ID|アカウント)/.test(text));
      const forbidden = sentences.find(({ text }) => /禁止|認めない|(?:使用|利用|発行)しない/.test(text));
      const allowed = sentences.find(({ text }) => !/禁止|認めない|(?:使用|利用|発行)しない/.test(text) && /発行|使用|利用/.test(text));
      if (forbidden && allowed) yield { itemId: forbidden.itemId, at: forbidden.at, message: `共用IDの利用を禁止していますが、${document.name(allowed.itemId, allowed.at)}では認めています。システムごとの定めか確かめてください` };
    },
  },
  {
    code: 'cell-of-other-item',
    level: 'contradiction',
    says: '措置の欄に、ファイルや事務の名称だけが書かれていない',
    source: '様式 Ⅲ・Ⅳ',
    *check(document) {
      const names = new Set(['file.name', 'basic.affair.name'].flatMap((id) => document.all(id)).flatMap(({ answer }) => (typeof answer === 'string' && !isBlank(answer) ? [fold(answer)] : [])));
      for (const { itemId, at, text } of document.passages('risk', 'control')) {
        if (itemId !== 'risk.fileName' && names.has(fold(text))) yield { itemId, at, message: `措置ではなく、名称「${text}」だけが書かれています` };
      }
    },
  },
  {
    code: 'placeholder-left',
    level: 'missing',
    says: '「後に記載」とした欄に、記載がある',
    source: '様式の記載要領',
    *check(document) {
      for (const { itemId, at, text } of document.passages()) {
        if (/^[(「]?[^。]{0,25}(?:後|次第)に?(?:記載|記入)(?:する|予定|すること)?[)」]?。?$/.test(fold(text))) yield { itemId, at, message: `「${text}」のままです` };
      }
    },
  },
  {
    code: 'period-open',
    level: 'question',
    says: '期間によって消去や保存をするときは、期間の長さがどこかに定められている',
    source: '実務（「一定期間」の長さは規程・契約で定める）',
    *check(document) {
      const open = document.passages('file', 'risk', 'control', 'disclosure').filter(({ text }) => /(?:一定(?:の)?期間|定められた期間|標準的な処理期間)[^。]{0,25}(?:保管|保存|消去|削除|経過|報告|処理|設け|定め)/.test(fold(text)));
      if (open.length > 0) yield { itemId: open[0]!.itemId, at: open[0]!.at, message: `期間の長さを書いていない「一定期間」などが${open.length}か所にあります。定めた規程を確かめてください` };
    },
  },
  {
    code: 'held-before-evaluation',
    level: 'question',
    says: '初めての評価書の公表が、ファイルの保有開始より前である',
    source: '番号法第28条、規則9条2項（緊急時の事後評価）',
    *check(document) {
      const { changeLog, publishedOn, status } = document.assessment;
      if (changeLog.length > 0 || publishedOn === null || status !== 'published') return; // the table of a draft may be still to come
      const said = /緊急時の事後評価|規則第?9条第?2項/.test(document.passages('cover', 'procedure').map(({ text }) => fold(text)).join('\n'));
      for (const at of document.files) {
        const held = document.text('file.heldSince', at);
        if (!said && held && !isBlank(held) && held <= publishedOn) yield { itemId: 'file.heldSince', at, message: '評価書の公表より前から保有しています。緊急時の事後評価であれば、その旨を記載してください' };
      }
    },
  },
];

/** The record items of a file that are names of their own, in brackets nothing. */
function recorded(document: DocumentView, at: readonly Position[]): readonly string[] {
  return [...new Set([...fieldsOf(document, at)].map((field) => field.replace(/^[0-9]+[.、]?/, '').replace(/\([^()]*\)/g, '')))].filter((name) => name.length >= 2);
}

/** The sentences of texts, each with its place. */
function inSentences(passages: readonly Passage[]): readonly Passage[] {
  return passages.flatMap(({ text, ...place }) => text.split(/[。\n]/).map((sentence) => ({ ...place, text: fold(sentence) })));
}

/** The bodies from which something comes in by sentences. */
function givers(sentences: readonly Passage[]): ReadonlySet<string> {
  return new Set(sentences.flatMap(({ text }) => BODIES.flatMap(([name, words]) => (new RegExp(`(?:${words.source})(?:及び|又は|、|・)?[^。、]{0,12}から[^。]{0,15}(?:入手|取得|受領|個人番号)`).test(text) ? [name] : []))));
}
