import { execFile } from 'node:child_process';
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { VaultError } from './errors.js';

/** Where a 256-bit key comes from: a file of its own, or a key management service behind a command. */
export type KeySource = { readonly file: string } | { readonly command: readonly string[] };

const LINE = /^akashi-key-1 ([0-9a-f]{64})\n?$/;

/** Writes a new random key, readable by its owner alone: the whole file or none. Fails if the file exists. */
export function createKeyFile(file: string, key: Buffer = randomBytes(32)): void {
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  const fd = openSync(fresh, 'wx', 0o600);
  try {
    chmodSync(fresh, 0o600);
    writeSync(fd, `akashi-key-1 ${key.toString('hex')}\n`);
    fsyncSync(fd);
    linkSync(fresh, file);
  } finally {
    closeSync(fd);
    rmSync(fresh);
  }
}

/**
 * Loads a key. The command of a key management service prints the same line as the file holds.
 *
 * @throws VaultError `key-file-missing`, `key-file-readable-by-others`, `key-file-malformed`
 */
export async function loadKey(source: KeySource): Promise<KeyObject> {
  const text = 'file' in source ? readKeyFile(source.file) : await askKeyService(source.command);
  const hex = LINE.exec(text)?.[1];
  if (!hex) throw new VaultError('key-file-malformed', `${nameOf(source)} の内容は鍵の形式ではありません。正しい鍵ファイルを置いてください。`);
  const raw = Buffer.from(hex, 'hex');
  const key = createSecretKey(raw);
  raw.fill(0);
  return key;
}

function readKeyFile(file: string): string {
  let mode: number;
  try {
    mode = statSync(file).mode;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error; // it may be there, and not to be seen
    throw new VaultError('key-file-missing', `鍵ファイル ${file} がありません。鍵の控えから戻すか、保管場所の設定（AKASHI_KEYS）を確かめてください。`);
  }
  if (mode & 0o077) {
    throw new VaultError('key-file-readable-by-others', `鍵ファイル ${file} を他の利用者が読めます。chmod 600 "${file}" としてから、もう一度実行してください。`);
  }
  return readFileSync(file, 'utf8');
}

async function askKeyService([program, ...args]: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program!, args, { timeout: 30_000 });
    return stdout;
  } catch {
    throw new VaultError('key-file-missing', `鍵管理サービスのコマンド ${program} が失敗しました。コマンドと権限を確かめてください。`);
  }
}

function nameOf(source: KeySource): string {
  return 'file' in source ? source.file : `鍵管理サービスのコマンド ${source.command[0]}`;
}
