import { accessSync, constants, readdirSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { lookThrough, type Looked } from './doctor-ledger.js';
import { resolveStatus } from './doctor-status.js';
import type { Settings } from '../settings.js';
import type { StoreSettings } from '../store/open.js';
import { INDEX_FILE, examineIndex } from '../vault/blind-index.js';
import { leftoversOf, openVaultReader } from '../vault/opening.js';
import { SLOTS_FILE } from '../vault/slot-file.js';
import { KEY_FILE, type VaultReader } from '../vault/vault.js';
import { listGenerations, type Generation } from '../vault/backups.js';
import { holderOf } from './client.js';
import { explain } from './explain.js';
import { japanTime } from './table.js';

export interface Finding {
  readonly check: string;
  /** unseen: it could not be looked at */
  readonly state: 'ok' | 'warning' | 'fault' | 'unseen';
  readonly text: string;
}

/** Looks at everything without changing anything; works beside a running engine. */
export async function examine(settings: Settings): Promise<readonly Finding[]> {
  return [
    ...(await look('engine', 'エンジンが動いているか', () => engine(settings))),
    ...(await look('key-file', '鍵ファイル', () => keyFile(settings))),
    ...(await storeAndVault(settings)),
    ...(await look('disk', '空き容量', () => space(settings))),
    ...(await look('key-backup', '鍵の控え', () => backups(settings))),
  ];
}

/** What may not be looked at is neither sound nor wrong: it is said so, and why. */
async function look(check: string, what: string, take: () => readonly Finding[] | Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await take();
  } catch (error) {
    return [{ check, state: 'unseen', text: `${what}を確かめられません: ${explain(error as Error)}` }];
  }
}

/** Unlike existsSync it does not take what may not be seen for what is not there. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function engine({ data }: Settings): Promise<readonly Finding[]> {
  const holder = await holderOf(data);
  if (holder === 'nobody') return [{ check: 'engine', state: 'ok', text: 'エンジンは動いていません' }];
  if (holder === 'silent') return [{ check: 'engine', state: 'warning', text: `${data} は別のプロセスが使っていますが、エンジンとして応答しません（起動・停止の途中か、鍵の復元中です）。しばらく続くときは、そのプロセスを確かめてください` }];
  return [{ check: 'engine', state: 'ok', text: `エンジンは動いています（${holder.address}、プロセス ${holder.pid}）` }, ...(await resolveStatus(holder))];
}

function keyFile({ vault }: Settings): readonly Finding[] {
  if (vault.kek) return [{ check: 'key-file', state: 'ok', text: '鍵暗号化鍵は鍵管理サービスから受け取ります' }];
  const file = join(vault.directory, KEY_FILE);
  if (!isThere(file)) return [{ check: 'key-file', state: isThere(join(vault.directory, SLOTS_FILE)) ? 'fault' : 'warning', text: `鍵ファイル ${file} がありません` }];
  const mode = statSync(file).mode & 0o777;
  return [{ check: 'key-file', state: mode & 0o077 ? 'fault' : 'ok', text: `鍵ファイルの権限は ${mode.toString(8)} です${mode & 0o077 ? `。chmod 600 "${file}" としてください` : ''}` }];
}

function clock(last: string | undefined): Finding {
  if (last === undefined) return { check: 'clock', state: 'ok', text: '時計を比べる事象がまだありません' };
  const behind = Date.parse(last) - Date.now();
  return behind > 1000 ? { check: 'clock', state: 'fault', text: `この機械の時計が最後の記録より ${Math.round(behind / 1000)} 秒遅れています。追いつくまで、記録の時刻と権限・期限の判断は最後の記録の時刻で止まります。時刻同期（NTP）を確かめ、時計が正しいときは docker/OPERATING.md の「時計が戻ったとき」に従ってください` } : { check: 'clock', state: 'ok', text: '時計は最後の記録より後です' };
}

async function storeAndVault(settings: Settings): Promise<readonly Finding[]> {
  let looked: Looked | 'gone' | undefined;
  const found = await look('store', '事象ストア', async () => {
    looked = await lookThrough(settings.store);
    return looked === 'gone' ? [] : describeLedger(looked, settings.store);
  });
  if (looked === 'gone') return [clock(undefined), ...(await look('vault', '鍵保管庫', async () => [await goneStore(settings)]))];
  const seen = looked;
  const time: Finding = seen ? clock(seen.lastRecordedAt) : { check: 'clock', state: 'unseen', text: '時計が最後の記録より後かを確かめられません: 事象ストアを読めません' };
  return [time, ...found, ...(await look('vault', '鍵保管庫', () => vaultBeside(seen, settings)))];
}

function describeLedger(looked: Looked | undefined, { kind }: StoreSettings): readonly Finding[] {
  if (!looked) return [{ check: 'store', state: 'fault', text: '事象ストアのファイルが壊れています。控えから戻してください' }];
  const { sound, count, unreadable } = looked;
  const whole = kind === 'embedded' ? `事象ストアのファイルは壊れていません（${count} 件）` : `事象ストア（EventStoreDB）の記録を初めから終わりまで読めます（${count} 件）`;
  return [
    { check: 'store', state: sound ? 'ok' : 'fault', text: sound ? whole : '事象ストアのファイルが壊れています。控えから戻してください' },
    ...(kind === 'embedded' ? [gapless(looked)] : []),
    unreadable.length === 0 ? { check: 'events', state: 'ok', text: 'すべての事象が読めます' } : { check: 'events', state: 'fault', text: `位置 ${unreadable.slice(0, 5).join('、')} の事象が読めません（${unreadable.length} 件）。控えから戻してください` },
  ];
}

/** What has been taken away at the end of its retention leaves holes. */
function gapless({ count, last, dropped }: Looked): Finding {
  if (count === last) return { check: 'positions', state: 'ok', text: '位置に欠番はありません' };
  if (dropped > 0) return { check: 'positions', state: 'ok', text: `位置の欠番は、保存期間の満了で除いた ${dropped} 系列の分です（${count} 件、最後の位置 ${last}）` };
  return { check: 'positions', state: 'fault', text: `位置に欠番があります（${count} 件、最後の位置 ${last}）` };
}

