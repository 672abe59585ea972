import type { Json } from './documents.js';

/** Rule, item, and where it helps the row of 別添 変更箇所 and words of the message. */
export type Known = readonly [rule: string, itemId: string, row?: number | undefined, words?: string];

/** What people found by hand in the published documents, and the rule and item that must find it again. */
export const KNOWN: Readonly<Record<string, readonly Known[]>> = {
  sagamihara: [
    ['count-rows', 'file.provision.recipientCount'],
    ['provision-box', 'risk.provision.none'],
    ['required-unanswered', 'procedure.review.result'],
    ['record-without-main-item', 'file.mainItems'],
    ['unused-system-controlled', 'basic.systems.functions'],
    ['paper-only-used', 'file.use.method'],
    ['table-citation', 'basic.numberUse.legalBasis'],
    ['table-citation', 'file.recipients.legalBasis'],
    ['change-path', 'risk.use.offDuty.measures', 87],
    ['change-not-in-body', 'risk.provision.improper.record.method', 88],
    ['change-not-in-body', 'risk.provision.improperMethod.measures', 91],
    ['change-not-in-body', 'control.training.method', 101],
    ['star-called-other', 'file.use.method', 74],
    ['change-dates', 'changes.rows', 26],
    ['term-spelling', 'control.audit.selfCheck.method'],
    // Figures and choices.
    ['required-unanswered', 'disclosure.fee'],
    ['scope-is-count', 'file.scope'],
    ['sub-entrustment-mixed', 'risk.entrustment.misuse.subEntrustment'],
    ['id-shared', 'risk.use.unauthorised.userAuthentication.method'],
    ['period-open', 'risk.use.unauthorised.useRecord.method'],
    // The change table: rows under another item, and words that the body has otherwise.
    ['change-of-other-item', 'risk.provision.improper.record.method', 92, 'リスク2'],
    ['change-item-name', 'basic.department.name', 26, '担当部署'],
    ['change-not-in-body', 'risk.entrustment.misuse.organisation', 89, '規程'],
    ['change-not-in-body', 'risk.use.others', 90, '規程'],
    ['change-not-in-body', 'control.training.method', 101, '必要な指導をする'],
    ['star-called-other', 'file.use.departments', 75],
    // Slips of writing.
    ['term-miswritten', 'basic.systems.functions', undefined, '特定個人情報(連携機能)'],
    ['term-miswritten', 'risk.acquisition.offPurpose.subjects', undefined, '団体名統合宛名番号'],
    ['term-miswritten', 'risk.acquisition.improperMethod.measures', undefined, '個人番号表利用事務'],
    ['term-miswritten', 'risk.network.unsafeMethod.measures', undefined, '情報提要ネットワークシステム'],
    ['term-miswritten', 'control.training.method', undefined, '新規要因着任時'],
    ['writing-slip', 'risk.storage.leak.physical.detail', undefined, '去れて'],
    ['writing-slip', 'file.entrustments.nameConfirmation', undefined, '委託者名'],
    ['writing-slip', 'risk.acquisition.offPurpose.items', undefined, '防止してる'],
    ['writing-slip', 'basic.department.name', 26, '評価実施期間'],
    ['term-spelling', 'risk.use.unauthorised.rightsIssue.method', undefined, '発効'],
    ['term-spelling', 'risk.acquisition.leak.measures', undefined, 'LG-WAN'],
    ['measure-of-other-kind', 'risk.storage.leak.technical.detail'],
    ['words-doubled', 'risk.use.unauthorised.rightsIssue.method', undefined, '申請に対して'],
    ['heading-form', 'risk.provision.improperMethod.measures', undefined, '<運用における措置＞'],
  ],
  taito: [
    ['change-not-in-body', 'basic.systems.connections', 3],
    ['ended-system-used', 'file.acquisition.sources'],
    ['ended-system-used', 'file.acquisition.methods'],
    ['ended-system-used', 'file.recipients.method'],
    ['ended-entrustment-counted', 'file.entrustments.title'],
    ['information-set-words', 'risk.acquisition.others'],
    ['main-item-without-record', 'file.mainItems'],
    ['method-unticked', 'file.acquisition.methods'],
    ['provided-undeclared', 'file.use.method'],
    ['purpose-is-information', 'file.recipients.purpose'],
    ['quoted-label', 'file.recipients.subjects'],
    ['change-path', 'file.mainItems.rationale', 9],
    ['authentication-words', 'risk.use.unauthorised.userAuthentication.method'],
    ['ground-of-ended-system', 'file.recipients.legalBasis'],
    ['change-omitted', 'changes.rows', 17, '3行'],
    ['limited-scene', 'risk.provision.others'],
    ['heading-form', 'risk.storage.leak.other', undefined, '<ガバメントクラウドおける措置>'],
    ['writing-slip', 'risk.storage.leak.other', undefined, 'DDos'],
    ['main-item-without-record', 'file.mainItems', undefined, '住所、氏名の振り仮名'],
    ['ended-system-used', 'risk.acquisition.offPurpose.measures', undefined, '現在のこととして'],
  ],
  koshigaya: [
    ['flow-entrustee', 'basic.flow.notes'],
    ['place-without-measure', 'risk.storage.leak.physical.detail'],
    ['authentication-words', 'risk.use.unauthorised.userAuthentication.method'],
    ['term-spelling', 'basic.systems.functions'],
    ['hearing-days', 'procedure.opinions.period', 15],
    ['main-item-without-record', 'file.mainItems'],
    ['note-missing', 'risk.network.offPurpose.measures'],
    ['submission-mixed', 'procedure.review', 16],
    ['free-text-missing', 'file.acquisition.sources'],
    ['source-unticked', 'file.acquisition.sources'],
    ['symbol-recorded', 'file.recordItems'],
    ['change-path', 'risk.storage.leak.technical.detail', 23],
    // The change table: the text of another item, 「－」 where something stood, names cut short, words that the body has otherwise.
    ['change-of-other-item', 'risk.network.improperMethod.measures', 20, 'その他のリスク'],
    ['change-before-blank', 'risk.storage.leak.technical.detail', 7],
    ['change-before-blank', 'risk.storage.notErased.procedure.detail', 8],
    ['change-before-blank', 'control.audit.audit.content', 9],
    ['change-item-name', 'risk.entrustment.misuse.provisionRule.toOthers', 1],
    ['change-item-name', 'risk.storage.notErased.procedure.detail', 8],
    ['change-item-name', 'risk.network.others', 21],
    ['change-not-in-body', 'risk.storage.leak.physical.detail', 6, '入室管理'],
    ['change-not-in-body', 'risk.storage.leak.technical.detail', 23, '特定個人情報、'],
    ['period-open', 'file.storage.erasure'],
    // Slips of writing.
    ['term-miswritten', 'risk.storage.leak.physical.detail', 22, '施設管理'],
    ['writing-slip', 'basic.flow.notes', undefined, '勸奨'],
    ['writing-slip', 'risk.network.improperProvision.measures', undefined, 'とり着'],
    ['writing-slip', 'risk.storage.leak.technical.detail', undefined, 'DDos'],
    ['writing-slip', 'risk.network.offPurpose.measures', 5, '第19号第14号'],
    ['writing-slip', 'risk.network.leak.measures', 19, '情報情報'],
    ['words-doubled', 'file.scope.necessity', undefined, 'に基づく予防接種'],
    ['heading-form', 'risk.storage.leak.technical.detail', undefined, '処置'],
    ['brackets-unpaired', 'procedure.review', 16, '「」'],
  ],
  sapporo: [
    ['article-two-numbers', 'basic.numberUse.legalBasis', 3],
    ['change-citation', 'basic.numberUse.legalBasis', 3],
    ['law-number', 'basic.affair.content', 1],
    ['ended-by-explanation', 'basic.systems.functions', 2],
    ['change-omitted', 'changes.rows', 30],
    ['change-path', 'disclosure.inquiry.contact', 36],
    ['star-after-without-ground', 'file.use.departments', 12],
    ['move-direction', 'file.recipients', 19, '転出先'],
    ['explanation-wording', 'file.entrustments.title', 15, 'コンビニエンスストア'],
    ['change-item-name', 'file.entrustments.rationale', 17, '取扱いを委託する'],
    // Slips of writing.
    ['term-miswritten', 'basic.affair.content', 1, '新型コロナウイルスエンザ'],
    ['term-miswritten', 'risk.storage.leak.technical.detail', 31, 'L2WAN'],
    ['term-miswritten', 'control.audit.selfCheck.method', 32, '情報連携技術'],
    ['term-miswritten', 'control.other', 35, '内閣府'],
    ['writing-slip', 'basic.flow', 6, '電磁交付'],
    ['writing-slip', 'file.acquisition.notice', 11, '記入入手'],
    ['writing-slip', 'risk.acquisition.offPurpose.subjects', 21, '新入者'],
    ['writing-slip', 'risk.acquisition.offPurpose.subjects', 21, '入力'],
    ['writing-slip', 'risk.entrustment.misuse.organisation', 29, 'しているから'],
    ['measure-reversed', 'risk.use.others', 28, 'ハードコピー'],
  ],
};

