import { RESULT_WORDS } from '../../projections/words.js';
import type { LogReviewView } from '../access/log-reviews/controller.js';
import { UsageError } from '../settings.js';
import type { Client } from './client.js';
import { japanTime, table } from './table.js';

interface Listed {
  readonly reviews: readonly LogReviewView[];
}

export async function listLogReviews(client: Client, token: string): Promise<readonly [object, string]> {
  const { reviews } = await client.send<Listed>('GET', '/log-reviews', token);
  return [{ reviews }, describe(reviews)];
}

/** Signs the review of a month. @throws UsageError of a month that has none */
export async function signLogReview(client: Client, token: string, month: string, signature: object): Promise<readonly [object, string]> {
  const { reviews } = await client.send<Listed>('GET', '/log-reviews', token);
  const review = reviews.find((one) => one.month === month);
  if (!review) throw new UsageError('その月の点検は開かれていません。月は YYYY-MM で指定してください。一覧は akashi log-review list（月が終わると、エンジンが開きます）。');
  const signed = await client.send<object>('POST', `/log-reviews/${review.id}/signings`, token, signature);
  return [signed, `${month} の月次ログ点検に署名しました。`];
}

function describe(reviews: readonly LogReviewView[]): string {
  if (reviews.length === 0) return '月次ログ点検はまだありません。月が終わると、エンジンが開きます。';
  const rows = reviews.map(({ month, due, status, signed }) => [
    month, status === 'signed' ? '署名済み' : status === 'overdue' ? '期限を過ぎています' : '署名待ち', due, signed ? japanTime(signed.at) : '', signed ? signed.by : '', signed ? RESULT_WORDS[signed.result] : '', signed?.remarks?.replaceAll(/\s+/g, ' ') ?? '',
  ]);
  return table([['対象月', '状態', '期限', '署名日時', '点検者', '結果', '所見'], ...rows]).join('\n');
}
