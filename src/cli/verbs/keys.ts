import { whole, type Program } from '../program.js';

/** keys: backups of keys. */
export function keysVerbs({ program, settings, show }: Program): void {
  const keys = program.command('keys').description('鍵の控え');
  keys.command('backup').description('鍵の控えの次の世代を作る').requiredOption('--to <場所>', '控えを置くディレクトリ').requiredOption('--key <ファイル>', '控えの鍵。なければ作る。--to の外に置く').option('--keep-days <日数>', '控えを残す日数', '30')
    .action(async ({ to, key, keepDays }: { to: string; key: string; keepDays: string }) => {
      const days = whole('--keep-days', keepDays, 1);
      const { backUpKeys } = await import('../keys.js');
      const { made, expired } = await backUpKeys(settings(), { directory: to, keyFile: key, keepDays: days });
      show({ made, expired }, `第${made.generation}世代を作りました（期限 ${made.expiresOn}）。期限の切れた ${expired.length} 世代を廃棄しました。`);
    });
  keys.command('restore').description('鍵の控えから保管庫を戻す').argument('<控え>').requiredOption('--key <ファイル>', '控えの鍵').option('--accept-loss', '控えより後の鍵が失われることを承知する')
    .action(async (file: string, options: { key: string; acceptLoss?: boolean }) => {
      const { restoreKeys } = await import('../keys.js');
      const result = await restoreKeys(settings(), { file, keyFile: options.key, acceptLoss: options.acceptLoss === true });
      show(result, `第${result.generation}世代から戻しました。読めなくなった記録の単位: ${result.lost}、改めて破棄した鍵: ${result.destroyed}`);
    });
  keys.command('drill').description('鍵の控えで本当に開けるかを確かめる').argument('<控え>').requiredOption('--key <ファイル>', '控えの鍵').option('--samples <件数>', '確かめる件数', '1000')
    .action(async (file: string, { key, samples }: { key: string; samples: string }) => {
      const tries = whole('--samples', samples, 1);
      const { drillKeys } = await import('../keys.js');
      const result = await drillKeys(settings(), { file, keyFile: key, samples: tries });
      show(result, `${result.tried} 件を試し、開けた ${result.opened}、消去済み ${result.erased}、控えより後 ${result.later}、開けない ${result.failed}`);
      if (result.failed > 0) process.exitCode = 2;
    });
}