/** Each slip of the published documents as it should be written: then nothing is said of it. */
export const CORRECTED: Readonly<Record<string, { readonly texts: readonly (readonly [wrong: string, right: string])[]; readonly change?: (json: Json) => void }>> = {
  sagamihara: {
    texts: [['特定個人情報（連携機能）', '特定個人情報（連携対象）'], ['団体名統合', '団体内統合'], ['個人番号表利用', '個人番号利用'], ['情報提要', '情報提供'], ['新規要因', '新規要員'], ['が去れて', 'がされて'], ['⑥委託者名', '⑥委託先名'], ['防止してる', '防止している'], ['評価実施期間', '評価実施機関'], ['発効', '発行'], ['LG-WAN', 'LGWAN'], ['ＬＧ－ＷＡＮ', 'ＬＧＷＡＮ'], ['物理的対策を満たし', '対策を満たし'], ['<運用における', '＜運用における'], ['対象者の数', '対象者'], ['取扱う事務において', '取り扱う事務において'], ['（別添２）ファイル記録項目', '（別添２）特定個人情報ファイル記録項目'], ['一定期間', '５年間']],
    change: (json) => {
      Object.assign(json.changeLog[91], { itemId: 'risk.provision.improperMethod.measures', itemPath: 'Ⅲ　５．特定個人情報の提供・移転　リスク２　リスクに対する措置の内容' });
      const rights = json.answers.risk[0];
      rights['risk.use.unauthorised.rightsIssue.method'] = rights['risk.use.unauthorised.rightsIssue.method'].replace(/(・申請に対して[^\n]*\n)\1/, '$1');
      rights['risk.use.unauthorised.userAuthentication.method'] = rights['risk.use.unauthorised.userAuthentication.method'].replace(/[^\n]*共用ID[^\n]*/g, '');
      rights['risk.entrustment.misuse.subEntrustment.method'] += '\n（委託事項１及び３に限る。）';
      rights['risk.use.unauthorised.useRecord.method'] = rights['risk.use.unauthorised.useRecord.method'].replace(/定められた期間/g, '５年間');
    },
  },
  sapporo: {
    texts: [['新型コロナウイルスエンザ', '新型インフルエンザ'], ['L2WAN', 'LGWAN'], ['L2WAY', 'LGWAN'], ['内閣官房情報連携技術', '内閣官房情報通信技術'], ['内閣府情報通信技術', '内閣官房情報通信技術'], ['電磁交付', '電子交付'], ['記入入手', '得て入手'], ['新入者', '転入者'], ['個人番号を入力する', '個人番号を入手する'], ['適合しているから', '適合しているか'], ['必要な画面', '必要のない画面'], ['転入者について、転出先市区町村へ', '転入者について、転出元市区町村へ'], ['コンビニエンスストア)', 'コンビニ交付)'], ['コンビニエンスストアへの接種記録の照会)', 'コンビニ交付)'], ['取り扱いは委託する地特定', '取扱いを委託する特定'], ['業務で使用するその他', '事務で使用するその他']],
    change: (json) => { json.changeLog[9].before = json.changeLog[9].before.replace('照会するために', '提供するために'); },
  },
  koshigaya: {
    texts: [['施設管理', '施錠管理'], ['勸奨', '勧奨'], ['へとり着', 'へたどり着'], ['DDos', 'DDoS'], ['第19号第14号', '第19条第14号'], ['特定個人情報情報', '特定個人情報'], ['に基づく予防接種に基づく', 'に基づく'], ['における処置', 'における措置'], ['一定期間', '5年間'], ['特定個人情報は消去されず', '特定個人情報が消去されず'], ['ルール内容及び', 'ルールの内容及び'], ['情報提供ネットワークシステム及びそのリスク', '情報提供ネットワークシステムとの接続に伴うその他のリスク及びそのリスク']],
    change: (json) => {
      const [log, body] = [json.changeLog, json.answers.risk[0]];
      log[19].before = body['risk.network.improperMethod.measures'];
      for (const row of [log[6], log[7], log[8]]) row.before = '（既存の記載）';
      log[6].after = log[6].after.replace('。))', '。)');
      for (const side of ['before', 'after']) log[15][side] = log[15][side].replace('」', '');
    },
  },
  taito: {
    texts: [['ガバメントクラウドおける', 'ガバメントクラウドにおける'], ['DDos', 'DDoS'], ['※該当箇所を参照', '全文'], ['（中略）', ''], ['(中略)', ''], ['4情報', '5情報'], ['３．基本情報', '２．基本情報'], ['対象者となる本人の範囲', '対象となる本人の範囲'], ['の場面に限定', 'の場面'], ['提供する場面', '場面']],
  },
};

