import { existsSync, readdirSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '../event-registry.js';
import { resolveStatus } from './doctor-status.js';
import { EVENTS_FILE, openForReading } from '../store/embedded/database.js';
import type { RecordedEvent } from '../store/event.js';
import type { Settings } from '../settings.js';
import { INDEX_FILE, examineIndex } from '../vault/blind-index.js';
import { leftoversOf, openVaultReader, vaultExists } from '../vault/opening.js';
import { KEY_FILE, type VaultReader } from '../vault/vault.js';
import { listGenerations, type Generation } from '../vault/backups.js';
import { runningEngine } from './client.js';
import { explain } from './explain.js';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'fault';
  readonly text: string;
}

/** Looks at everything without changing anything; works beside a running engine. */
export async function examine(settings: Settings): Promise<readonly Finding[]> {
  const running = await runningEngine(settings.data);
  const findings: Finding[] = [
    { check: 'engine', state: 'ok', text: running ? `エンジンは動いています（${running}）` : 'エンジンは動いていません' },
    ...keyFile(settings),
    ...clock(settings),
    ...(await storeAndVault(settings)),
    ...space(settings),
    ...backups(settings),
  ];
  if (running) findings.push(...(await resolveStatus(running)));
  return findings;
}

function keyFile({ vault }: Settings): readonly Finding[] {
  if (vault.kek) return [{ check: 'key-file', state: 'ok', text: '鍵暗号化鍵は鍵管理サービスから受け取ります' }];
  const file = join(vault.directory, KEY_FILE);
  if (!existsSync(file)) return [{ check: 'key-file', state: vaultExists(vault.directory) ? 'fault' : 'warning', text: `鍵ファイル ${file} がありません` }];
  const mode = statSync(file).mode & 0o777;
  return [{ check: 'key-file', state: mode & 0o077 ? 'fault' : 'ok', text: `鍵ファイルの権限は ${mode.toString(8)} です${mode & 0o077 ? `。chmod 600 "${file}" としてください` : ''}` }];
}

function lastRecordedAt(settings: Settings): string | undefined {
  const file = join(settings.data, EVENTS_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const db = openForReading(file);
    try {
      const last = db.prepare<[], RecordedEvent>("SELECT position, '' AS stream, revision, bytes FROM events ORDER BY position DESC LIMIT 1").get();
      return last && registry.decode(last).recordedAt;
    } finally {
      db.close();
    }
  } catch {
    return undefined; // said where the store is looked at
  }
}

function clock(settings: Settings): readonly Finding[] {
  const last = lastRecordedAt(settings);
  if (!last) return [{ check: 'clock', state: 'ok', text: '時計を比べる事象がまだありません' }];
  const behind = Date.parse(last) - Date.now();
  return [behind > 1000 ? { check: 'clock', state: 'fault', text: `この機械の時計が最後の記録より ${Math.round(behind / 1000)} 秒遅れています。時刻同期（NTP）を確かめてください` } : { check: 'clock', state: 'ok', text: '時計は最後の記録より後です' }];
}

async function storeAndVault(settings: Settings): Promise<readonly Finding[]> {
  const file = join(settings.data, EVENTS_FILE);
  if (!existsSync(file)) return vaultExists(settings.vault.directory) ? [await goneStore(settings)] : [{ check: 'store', state: 'warning', text: `事象ストアがまだありません（${settings.data}）` }];
  const looked = lookedThrough(file);
  const findings: Finding[] = [...store(looked), ...(await vaultBeside(looked, settings))];
  for (const left of leftoversOf(settings.vault.directory)) findings.push({ check: 'leftover', state: 'fault', text: `途中で止まった復元の鍵が残っています（${left}）。エンジンを起動すると消去されます` });
  return findings;
}

function store(looked: Looked | undefined): readonly Finding[] {
  if (!looked) return [{ check: 'store', state: 'fault', text: '事象ストアのファイルが壊れています。控えから戻してください' }];
  const { sound, count, last, unreadable } = looked;
  return [
    { check: 'store', state: sound ? 'ok' : 'fault', text: sound ? `事象ストアのファイルは壊れていません（${count} 件）` : '事象ストアのファイルが壊れています。控えから戻してください' },
    gapless(count, last),
    unreadable.length === 0 ? { check: 'events', state: 'ok', text: 'すべての事象が読めます' } : { check: 'events', state: 'fault', text: `位置 ${unreadable.slice(0, 5).join('、')} の事象が読めません（${unreadable.length} 件）。控えから戻してください` },
  ];
}