/** The vault by itself, and against what has been seen of the store. */
async function vaultBeside(looked: Looked | undefined, { vault: options }: Settings): Promise<readonly Finding[]> {
  const [keyFile, slots, index] = [KEY_FILE, SLOTS_FILE, INDEX_FILE].map((name) => join(options.directory, name)) as [string, string, string];
  for (const file of [keyFile, slots, index]) if (isThere(file)) accessSync(file, constants.R_OK);
  const findings = leftoversOf(options.directory).map((left): Finding => ({ check: 'leftover', state: 'fault', text: `途中で止まった復元の鍵が残っています（${left}）。エンジンを起動すると消去されます` }));
  try {
    const vault = await openVaultReader(options);
    if (looked) findings.push(...together(vault, looked));
    vault.close();
  } catch (error) {
    findings.push({ check: 'vault', state: 'fault', text: explain(error as Error) });
  }
  if (!isThere(slots)) return findings;
  try {
    examineIndex(index);
    findings.push({ check: 'index', state: 'ok', text: '番号の索引は壊れていません' });
  } catch (error) {
    findings.push({ check: 'index', state: 'fault', text: explain(error as Error) });
  }
  return findings;
}

function together(vault: VaultReader, { founding, last, keys }: Looked): readonly Finding[] {
  const matches = founding?.store === vault.identity.store && founding.vault === vault.identity.vault;
  const findings: Finding[] = [{ check: 'vault', state: matches ? 'ok' : 'fault', text: matches ? '鍵保管庫と事象ストアの組合せは正しいです' : '鍵保管庫が、この事象ストアのものではありません' }];
  if (vault.highestPosition > last) findings.push({ check: 'ages', state: 'fault', text: `事象ストアが古い状態に戻っています（現在 ${last}、鍵保管庫の記憶 ${vault.highestPosition}）。最新の控えから事象ストアを戻してください` });
  const within = [...keys].filter((key) => key < vault.keyCount);
  if (within.length < keys.size) findings.push({ check: 'ages', state: 'fault', text: '鍵保管庫が事象ストアより古い状態です。最新の鍵の控えから戻してください（akashi keys restore）' });
  const lost = matches ? within.filter((key) => vault.lacks(key)).length : 0;
  if (lost > 0) findings.push({ check: 'lost-keys', state: 'fault', text: `鍵が失われて読めない記録の単位が ${lost} あります。その鍵を含む新しい鍵の控えがあれば、戻してください（akashi keys restore）` });
  return findings;
}

async function goneStore(settings: Settings): Promise<Finding> {
  if (!isThere(join(settings.vault.directory, SLOTS_FILE))) return { check: 'store', state: 'warning', text: `事象ストアがまだありません（${settings.data}）` };
  const seen = await openVaultReader(settings.vault).then((vault) => {
    const { highestPosition } = vault;
    vault.close();
    return highestPosition;
  }, () => 1);
  return seen > 0 ? { check: 'store', state: 'fault', text: `事象ストアがありません（${settings.data}）。鍵保管庫は位置 ${seen} まで記憶しています。控えから戻してください` } : { check: 'store', state: 'warning', text: `事象ストアがまだありません（${settings.data}）` };
}

function space({ data }: Settings): readonly Finding[] {
  if (!isThere(data)) return [];
  const { bavail, bsize } = statfsSync(data);
  const gib = (bavail * bsize) / 2 ** 30;
  return [{ check: 'disk', state: gib < 1 ? 'fault' : gib < 10 ? 'warning' : 'ok', text: `空き容量は ${gib.toFixed(1)} GiB です` }];
}

function backups({ vault, data }: Settings): readonly Finding[] {
  if (!isThere(vault.directory) || !isThere(data) || readdirSync(data).length === 0) return [];
  let last: Generation | undefined;
  try {
    last = listGenerations(vault.directory).at(-1);
  } catch (error) {
    return [{ check: 'key-backup', state: 'fault', text: explain(error as Error) }];
  }
  return [last ? { check: 'key-backup', state: 'ok', text: `鍵の控えは第${last.generation}世代が最後です（${japanTime(last.madeAt)}、期限 ${last.expiresOn}）` } : { check: 'key-backup', state: 'warning', text: '鍵の控えがまだありません（akashi keys backup）。鍵を失うと記録は誰にも読めません' }];
}