/** Rules that the corrections above must leave with nothing to say. */
export const SILENT: Readonly<Record<string, readonly string[]>> = {
  sagamihara: ['term-miswritten', 'writing-slip', 'measure-of-other-kind', 'words-doubled', 'heading-form', 'scope-is-count', 'id-shared', 'change-of-other-item', 'change-item-name', 'sub-entrustment-mixed'],
  sapporo: ['term-miswritten', 'writing-slip', 'measure-reversed', 'move-direction', 'explanation-wording', 'change-item-name'],
  koshigaya: ['term-miswritten', 'writing-slip', 'words-doubled', 'heading-form', 'change-of-other-item', 'change-before-blank', 'change-item-name', 'brackets-unpaired'],
  taito: ['heading-form', 'writing-slip', 'change-omitted', 'information-set-words', 'quoted-label', 'limited-scene'],
};

/** The faults of a first draft that people listed, by their number there: all of them put into the document of the invented city. */
export const DRAFT_FAULTS: readonly (readonly [number: number, rule: string, itemId: string])[] = [
  [1, 'file-names', 'file.name'],
  [2, 'source-unticked', 'file.acquisition.sources'],
  [3, 'method-unticked', 'file.acquisition.methods'],
  [4, 'media-forbidden-and-used', 'risk.provision.improper.rule.detail'],
  [5, 'affair-without-use', 'basic.affair.content'],
  [6, 'provided-undeclared', 'basic.flow.notes'],
  [7, 'ground-and-method', 'file.recipients.legalBasis'],
  [8, 'system-undeclared', 'risk.acquisition.inaccurate.accuracy'],
  [9, 'retention-words', 'file.storage.period'],
  [10, 'fee-words', 'disclosure.fee'],
  [11, 'entrusted-items', 'file.entrustments.rationale'],
  [12, 'item-without-inflow', 'basic.flow.notes'],
  [13, 'giver-without-measure', 'file.use.matching'],
  [14, 'and-or', 'risk.use.others'],
  [15, 'limited-scene', 'risk.provision.others'],
  [16, 'enough-but-unfinished', 'risk.use.unauthorised.sufficient'],
  [17, 'count-rows', 'file.provision.recipientCount'],
  [18, 'sub-entrustment-mixed', 'risk.entrustment.misuse.subEntrustment'],
];

