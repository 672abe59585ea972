import type Database from 'better-sqlite3';
import { existsSync, readdirSync, statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '../event-registry.js';
import { resolveStatus } from './doctor-status.js';
import { EVENTS_FILE, openForReading } from '../store/embedded/database.js';
import type { RecordedEvent } from '../store/event.js';
import type { Settings } from '../settings.js';
import { KEY_FILE, openVaultReader, vaultExists } from '../vault/vault.js';
import { listGenerations } from '../vault/backups.js';
import { runningEngine } from './client.js';

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

function lastEvents(settings: Settings): { readonly count: number; readonly last: RecordedEvent | undefined } | undefined {
  const file = join(settings.data, EVENTS_FILE);
  if (!existsSync(file)) return undefined;
  const db = openForReading(file);
  try {
    const count = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM events').get()!.count;
    const last = db.prepare<[], RecordedEvent>("SELECT position, '' AS stream, revision, bytes FROM events ORDER BY position DESC LIMIT 1").get();
    return { count, last };
  } finally {
    db.close();
  }
}

function clock(settings: Settings): readonly Finding[] {
  const last = lastEvents(settings)?.last;
  if (!last) return [{ check: 'clock', state: 'ok', text: '時計を比べる事象がまだありません' }];
  const behind = Date.parse(registry.decode(last).recordedAt) - Date.now();
  return [behind > 1000 ? { check: 'clock', state: 'fault', text: `この機械の時計が最後の記録より ${Math.round(behind / 1000)} 秒遅れています。時刻同期（NTP）を確かめてください` } : { check: 'clock', state: 'ok', text: '時計は最後の記録より後です' }];
}

async function storeAndVault(settings: Settings): Promise<readonly Finding[]> {
  const events = lastEvents(settings);
  if (!events) return [{ check: 'store', state: 'warning', text: `事象ストアがまだありません（${settings.data}）` }];
  const db: Database.Database = openForReading(join(settings.data, EVENTS_FILE));
  const integrity = (db.pragma('quick_check') as { quick_check: string }[])[0]!.quick_check;
  const first = db.prepare<[], RecordedEvent>("SELECT position, '' AS stream, revision, bytes FROM events ORDER BY position LIMIT 1").get();
  db.close();
  const findings: Finding[] = [
    { check: 'store', state: integrity === 'ok' ? 'ok' : 'fault', text: integrity === 'ok' ? `事象ストアのファイルは壊れていません（${events.count} 件）` : '事象ストアのファイルが壊れています。控えから戻してください' },
    gapless(events.count, events.last?.position ?? 0),
  ];
  try {
    const vault = await openVaultReader(settings.vault);
    const founded = first ? registry.decode(first).data : undefined;
    const matches = founded?.store === vault.identity.store && founded?.vault === vault.identity.vault;
    findings.push({ check: 'vault', state: matches ? 'ok' : 'fault', text: matches ? '鍵保管庫と事象ストアの組合せは正しいです' : '鍵保管庫が、この事象ストアのものではありません' });
    vault.close();
  } catch (error) {
    findings.push({ check: 'vault', state: 'fault', text: (error as Error).message });
  }
  return findings;
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
  const last = listGenerations(vault.directory).at(-1);
  return [last ? { check: 'key-backup', state: 'ok', text: `鍵の控えは第${last.generation}世代が最後です（${last.madeAt}、期限 ${last.expiresOn}）` } : { check: 'key-backup', state: 'warning', text: '鍵の控えがまだありません（akashi keys backup）。鍵を失うと記録は誰にも読めません' }];
}
