import type { Option, Position } from '../forms/form.js';
import { isBlank, type DocumentView } from './document.js';
import type { Hit, Rule } from './rule.js';
import { baseName, endsIn, fold } from './text.js';

/** What each box of 主な記録項目 must find in 別添 記録項目, and the other way round. */
const MY_NUMBER = /個人番号(?!.*符号)|マイナンバー/;
const SYMBOL = /個人番号対応符号|情報提供用個人(?:番号)?識別符号|情報提供用個人番号識別符号/;
const BASIC: readonly (readonly [string, RegExp])[] = [['氏名', /氏名|名前/], ['性別', /性別/], ['生年月日', /生年月日/], ['住所', /住所|所在地|地番|方書/]];
const READING: readonly [string, RegExp] = ['氏名の振り仮名', /振り?仮名|ふりがな|フリガナ|カナ|読み/];

export const FILE_RULES: readonly Rule[] = [
  {
    code: 'file-names',
    level: 'contradiction',
    says: '特定個人情報ファイル名がⅠ・Ⅱ.1・Ⅲ.1で同じである',
    source: '様式 Ⅰ.3、Ⅱ.1、Ⅲ.1',
    *check(document) {
      const listed = document.text('basic.fileNames');
      for (const at of document.files) {
        const name = document.text('file.name', at);
        if (!name) continue;
        if (listed && !fold(listed).includes(fold(name))) yield { itemId: 'file.name', at, message: 'Ⅰの特定個人情報ファイル名にありません' };
        const inRisk = document.text('risk.fileName', document.riskOf(at));
        if (inRisk && fold(inRisk) !== fold(name)) yield { itemId: 'risk.fileName', at: document.riskOf(at), message: 'Ⅱ.1の特定個人情報ファイル名と違います' };
      }
      const [files, risks] = [document.counts('file')[0]?.count, document.counts('risk')[0]?.count];
      if (typeof files === 'number' && typeof risks === 'number' && files !== risks) yield { itemId: 'risk', message: `特定個人情報ファイルがⅡでは${files}、Ⅲでは${risks}です` };
    },
  },
  {
    code: 'item-band',
    level: 'contradiction',
    says: '「記録される項目」の区分に、別添の記録項目の数（同じ名は1つと数える）が入る',
    source: '様式 Ⅱ.2④、別添 記録項目',
    *check(document) {
      for (const at of document.files) {
        const band = document.option('file.itemBand', at);
        const count = fieldsOf(document, at).size;
        if (band && count > 0 && !isIn(count, band)) yield { itemId: 'file.itemBand', at, message: `「${band.label}」としていますが、別添の記録項目は${count}項目です` };
      }
    },
  },
  {
    code: 'main-item-without-record',
    level: 'contradiction',
    says: '「主な記録項目」とその妥当性に挙げた情報が、別添の記録項目にある',
    source: '様式 Ⅱ.2④、別添 記録項目',
    *check(document) {
      for (const at of document.files) {
        const fields = [...fieldsOf(document, at)];
        if (fields.length === 0) continue;
        const missing = claimed(document, at).filter(([, pattern]) => !fields.some((field) => pattern.test(field))).map(([name]) => name);
        if (missing.length > 0) yield { itemId: 'file.mainItems', at, message: `挙げられている「${missing.join('、')}」が別添の記録項目に見当たりません` };
      }
    },
  },
  {
    code: 'record-without-main-item',
    level: 'contradiction',
    says: '別添の記録項目にある情報が、「主な記録項目」にチェックされている',
    source: '様式 Ⅱ.2④、別添 記録項目',
    *check(document) {
      for (const at of document.files) {
        const fields = [...fieldsOf(document, at)];
        const has = (pattern: RegExp) => fields.some((field) => pattern.test(field));
        for (const [code, recorded] of [['myNumber', has(MY_NUMBER)], ['numberCode', has(SYMBOL)], ['basicAddress', BASIC.every(([, pattern]) => has(pattern))]] as const) {
          const label = document.item('file.mainItems')?.ticks.find((tick) => tick.code === code)?.label;
          if (recorded && label && document.isTicked('file.mainItems', code, at) === false) yield { itemId: 'file.mainItems', at, message: `別添に記録項目がありますが、「${label}」にチェックがありません` };
        }
      }
    },
  },
  {
    code: 'symbol-recorded',
    level: 'question',
    says: '情報提供用個人識別符号を記録項目としていない',
    source: '番号法21条の2（符号は情報提供ネットワークシステムの外に出ない）',
    *check(document) {
      for (const at of document.files) {
        if ([...fieldsOf(document, at)].some((field) => SYMBOL.test(field))) yield { itemId: 'file.recordItems', at, message: '符号が記録項目に挙げられています。中間サーバーの外に保有していないか確かめてください' };
      }
    },
  },
  {
    code: 'information-set-words',
    level: 'question',
    says: '「4情報」「5情報」の呼び方が、様式の版の印字と同じである',
    source: '様式 Ⅱ.2④ 主な記録項目（版により4情報・5情報）',
    *check(document) {
      const set = /^([45])情報/.exec(document.item('file.mainItems')?.ticks.find(({ code }) => code === 'basicAddress')?.label ?? '')?.[1];
      if (!set) return;
      for (const { itemId, at, text } of document.passages()) {
        const other = /([45四五])情報(?!提供|照会|連携|システム)/.exec(fold(text))?.[1];
        const written = other && { 四: '4', 五: '5' }[other] ? { 四: '4', 五: '5' }[other] : other;
        if (written && written !== set) yield { itemId, at, message: `「${other}情報」と書かれていますが、この版の様式は「${set}情報」です` };
      }
    },
  },
  {
    code: 'source-unticked',
    level: 'question',
    says: '文中にある入手元が、「入手元」にチェックされている',
    source: '様式 Ⅱ.3①、Ⅱ.3③～⑤、Ⅲ.2',
    *check(document) {
      for (const at of document.files) {
        const ticks = document.ticks('file.acquisition.sources', at);
        if (!ticks) continue;
        const texts = [...document.passages('file.acquisition.timing', 'file.acquisition.rationale', 'file.acquisition.notice', 'risk.acquisition')].filter(({ at: place }) => (place[0]?.index ?? 1) === (at[0]?.index ?? 1)).map(({ text }) => fold(text));
        if (!ticks.ticked.includes('self') && !ticks.unknown?.includes('self') && texts.some((text) => /本人(?:等|又は本人の代理人|又は代理人)?から(?!の同意)[^。]{0,30}(?:入手|申請)/.test(text))) {
          yield { itemId: 'file.acquisition.sources', at, message: '本人から入手するとの記載がありますが、「本人又は本人の代理人」にチェックがありません' };
        }
        const elsewhere = Object.values(ticks.text).map(fold).join('\n');
        if (!/医療機関|医師会|病院/.test(elsewhere) && texts.some((text) => /医療機関(?:等)?から[^。]{0,40}(?:入手|提出|受領)/.test(text))) {
          yield { itemId: 'file.acquisition.sources', at, message: '医療機関から入手するとの記載がありますが、入手元に挙げられていません' };
        }
      }
    },
  },
  {
    code: 'method-unticked',
    level: 'question',
    says: '情報照会の根拠や、文中の電子記録媒体の使用が、入手・提供の方法にチェックされている',
    source: '様式 Ⅰ 情報連携 ②、Ⅱ.3②、Ⅱ.4④、Ⅱ.5⑥、Ⅲ.3',
    *check(document) {
      const inquires = /照会/.test(fold(document.text('basic.networkLink.legalBasis') ?? '')) && document.text('basic.networkLink.status') !== 'doNot';
      for (const at of document.files) {
        if (inquires && document.isTicked('file.acquisition.methods', 'infoNetwork', at) === false) yield { itemId: 'file.acquisition.methods', at, message: '情報照会の根拠が記載されていますが、「情報提供ネットワークシステム」にチェックがありません' };
        const lists = [['file.acquisition.methods', [at]], ...['file.entrustments.delivery', 'file.recipients.method', 'file.transfers.method'].map((id) => [id, document.entries(id.split('.').slice(0, 2).join('.')).filter((entry) => entry[0]?.index === at[0]?.index)] as const)] as readonly (readonly [string, readonly (readonly Position[])[]])[];
        const states = lists.flatMap(([id, places]) => places.map((place) => document.isTicked(id, 'media', place)));
        const used = document.passages('risk.use').find(({ at: place, text }) => (place[0]?.index ?? 1) === (at[0]?.index ?? 1) && /(?:電子記録媒体|外部記録媒体|可搬記憶媒体|USBメモリ)[^。]{0,40}(?:使用|用い|利用|登録)/.test(fold(text)));
        if (used && states.length > 0 && states.every((state) => state === false)) yield { itemId: 'file.acquisition.methods', at, message: `${document.name(used.itemId, used.at)}に電子記録媒体の使用が書かれていますが、どの方法にもチェックがありません` };
      }
    },
  },
  {
    code: 'part-exceeds-file',
    level: 'contradiction',
    says: '委託・提供・移転の対象となる本人の数が、ファイルの本人の数を超えない',
    source: '様式 Ⅱ.2②、Ⅱ.4②、Ⅱ.5④',
    *check(document) {
      for (const id of ['file.entrustments.headcount', 'file.recipients.headcount', 'file.transfers.headcount']) {
        for (const { at } of document.all(id)) {
          const [part, whole] = [document.option(id, at), document.option('file.headcount', at)];
          if (part?.min !== undefined && whole?.below !== undefined && part.min >= whole.below) yield { itemId: id, at, message: `「${part.label}」としていますが、ファイルの本人の数は「${whole.label}」です` };
        }
      }
    },
  },
  {
    code: 'affair-exceeds-files',
    level: 'contradiction',
    says: '事務の対象人数が、ファイルの本人の数を超えない',
    source: '様式 Ⅰ.1③、Ⅱ.2②',
    *check(document) {
      const affair = document.option('basic.affair.headcount');
      const files = document.files.map((at) => document.option('file.headcount', at));
      const most = files.every((file) => file?.below !== undefined) ? files.reduce((sum, file) => sum + file!.below! - 1, 0) : undefined;
      if (affair?.min !== undefined && most !== undefined && files.length > 0 && affair.min > most) yield { itemId: 'basic.affair.headcount', message: `「${affair.label}」としていますが、ファイルの本人の数は合わせても${most.toLocaleString('ja-JP')}人までです` };
    },
  },
  {
    code: 'ended-entrustment-counted',
    level: 'question',
    says: '終了した委託を件数に数えていない',
    source: '様式 Ⅱ.4（委託事項の名に【…終了】）',
    *check(document) {
      const published = document.assessment.publishedOn;
      for (const at of document.entries('file.entrustments')) {
        const ended = endsIn(document.text('file.entrustments.title', at) ?? '').some((date) => published === null || date < published);
        if (ended) yield { itemId: 'file.entrustments.title', at, message: '終了したと記載された委託が、委託の件数に入っています' };
      }
    },
  },
  {
    code: 'purpose-is-information',
    level: 'question',
    says: '提供・移転先における用途が、提供・移転する情報の引写しでない',
    source: '様式 Ⅱ.5②③',
    *check(document) {
      for (const block of ['file.recipients', 'file.transfers']) {
        for (const at of document.entries(block)) {
          const [purpose, information] = [document.text(`${block}.purpose`, at), document.text(`${block}.information`, at)];
          if (purpose && information && !isBlank(purpose) && fold(purpose) === fold(information)) yield { itemId: `${block}.purpose`, at, message: '用途に、提供・移転する情報と同じ文が書かれています' };
        }
      }
    },
  },
  {
    code: 'provided-undeclared',
    level: 'question',
    says: '使用方法や別添1に提供すると書いた情報が、提供先（Ⅱ.5）の提供する情報にある',
    source: '様式 Ⅱ.3 使用方法・使用目的、別添1、Ⅱ.5③',
    *check(document) {
      for (const file of document.files) {
        const recipients = document.entries('file.recipients').filter((at) => at[0]?.index === file[0]?.index);
        if (recipients.length === 0) continue;
        const information = recipients.map((at) => fold(document.text('file.recipients.information', at) ?? '')).join('\n');
        for (const id of ['file.use.purpose', 'file.use.method', 'basic.flow.notes']) {
          const given = [...fold(document.text(id, file) ?? '').matchAll(/(?:へ[^。、]{0,20}?|照会に(?:対し|応じ)て?、?)([一-龠ァ-ヶー]{3,12})を(?:提供|回答)する/g)].map((match) => match[1]!);
          const missing = given.find((what) => !information.includes(what));
          if (missing) yield { itemId: id, ...(id.startsWith('file.') && { at: file }), message: `「${missing}」を提供するとありますが、Ⅱ.5のどの提供先の提供する情報にもありません` };
        }
      }
    },
  },
  {
    code: 'retention-words',
    level: 'question',
    says: '保管期間が定められていないとするときは、文中に期間がない',
    source: '様式４ Ⅱ.6②',
    *check(document) {
      for (const at of document.files) {
        if (document.text('file.storage.period', at) !== 'undefined') continue;
        const years = document.passages('file.storage').map(({ text }) => /([0-9]+)年(?:間)?(?:保存|保管|を経過|経過)/.exec(fold(text))?.[1]).find(Boolean);
        if (years) yield { itemId: 'file.storage.period', at, message: `「定められていない」としていますが、${years}年との記載があります` };
      }
    },
  },
  {
    code: 'scope-is-count',
    level: 'question',
    says: '対象となる本人の範囲に、範囲が書かれている',
    source: '様式 Ⅱ.2③、Ⅱ.4②、Ⅱ.5⑤',
    *check(document) {
      for (const { itemId, at, text } of document.passages('file.scope', 'file.entrustments.subjects', 'file.recipients.subjects', 'file.transfers.subjects')) {
        if (/(?:の数|人数)。?$/.test(fold(text)) && !itemId.endsWith('.necessity')) yield { itemId, at, message: '範囲ではなく「数」が書かれています' };
      }
    },
  },
  {
    code: 'fee-words',
    level: 'question',
    says: '手数料を無料とするときは、金額の記載がない',
    source: '様式４ Ⅴ.1③',
    *check(document): Iterable<Hit> {
      const detail = fold(document.text('disclosure.fee.detail') ?? '');
      if (document.text('disclosure.fee') === 'free' && /有料|[0-9]+円/.test(detail)) yield { itemId: 'disclosure.fee', message: '「無料」としていますが、金額の記載があります。手数料と実費の別を確かめてください' };
    },
  },
];