export function asFirstDraft(json: Json): void {
  const [answers, file, risk] = [json.answers, json.answers.file[0], json.answers.risk[0]];
  answers['basic.fileNames'] = '予防接種事務情報ファイル';
  answers['basic.affair.content'] = '①対象者の登録　予防接種の対象者と発行した接種券を登録する。\n②接種の記録　接種記録を登録し、他市区町村及び都道府県に照会し、提供する。\n③健康被害の救済　健康被害の認定を受けた者に、医療手当や障害年金を支払う。';
  answers['basic.flow.notes'] = '①個人番号、氏名、生年月日、性別、接種券番号及び接種状況を登録する。\n②接種会場で接種券番号、接種状況、接種回及びロット番号を読み取る。\n③他市区町村の照会に応じて、接種記録を提供する。';
  answers['disclosure.fee'] = 'free';
  answers['disclosure.fee.detail'] = '写しは１枚につき１０円';
  json.recordItems = [{ table: '接種', fields: ['１個人番号', '２氏名', '３生年月日', '４性別', '５接種券番号', '６接種状況（実施・未実施）', '７接種回', '８接種日', '９ロット番号', '１０接種券送付日'] }];
  Object.assign(file['file.acquisition.sources'], { ticked: ['localGovernment'], text: { localGovernment: '他市区町村、都道府県' } });
  file['file.acquisition.rationale'] = '転入者本人から個人番号の提供の同意が得られた場合のみ入手する。';
  file['file.acquisition.methods'] = { ticked: ['paper', 'internalLink'], text: {} };
  file['file.use.purpose'] = '転入者の接種記録を、転出元の市区町村及び都道府県に照会し、転出先の市区町村及び都道府県に提供するため。';
  file['file.use.method'] = '転出者の接種記録を、転出先の市区町村及び都道府県に提供する。';
  file['file.use.matching'] = '転出先の市区町村及び都道府県から入手した個人番号を、接種記録と突き合わせる。';
  for (const recipient of file['file.recipients']) Object.assign(recipient, { 'file.recipients.legalBasis': '番号法第19条第16号', 'file.recipients.information': '市区町村コード及び転入者の個人番号', 'file.recipients.method': { ticked: ['infoNetwork'], text: {} } });
  file['file.provision.recipientCount'] = '';
  Object.assign(file['file.entrustments'][1], { 'file.entrustments.content': '接種券番号、接種状況及び接種回の読取り', 'file.entrustments.rationale': '接種回と接種日を正しく管理するため' });
  Object.assign(file, { 'file.storage.period': 'undefined', 'file.storage.erasure': '接種券は、５年間保存した後に裁断する。' });
  risk['risk.acquisition.offPurpose.subjects'] = '・転出先の市区町村から個人番号を入手するときは、そこで本人を確かめたものに限る。';
  risk['risk.acquisition.inaccurate.accuracy'] = '・委託した医療機関から提出された記録は、健診管理システムで接種券の内容と突き合わせる。';
  risk['risk.use.unauthorised.rights.method'] = '・職員ごとに権限を設ける（設けられないシステムには、今後の更新で機能を追加）。';
  risk['risk.use.copying.measures'] = '・抽出したデータの登録には、定めた外部記憶媒体を使用し、管理簿に記録する。';
  risk['risk.use.others'] = '・使用するのは、転出先の市区町村又は都道府県に記録を提供する場面に限る。';
  risk['risk.provision.improper.rule.detail'] = '・端末への電子記録媒体の接続を、システムにより禁止している。';
  risk['risk.provision.others'] = '・提供する場面を必要最小限に限定している。具体的には、転入者について、転出元の市区町村へ個人番号を提供する場面に限定している。';
  risk['risk.entrustment.misuse.subEntrustment.method'] = '・再委託先に、市と同じ水準の措置を求める。';
}