/** The vault by itself, and against what has been seen of the store. */
async function vaultBeside(looked: Looked | undefined, { vault: options }: Settings): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    const vault = await openVaultReader(options);
    if (looked) findings.push(...together(vault, looked));
    vault.close();
  } catch (error) {
    findings.push({ check: 'vault', state: 'fault', text: explain(error as Error) });
  }
  if (!vaultExists(options.directory)) return findings;
  try {
    examineIndex(join(options.directory, INDEX_FILE));
    findings.push({ check: 'index', state: 'ok', text: '番号の索引は壊れていません' });
  } catch (error) {
    findings.push({ check: 'index', state: 'fault', text: explain(error as Error) });
  }
  return findings;
}

function together(vault: VaultReader, { founding, last, highestKey }: Looked): readonly Finding[] {
  const matches = founding?.store === vault.identity.store && founding.vault === vault.identity.vault;
  const findings: Finding[] = [{ check: 'vault', state: matches ? 'ok' : 'fault', text: matches ? '鍵保管庫と事象ストアの組合せは正しいです' : '鍵保管庫が、この事象ストアのものではありません' }];
  if (vault.highestPosition > last) findings.push({ check: 'ages', state: 'fault', text: `事象ストアが古い状態に戻っています（現在 ${last}、鍵保管庫の記憶 ${vault.highestPosition}）。最新の控えから事象ストアを戻してください` });
  if (highestKey >= vault.keyCount) findings.push({ check: 'ages', state: 'fault', text: '鍵保管庫が事象ストアより古い状態です。最新の鍵の控えから戻してください（akashi keys restore）' });
  return findings;
}

async function goneStore(settings: Settings): Promise<Finding> {
  const seen = await openVaultReader(settings.vault).then((vault) => {
    const { highestPosition } = vault;
    vault.close();
    return highestPosition;
  }, () => 1);
  return seen > 0 ? { check: 'store', state: 'fault', text: `事象ストアがありません（${settings.data}）。鍵保管庫は位置 ${seen} まで記憶しています。控えから戻してください` } : { check: 'store', state: 'warning', text: `事象ストアがまだありません（${settings.data}）` };
}

interface Looked {
  readonly sound: boolean;
  readonly count: number;
  readonly last: number;
  readonly founding: { readonly store?: unknown; readonly vault?: unknown } | undefined;
  readonly highestKey: number;
  readonly unreadable: readonly number[];
}

/** undefined: the file cannot even be read through. */
function lookedThrough(file: string): Looked | undefined {
  try {
    return lookThrough(file);
  } catch {
    return undefined;
  }
}

/** Reads every event once, from the first to the last; opens nothing. */
function lookThrough(file: string): Looked {
  const db = openForReading(file);
  try {
    const sound = (db.pragma('quick_check') as { quick_check: string }[])[0]!.quick_check === 'ok';
    const unreadable: number[] = [];
    let [count, last, highestKey] = [0, 0, -1];
    let founding: Looked['founding'];
    for (const recorded of db.prepare<[], RecordedEvent>("SELECT position, '' AS stream, revision, bytes FROM events ORDER BY position").iterate()) {
      count += 1;
      last = recorded.position;
      try {
        const { data, sealed } = registry.decode(recorded);
        founding ??= data;
        highestKey = Math.max(highestKey, sealed?.key ?? -1);
      } catch {
        unreadable.push(recorded.position);
      }
    }
    return { sound, count, last, founding, highestKey, unreadable };
  } finally {
    db.close();
  }
}

function gapless(count: number, last: number): Finding {
  return { check: 'positions', state: count === last ? 'ok' : 'fault', text: count === last ? '位置に欠番はありません' : `位置に欠番があります（${count} 件、最後の位置 ${last}）` };
}

function space({ data }: Settings): readonly Finding[] {
  if (!existsSync(data)) return [];
  const { bavail, bsize } = statfsSync(data);
  const gib = (bavail * bsize) / 2 ** 30;
  return [{ check: 'disk', state: gib < 1 ? 'fault' : gib < 10 ? 'warning' : 'ok', text: `空き容量は ${gib.toFixed(1)} GiB です` }];
}

function backups({ vault, data }: Settings): readonly Finding[] {
  if (!existsSync(vault.directory) || !existsSync(data) || readdirSync(data).length === 0) return [];
  let last: Generation | undefined;
  try {
    last = listGenerations(vault.directory).at(-1);
  } catch (error) {
    return [{ check: 'key-backup', state: 'fault', text: explain(error as Error) }];
  }
  return [last ? { check: 'key-backup', state: 'ok', text: `鍵の控えは第${last.generation}世代が最後です（${last.madeAt}、期限 ${last.expiresOn}）` } : { check: 'key-backup', state: 'warning', text: '鍵の控えがまだありません（akashi keys backup）。鍵を失うと記録は誰にも読めません' }];
}