/** The distinct record items of one file, as compared. */
export function fieldsOf({ assessment }: DocumentView, at: readonly Position[]): ReadonlySet<string> {
  const file = at[0]?.index ?? 1;
  return new Set(assessment.recordItems.filter(({ fileIndex }) => (fileIndex ?? 1) === file).flatMap(({ fields }) => fields.map(fold)));
}

/** What a document says that it records: by its boxes, or by その妥当性 where the boxes cannot be read. */
function claimed(document: DocumentView, at: readonly Position[]): readonly (readonly [string, RegExp])[] {
  const rationale = fold(document.text('file.mainItems.rationale', at) ?? '');
  const says = (code: string, words: RegExp) => document.isTicked('file.mainItems', code, at) ?? words.test(rationale);
  const five = /^5/.test(document.item('file.mainItems')?.ticks.find(({ code }) => code === 'basicAddress')?.label ?? '');
  return [...(says('myNumber', /個人番号/) ? [['個人番号', MY_NUMBER] as const] : []), ...(says('basicAddress', /[45]情報/) ? [...BASIC, ...(five ? [READING] : [])] : [])];
}

export function isIn(figure: number, { min, below }: Option): boolean {
  return min !== undefined && figure >= min && (below === undefined || figure < below);
}

/** The names of systems that the document itself marks as ended before it was published. */
export function endedSystems(document: DocumentView): readonly { readonly at: readonly Position[]; readonly names: readonly string[]; readonly on: string }[] {
  const published = document.assessment.publishedOn;
  return document.entries('basic.systems').flatMap((at) => {
    const written = document.text('basic.systems.name', at) ?? '';
    const on = endsIn(written).find((date) => published === null || date < published);
    const short = /[(（]([A-Z]{2,8})[)）]/.exec(fold(written))?.[1];
    return on ? [{ at, names: [baseName(written), ...(short ? [short] : [])].filter((name) => name.length >= 3), on }] : [];
  });
}
