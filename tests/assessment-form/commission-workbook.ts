import ExcelJS from 'exceljs';

/** Cells by sheet: 「B5」 or a merged 「B5:F5」 and what stands there. */
export type Cells = Readonly<Record<string, Readonly<Record<string, ExcelJS.CellValue>>>>;

/** A workbook as the Commission lays out its own: labels in merged cells, options below the answer, boxes in brackets, several lines a text. */
export const COMMISSION: Cells = {
  '表紙': { 'B2:J2': '特定個人情報保護評価書（全項目評価書）', 'B4:C4': '評価書番号', 'D4:J4': '評価書名', 'B5:C5': '12', 'D5:J5': '予防接種に関する事務　全項目評価書', 'B7:C7': '評価実施機関名', 'D7:J7': '汐浜市長', 'B8:C8': '公表日', 'D8:J8': '令和８年10月１日', 'B12': '担当者の覚え書き' },
  'Ⅰ基本情報': {
    'A1:J1': 'Ⅰ　基本情報', 'A3:C5': '②事務の内容　※', 'D3:J3': '対象者に通知する。', 'D4:J4': '', 'D5:J5': '記録を登録する。',
    'A6:C7': '③対象人数', 'D6:F6': '[　30万人以上　]', 'G6': '＜選択肢＞', 'D7:J7': '1) 1,000人未満（任意実施）　2) 1,000人以上1万人未満',
    'A9:J9': 'システム1', 'A10:C10': '①システムの名称', 'D10:J10': '予防接種台帳システム', 'A11:C12': '③他のシステムとの接続',
    'D11': '[   ] 情報提供ネットワークシステム', 'F11': '[ ○ ] 庁内連携システム', 'D12:J12': '[　]住民基本台帳ネットワークシステム [　]既存住民基本台帳システム [ ○ ]宛名システム等 [　]税務システム [ ○ ]その他（ 中間サーバー（自治体） ）',
    'A14:J14': 'システム2', 'A15:C15': '①システムの名称', 'D15:J15': '団体内統合宛名システム', 'A16:C17': '③他のシステムとの接続',
    'D16': '[○] 情報提供ネットワークシステム', 'D17': '[　]庁内連携システム[　]住民基本台帳ネットワークシステム[　]既存住民基本台帳システム[　]宛名システム等[？]税務システム[　]その他（　　　）',
    'A19:J19': 'システム3', 'A20:C20': '①システムの名称', 'A21:C22': '③他のシステムとの接続', 'D21': '[　]情報提供ネットワークシステム',
  },
  'Ⅱファイル': {
    'A1:C1': '１．特定個人情報ファイル名', 'D1:J1': '予防接種ファイル', 'A2:C2': '①ファイルの種類　※', 'D2': 1, 'A3': '⑤保有開始日', 'D3': new Date('2017-07-18T00:00:00Z'), 'A4': '⑨使用開始日', 'D4': '－',
    'A5:C5': '委託の有無　※', 'D5': '[　委託する　]　＜選択肢＞　1) 委託する　2) 委託しない', 'D6': '（　２　）件',
    'A8': '委託事項1', 'D8': '予防接種台帳システムの保守', 'A9': '⑥委託先名', 'D9': '株式会社しおはまシステムズ', 'A10': '③委託先における取扱者数', 'D10': '2) 10人以上50人未満',
    'A11': '委託事項2', 'D11': '予診票の入力', 'A12': '⑥委託先名', 'D12': { formula: 'D8&"（別）"', result: 'みなと記録サービス株式会社' }, 'A13': '③委託先における取扱者数', 'D13': '百人ほど',
    'A15': '○', 'B15': '提供を行っている', 'C15': '（　３　）件', 'B16': '移転を行っている', 'C16': '（　　）件', 'A17': '', 'B17': '行っていない',
  },
  '別添２': { 'A1': '（別添２）　特定個人情報ファイル記録項目', 'A3': '項番', 'B3': '記録項目', 'A4': 1, 'B4': '個人番号', 'A5': 2, 'B5': '氏名', 'A6': 3, 'B6': '氏名', 'B8': '（以上）' },
  '別添３': {
    'A1': '（別添３）変更箇所', 'A3': '変更日', 'B3': '項目', 'C3': '変更前の記載', 'D3': '変更後の記載', 'E3': '提出時期', 'F3': '提出時期に係る説明',
    'A4:A5': '令和６年４月１日', 'B4': 'Ⅰ.7.①部署', 'C4': '保健予防課', 'D4': '感染症予防課', 'E4': '事後', 'F4': '名称だけの変更', 'B5': 'Ⅱ　その他', 'C5': '', 'D5': '追加', 'E5': '事前', 'F5': '',
    'A6': '変更日', 'B6': '項目', 'C6': '変更前の記載', 'D6': '変更後の記載', 'E6': '提出時期', 'F6': '提出時期に係る説明', 'A7': '', 'B7': '全体', 'C7': 'あ', 'D7': 'い', 'E7': '', 'F7': 'う',
  },
};

