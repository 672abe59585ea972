import type { Command } from 'commander';
import type { ImportOptions } from '../assessment-import.js';
import type { Program } from '../program.js';

/** assessment import: 評価書 out of a workbook. Needs no engine. */
export function assessmentImportVerb(assessment: Command, show: Program['show']): void {
  assessment.command('import').description('Excel の評価書を読み込む。証が書き出したもののほか、個人情報保護委員会の様式なども対応表を指定すると読める').argument('<ファイル.xlsx>')
    .option('--mapping <対応表.json>', '証が書き出したものでないとき、どの項目がどのセルにあるか（akashi-xlsx-mapping-1）').option('--out <ファイル>', '書き出すファイル（JSON）').option('--force', '同じ名のファイルがあれば置き換える')
    .action(async (file: string, options: ImportOptions) => {
      const { describeImported, importBook } = await import('../assessment-import.js');
      const imported = await importBook(file, options);
      show(imported, describeImported(imported, options));
    });
}
