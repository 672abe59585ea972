import { explain } from './explain.js';

const KEPT = '受け付けた記録は失われていません。akashi doctor で確かめてから、もう一度起動してください。';

/** Closes what runs, and comes back with what a person has to be told: nothing when it went well and in time. */
export async function closing(close: () => Promise<void>, withinMs: number): Promise<string | undefined> {
  let late: NodeJS.Timeout | undefined;
  const tooLong = new Promise<string>((resolve) => {
    late = setTimeout(resolve, withinMs, `${withinMs / 1000} 秒たっても終了の処理が終わらないため、打ち切りました。${KEPT}`).unref();
  });
  const closed = close().then(() => undefined, (error: unknown) => `終了の処理の途中で失敗しました: ${explain(error as Error)}\n${KEPT}`);
  return Promise.race([closed, tooLong]).finally(() => clearTimeout(late));
}
