import type { Position } from '../forms/form.js';
import { placeOf } from '../forms/places.js';
import { isBlank, type DocumentView } from './document.js';
import type { Hit, Rule } from './rule.js';
import { baseName, bodyOf, fold, headingsIn } from './text.js';

/** Answers by which an agency rates its own measures as enough. */
const ENOUGH = ['strong', 'sufficient'];
const UNFINISHED = /未(?:整備|実施|対応|導入|策定)|(?:今後|将来)[^。]{0,20}(?:予定|検討|整備|対応|追加|導入)|検討(?:中|している|を行っている)|準備中|対応(?:が)?できていない|(?:まで|には)至っていない|完了していない|暫定的/;
/** Words for things that are systems: other headings (運用, 台東区) name no function. */
const IS_SYSTEM = /(?:システム|サーバー?|クラウド|プラットフォーム|アプリ|ソフトウェア|機能)(?:等)?$/;

export const RISK_RULES: readonly Rule[] = [
  {
    code: 'network-box',
    level: 'contradiction',
    says: '情報連携の実施の有無（Ⅰ）と「接続しない」（Ⅲ.6）が合っている',
    source: '様式 Ⅰ 情報連携、Ⅲ.6',
    *check(document) {
      const status = document.text('basic.networkLink.status');
      for (const at of document.files.map((file) => document.riskOf(file))) {
        const boxes = ['notAcquiring', 'notProviding'].map((code) => document.isTicked('risk.network.none', code, at));
        if (status === 'do' && boxes.every((box) => box === true)) yield { itemId: 'risk.network.none', at, message: '情報連携を「実施する」としていますが、入手も提供も「接続しない」とされています' };
        if (status === 'doNot' && boxes.includes(false)) yield { itemId: 'risk.network.none', at, message: '情報連携を「実施しない」としていますが、「接続しない」にチェックがありません' };
      }
    },
  },
  {
    code: 'entrustment-box',
    level: 'contradiction',
    says: '委託の有無（Ⅱ.4）と「委託しない」（Ⅲ.4）が合っている',
    source: '様式 Ⅱ.4、Ⅲ.4',
    *check(document) {
      for (const file of document.files) {
        const status = document.text('file.entrustment.status', file);
        const at = document.riskOf(file);
        const box = document.isTicked('risk.entrustment.none', 'notEntrusting', at);
        if (status === 'entrust' && box === true) yield { itemId: 'risk.entrustment.none', at, message: 'Ⅱ.4では「委託する」としていますが、「委託しない」にチェックがあります' };
        if (status === 'notEntrust' && box === false) yield { itemId: 'risk.entrustment.none', at, message: 'Ⅱ.4では「委託しない」としていますが、チェックがなく、リスク対策が残っています' };
      }
    },
  },
  {
    code: 'provision-box',
    level: 'contradiction',
    says: '情報提供ネットワークシステムによらない提供・移転の有無（Ⅱ.5）と「提供・移転しない」（Ⅲ.5）が合っている',
    source: '様式 Ⅱ.5、Ⅲ.5（委託や情報提供ネットワークシステムを通じた提供を除く。）',
    *check(document) {
      for (const file of document.files) {
        const at = document.riskOf(file);
        const box = document.isTicked('risk.provision.none', 'notProviding', at);
        const outside = providesOutsideNetwork(document, file);
        if (box === true && outside === true) yield { itemId: 'risk.provision.none', at, message: 'Ⅱ.5に情報提供ネットワークシステムによらない提供又は移転がありますが、「提供・移転しない」にチェックがあります' };
        if (box === false && outside === false) yield { itemId: 'risk.provision.none', at, message: 'Ⅱ.5に情報提供ネットワークシステムによらない提供も移転もありませんが、「提供・移転しない」にチェックがなく、リスク対策が残っています' };
      }
    },
  },
  {
    code: 'sub-entrustment-rating',
    level: 'contradiction',
    says: '再委託の有無（Ⅱ.4）と、再委託先についての対策（Ⅲ.4）が合っている',
    source: '様式 Ⅱ.4 再委託の有無、Ⅲ.4',
    *check(document) {
      for (const file of document.files) {
        const at = document.riskOf(file);
        const rating = document.text('risk.entrustment.misuse.subEntrustment', at);
        const statuses = document.entries('file.entrustments').filter((entry) => entry[0]?.index === file[0]?.index).map((entry) => document.text('file.entrustments.sub.status', entry));
        if (!rating || statuses.length === 0) continue;
        const some = statuses.filter((status) => status === 'subEntrust').length;
        const none = statuses.filter((status) => status === 'notSubEntrust').length;
        const itemId = 'risk.entrustment.misuse.subEntrustment';
        if (rating === 'notSubEntrusted' && some > 0) yield { itemId, at, message: `Ⅱ.4では${some}件を再委託していますが、「再委託していない」とされています` };
        else if (rating !== 'notSubEntrusted' && none === statuses.length) yield { itemId, at, message: 'Ⅱ.4では全て「再委託しない」としていますが、再委託先への対策が評価されています' };
      }
    },
  },
  {
    code: 'sub-entrustment-mixed',
    level: 'question',
    says: '再委託しない委託があるときは、再委託先についての対策が、再委託する委託のものとわかる',
    source: '様式 Ⅱ.4 再委託の有無、Ⅲ.4',
    *check(document) {
      for (const file of document.files) {
        const at = document.riskOf(file);
        const rating = document.option('risk.entrustment.misuse.subEntrustment', at);
        const statuses = document.entries('file.entrustments').filter((entry) => entry[0]?.index === file[0]?.index).map((entry) => document.text('file.entrustments.sub.status', entry));
        const none = statuses.filter((status) => status === 'notSubEntrust').length;
        const method = fold(document.text('risk.entrustment.misuse.subEntrustment.method', at) ?? '');
        const isNamed = /委託事項[0-9]/.test(method) || document.entries('file.entrustments').some((entry) => method.includes(fold(document.text('file.entrustments.title', entry) || '\n')));
        if (!isNamed && rating && rating.code !== 'notSubEntrusted' && none > 0 && none < statuses.length) yield { itemId: 'risk.entrustment.misuse.subEntrustment', at, message: `「${rating.label}」とされていますが、${statuses.length}件のうち${none}件は再委託していません。評価の対象がどの委託かを確かめてください` };
      }
    },
  },
  {
    code: 'enough-without-measure',
    level: 'contradiction',
    says: '対策を十分とする回答には、措置の内容の記載がある',
    source: '様式 Ⅲ・Ⅳ リスクへの対策は十分か',
    *check(document) {
      for (const { itemId, at, texts } of ratings(document)) {
        if (texts.length > 0 && texts.every((text) => text !== undefined && isBlank(text))) yield { itemId, at, message: '十分としていますが、措置の内容が一つも書かれていません' };
      }
    },
  },
  {
    code: 'enough-but-unfinished',
    level: 'question',
    says: '対策を十分とする回答の措置に、未了とうかがわせる記載がない',
    source: '様式 Ⅲ・Ⅳ。指針の解説（リスク対策の評価）',
    *check(document) {
      for (const { itemId, at, texts } of ratings(document)) {
        const words = texts.flatMap((text) => (text === undefined ? [] : (UNFINISHED.exec(fold(text))?.[0] ?? [])));
        if (words.length > 0) yield { itemId, at, message: `十分としていますが、措置に「${words[0]}」とあります` };
      }
    },
  },
  {
    code: 'measure-without-function',
    level: 'question',
    says: '措置の見出しに名のあるシステムが、Ⅰ・Ⅱにある',
    source: '様式 Ⅰ.2、Ⅲ（〈…における措置〉）',
    *check(document) {
      if (isIncomplete(document)) return;
      const written = document.passages('basic', 'file').map(({ text }) => fold(text)).join('\n');
      const names = systemNames(document);
      for (const { itemId, at, heading } of headings(document)) {
        if (!IS_SYSTEM.test(heading) || written.includes(heading) || names.some((name) => heading.includes(name))) continue;
        yield { itemId, at, message: `見出しの「${heading}」はⅠ・Ⅱのどこにも出てきません。廃止した機能の措置が残っていないか確かめてください` };
      }
    },
  },
  {
    code: 'unused-system-controlled',
    level: 'question',
    says: '使用していないとするシステムについて、入手や措置の記載がない',
    source: '様式 Ⅰ.2、Ⅱ.3、Ⅲ',
    *check(document) {
      for (const at of document.entries('basic.systems')) {
        const name = baseName(document.text('basic.systems.name', at) ?? '');
        if (name === '' || !/(?:本市|本区|本町|本村|当市|当区)では(?:使用|利用)(?:して(?:い)?ない|しない)/.test(fold(document.text('basic.systems.functions', at) ?? ''))) continue;
        const places = document.passages('file', 'risk').filter(({ text }) => fold(text).includes(name));
        if (places.length > 0) {
          yield { itemId: 'basic.systems.functions', at, message: `使用していないとしていますが、${places.length}か所に記載があります（${places.slice(0, 3).map(({ itemId, at: place }) => document.name(itemId, place)).join('、')}${places.length > 3 ? ' ほか' : ''}）` };
        }
      }
    },
  },
  {
    code: 'place-without-measure',
    level: 'question',
    says: '保管場所（Ⅱ.6①）に書いた自団体の措置が、物理的対策（Ⅲ.7⑤）にもある',
    source: '様式４ Ⅱ.6①、Ⅲ.7 リスク1⑤',
    *check(document) {
      const body = bodyOf(document.assessment.agency);
      if (body === '') return;
      for (const file of document.files) {
        const place = document.text('file.storage.place', file);
        const measure = document.text('risk.storage.leak.physical.detail', document.riskOf(file));
        if (place === undefined || measure === undefined || !headingsIn(place).includes(body) || headingsIn(measure).length === 0) continue;
        if (!headingsIn(measure).some((heading) => heading === body || heading === '運用')) {
          yield { itemId: 'risk.storage.leak.physical.detail', at: document.riskOf(file), message: `Ⅱ.6①には「${body}における措置」がありますが、物理的対策にはありません` };
        }
      }
    },
  },
];

