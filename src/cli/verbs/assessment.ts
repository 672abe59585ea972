import type { Program } from '../program.js';
import { simulateVerb } from './simulate.js';

/** assessment: 評価書 as files, which needs no engine, and a version of it tried against the ledger. */
export function assessmentVerbs(around: Program): void {
  const { program, show } = around;
  const assessment = program.command('assessment').description('評価書（特定個人情報保護評価書）のファイル');
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
  simulateVerb(assessment, around);
}
