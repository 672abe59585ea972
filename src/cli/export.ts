import { UsageError, type Settings } from '../settings.js';
import { holderOf, type Client } from './client.js';
import { writeWhole } from './whole-file.js';

interface OfExport {
  readonly id: string;
  /** the file named in the request */
  readonly body: object;
}

/** A passphrase stands in the memory of the engine alone: one that is started for this verb would forget it at once. @throws UsageError */
export async function requireRunning({ data }: Pick<Settings, 'data'>): Promise<void> {
  if ((await holderOf(data)) === 'nobody') throw new UsageError('合言葉はエンジンの中だけにあり、止めると失われます。akashi serve でエンジンを起動してから実行し、続けて akashi export make を実行してください。');
}

const KEEP_APART = 'ファイルとは別の方法で、渡す相手だけに伝えてください。もう一度表示することはできません。';

/** The passphrase of an export: to be shown, or in a file for its owner alone. The engine makes it, so none is ever typed. */
export async function tellPassphrase(client: Client, token: string, { id, out, body }: OfExport & { readonly out: string | undefined }): Promise<readonly [object, string]> {
  const ask = async (): Promise<string> => (await client.send<{ passphrase: string }>('POST', `/exports/${id}/passphrases`, token, body)).passphrase;
  if (out === undefined) {
    const passphrase = await ask();
    return [{ export: id, passphrase }, `合言葉: ${passphrase}\n${KEEP_APART}`];
  }
  await writeWhole({ out, cutOff: '合言葉を受け取れませんでした。もう一度実行してください。', interrupted: '中断しました。合言葉は、もう一度受け取ってください。' }, async (write) => write(Buffer.from(`${await ask()}\n`)));
  return [{ export: id, file: out }, `合言葉を ${out} に書きました。${KEEP_APART}`];
}

/** What is made counts as made, whatever became of the bytes. */
const SPENT = '書きかけのファイルは消しました。この承認による出力は済んだものとして記録されています。もう一度出力するには、新たに申請してください。';

/** The file of an approved export, as it comes: encrypted, whole or not at all. It is given out once. */
export async function makeExportFile(client: Client, token: string, { id, out, body }: OfExport & { readonly out: string }): Promise<readonly [object, string]> {
  const file = { out, cutOff: `出力が途中で切れました。${SPENT}`, interrupted: `中断しました。受取りが始まっていたときは、この承認による出力は済んだものとして記録されています。akashi export list で確かめてください。`, once: true } as const;
  const { event, bytes } = await writeWhole(file, async (write, signal) => {
    const { headers, pieces } = await client.download(`/exports/${id}/files`, token, body, signal);
    let length = 0;
    for await (const piece of pieces) {
      write(piece);
      length += piece.length;
    }
    return { event: headers.get('akashi-event'), bytes: length };
  });
  return [{ export: id, file: out, bytes, event }, `${out} に書きました（${bytes.toLocaleString()} バイト、age 形式）。期限までに消去・返却し、別の人が akashi export erase で確認してください。`];
}