/** Whether anything is provided or transferred that Ⅲ.5 is about; undefined where the answers do not tell. */
function providesOutsideNetwork(document: DocumentView, file: readonly Position[]): boolean | undefined {
  const status = document.ticks('file.provision.status', file);
  if (!status) return undefined;
  if (status.ticked.includes('transfers')) return true;
  if (!status.ticked.includes('provides')) return status.ticked.includes('neither') ? false : undefined;
  const entries = document.entries('file.recipients').filter((entry) => entry[0]?.index === file[0]?.index);
  const methods = entries.map((entry) => document.ticks('file.recipients.method', entry)?.ticked);
  if (methods.some((ticked) => ticked?.some((code) => code !== 'infoNetwork'))) return true;
  return entries.length > 0 && methods.every((ticked) => ticked?.length === 1) ? false : undefined;
}

/** Each answer that rates measures as enough, with the texts that tell of them; undefined is a lost text. */
function* ratings(document: DocumentView): Generator<Hit & { readonly at: readonly Position[]; readonly texts: readonly (string | undefined)[] }> {
  for (const { item, at, answer } of document.cells) {
    if (item.kind !== 'choice' || typeof answer !== 'string' || !ENOUGH.includes(answer) || !/^(?:risk|control)\./.test(item.id)) continue;
    const around = item.id.endsWith('.sufficient') ? (placeOf(document.form, item.id)?.parents.at(-1)?.items ?? []) : item.items;
    const ids = around.flatMap(function texts(one): readonly string[] {
      return [...(one.kind === 'text' ? [one.id] : []), ...one.items.flatMap(texts)];
    });
    yield { itemId: item.id, at, message: '', texts: ids.map((id) => document.text(id, at)) };
  }
}

function* headings(document: DocumentView): Generator<{ readonly itemId: string; readonly at: readonly Position[]; readonly heading: string }> {
  const seen = new Set<string>();
  for (const { itemId, at, text } of document.passages('risk', 'control')) {
    for (const heading of headingsIn(text)) {
      if (seen.has(heading)) continue;
      seen.add(heading);
      yield { itemId, at, heading };
    }
  }
}

function systemNames(document: DocumentView): readonly string[] {
  return document.all('basic.systems.name').flatMap(({ answer }) => (typeof answer === 'string' && baseName(answer).length > 3 ? [baseName(answer)] : []));
}

/** Whether the names of systems were lost in part: what is not named may stand on the lost page. */
function isIncomplete(document: DocumentView): boolean {
  return document.all('basic.systems.name').some(({ answer }) => answer === null) || document.all('basic.affair.content').some(({ answer }) => answer === null);
}
