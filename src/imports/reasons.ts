/** Why a row is rejected: stable codes with the Japanese that goes into the rejects file. Never a value. */
export const REASONS = {
  'column-count': '列の数が見出しと違います',
  missing: '必須の項目が空です',
  'invalid-date': '日付として読めません（YYYYMMDD、YYYY-MM-DD、和暦）',
  'invalid-number': '個人番号の検査用数字が合いません',
  'invalid-addressee-number': '宛名番号は15桁までの数字です',
  'invalid-integrated-number': '団体内統合宛名番号は20桁までの数字です',
  'invalid-sex': '性別は「男」「女」「不明」のどれかです',
  'invalid-change': '異動事由が一覧にありません',
  'invalid-class': '実施区分が一覧にありません',
  'invalid-dose': '接種回数は1から99までの整数です',
  'invalid-amount': '接種量は mL の小数（例 0.50）です',
  'invalid-temperature': '体温は小数（例 36.5）です',
  'invalid-text': '使えない文字があるか、長すぎます',
  'invalid-ticket': '予診票番号は20桁までの数字です',
  'in-the-future': '未来の日付です',
  'unknown-subject': '宛名番号に当たる本人が登録されていません',
  'birth-date-differs': '生年月日が登録と一致しません',
  'number-taken': '同じ番号が別の本人に登録されています',
  'number-differs': '登録されている個人番号と違います（番号の変更は変更前と変更後の両方で届けてください）',
  erased: 'この本人の記録は消去されています',
  'other-file': '別の特定個人情報ファイルに登録されている本人です',
  refused: '評価書に記載のない取扱いのため取り込めません',
  'same-row-twice': '同じ宛名番号の行がこのファイルの中に二つあります',
} as const;

export type Reason = keyof typeof REASONS;
