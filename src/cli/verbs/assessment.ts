import { Option } from 'commander';
import type { PrintRequest } from '../assessment-print.js';
import type { Program } from '../program.js';
import { assessmentChangeVerbs } from './assessment-changes.js';
import { assessmentImportVerb } from './assessment-import.js';
import { assessmentStepVerbs } from './assessment-step.js';
import { assessmentVersionVerbs } from './assessment-versions.js';
import { assessmentWritingVerbs } from './assessment-writing.js';
import { PRINT_FORMATS } from './print-formats.js';
import { simulateVerb } from './simulate.js';

/** assessment: 評価書 as files, which needs no engine, and its versions in the ledger. */
export function assessmentVerbs(around: Program): void {
  const { program, show } = around;
  const assessment = program.command('assessment').description('評価書（特定個人情報保護評価書）のファイルと、台帳にある版');
  assessment.command('forms').description('様式の版を一覧する').action(async () => {
    const { describeEditions, listEditions } = await import('../assessment.js');
    const editions = listEditions();
    show(editions, describeEditions(editions));
  });
  assessment.command('check').description('評価書の中の矛盾・未記入・確かめるところを示す。一つの事務の評価書を幾つか指定すると、互いに比べる').argument('<ファイル...>').action(async (files: readonly string[]) => {
    const { checkFiles, describeChecked, hasContradiction } = await import('../assessment.js');
    const checked = checkFiles(files);
    show(checked, describeChecked(checked));
    if (hasContradiction(checked)) process.exitCode = 2;
  });
  assessment.command('move').description('評価書を同じ様式の別の版に移し、人が確かめるところを示す').argument('<ファイル>').requiredOption('--to <版>', '移した先の版（akashi assessment forms）').requiredOption('--out <ファイル>', '書き出すファイル').option('--force', '同じ名のファイルがあれば置き換える')
    .action(async (file: string, options: { readonly to: string; readonly out: string; readonly force?: boolean }) => {
      const { describeMoved, moveFile } = await import('../assessment.js');
      const moved = await moveFile(file, options);
      show(moved, describeMoved(moved, options.out));
    });
  assessment.command('wording').description('証を導入する団体が、自らの評価書に書き加える文案を示す').action(async () => {
    const { describeIntroducing, readIntroducing } = await import('../introducing.js');
    const wording = readIntroducing();
    show(wording, describeIntroducing(wording));
  });
  assessment.command('print').description('評価書を公式の様式で書き出す').argument('<ファイル>').addOption(new Option('--format <形式>', '形式').choices(PRINT_FORMATS).makeOptionMandatory()).option('--out <ファイル>', '書き出すファイル。なければ評価書のファイルと同じ名').option('--withhold <ファイル>', '公表しない記載の一覧（JSON）。その欄に（非公表）と示す').option('--evidence <ファイル>', '根拠資料も書き出す（文書のSHA-256、様式未確認の項目、欠落・損傷・要確認の記載）').option('--force', '同じ名のファイルがあれば置き換える')
    .action(async (file: string, options: PrintRequest) => {
      const { describePrinted, printFile } = await import('../assessment-print.js');
      const printed = await printFile(file, options);
      show(printed, describePrinted(printed));
    });
  assessmentImportVerb(assessment, show);
  assessmentChangeVerbs(assessment, show);
  assessmentVersionVerbs(assessment, around);
  assessmentWritingVerbs(assessment, around);
  assessmentStepVerbs(assessment, around);
  simulateVerb(assessment, around);
}