export const MAPPING = {
  format: 'akashi-xlsx-mapping-1',
  formId: 'form4-2025-05',
  source: '汐浜市から届いた様式（試験）',
  items: [
    { item: 'cover.number', sheet: '表紙', label: '評価書番号', down: 1 },
    { item: 'cover.title', sheet: '表紙', label: '評価書名', down: 1 },
    { item: 'cover.agency', sheet: '表紙', label: '評価実施機関名', right: 1 },
    { item: 'cover.publicationDate', sheet: '表紙', label: '公表日', right: 1 },
    { item: 'basic.affair.content', sheet: 'Ⅰ 基本情報', label: '②事務の内容※', right: 1, rows: 3 },
    { item: 'basic.affair.headcount', sheet: 'Ⅰ 基本情報', label: '③対象人数', right: 1 },
    { item: 'basic.affair.name', sheet: 'Ⅰ 基本情報', label: '①事務の名称', right: 1 },
    { item: 'basic.systems.name', sheet: 'Ⅰ 基本情報', label: '①システムの名称', after: ['システム{n}'], right: 1 },
    { item: 'basic.systems.connections', sheet: 'Ⅰ 基本情報', label: '③他のシステムとの接続', after: ['システム{n}'], right: 1, rows: 2, columns: 7 },
    { item: 'file.name', sheet: 'Ⅱファイル', cell: 'D1' },
    { item: 'file.kind', sheet: 'Ⅱファイル', label: '①ファイルの種類　※', right: 1 },
    { item: 'file.heldSince', sheet: 'Ⅱファイル', cell: 'D3' },
    { item: 'file.use.startedOn', sheet: 'Ⅱファイル', cell: 'D4' },
    { item: 'file.entrustment.status', sheet: 'Ⅱファイル', cell: 'D5' },
    { item: 'file.entrustment.count', sheet: 'Ⅱファイル', cell: 'D6' },
    { item: 'file.entrustments.title', sheet: 'Ⅱファイル', cell: 'D8' },
    { item: 'file.entrustments.contractor', sheet: 'Ⅱファイル', cell: 'D9' },
    { item: 'file.entrustments.handlerCount', sheet: 'Ⅱファイル', cell: 'D10' },
    { item: 'file.provision.status', sheet: 'Ⅱファイル', cell: 'B15', rows: 3, mark: 'left' },
    { item: 'disclosure.request.place', sheet: 'Ⅴ', cell: 'D1' },
  ],
  repeats: [{ repeat: 'basic.systems', most: 5 }, { repeat: 'file.entrustments', most: 3, stride: 3 }],
  recordItems: [{ sheet: '別添２', header: '記録項目', until: '（以上）', table: '予防接種台帳', file: 1 }],
  changeLog: { sheet: '別添３', headers: { changedOn: '変更日', itemPath: '項目', before: '変更前の記載', after: '変更後の記載', submission: '提出時期', explanation: '提出時期に係る説明' } },
  ignore: ['項番'],
};

export async function workbookOf(cells: Cells, finish: (book: ExcelJS.Workbook) => void = () => undefined): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  for (const [name, values] of Object.entries(cells)) {
    const sheet = book.addWorksheet(name);
    for (const [place, value] of Object.entries(values)) {
      if (place.includes(':')) sheet.mergeCells(place);
      const cell = sheet.getCell(place.split(':')[0]!);
      cell.value = value;
      if (value instanceof Date) cell.numFmt = '[$-411]ggge"年"m"月"d"日"';
    }
  }
  finish(book);
  return new Uint8Array(await book.xlsx.writeBuffer());
}
