import type { KeyObject } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { VaultError } from './errors.js';
import { decrypt, encrypt } from './sealing.js';

/**
 * Backups of keys are generations: one encrypted file each, under a key of its own, kept until a day that is
 * written in it. An erasure is complete when the last generation that holds the key is gone.
 */
export interface Generation {
  readonly generation: number;
  readonly vault: string;
  readonly store: string;
  /** highest ledger position the vault had noted */
  readonly position: number;
  readonly madeAt: string;
  /** plain date in Japan: from the next day on the file must not be used, and is removed */
  readonly expiresOn: string;
}

const FRAME = 1024 * 1024;
/** length, nonce, the word, tag */
const HEAD_FRAME = 4 + 12 + 4 + 16;
export const LEDGER_FILE = 'backups.json';

const GENERATION_FILE = /^keys-(\d{6,})\.akb$/;

export function backupFile(directory: string, generation: number): string {
  return join(directory, `keys-${String(generation).padStart(6, '0')}.akb`);
}

/** The generations this vault has made and not yet seen expire. @throws VaultError `vault-damaged` */
export function listGenerations(vaultDirectory: string): readonly Generation[] {
  const file = join(vaultDirectory, LEDGER_FILE);
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Generation[];
  } catch {
    throw new VaultError('vault-damaged', `控えの一覧 ${file} が読めません。鍵の控えから戻してください（akashi keys restore）。`);
  }
}

export function writeGenerations(vaultDirectory: string, generations: readonly Generation[]): void {
  const file = join(vaultDirectory, LEDGER_FILE);
  const fd = openSync(`${file}.new`, 'w', 0o600);
  writeSync(fd, JSON.stringify(generations, null, 1));
  fdatasyncSync(fd);
  closeSync(fd);
  renameSync(`${file}.new`, file);
}

/** Writes the named files of the vault into one encrypted file. */
export function writeBackup(file: string, key: KeyObject, header: Generation, sections: readonly { name: string; path: string }[]): void {
  const fd = openSync(`${file}.part`, 'wx', 0o600);
  try {
    const sizes = sections.map(({ name, path }) => ({ name, size: statSync(path).size }));
    const head = Buffer.from(`${JSON.stringify({ format: 'akashi-keys-1', ...header, sections: sizes })}\n`);
    writeSync(fd, head);
    writeFrame(fd, encrypt(key, Buffer.from('head'), frameAad(head, -1)));
    const chunk = Buffer.alloc(FRAME);
    let frame = 0;
    for (const [i, { path }] of sections.entries()) {
      const source = openSync(path, 'r');
      try {
        for (let left = sizes[i]!.size, at = 0; left > 0; ) {
          const read = readSync(source, chunk, 0, Math.min(FRAME, left), at);
          if (read === 0) throw new VaultError('backup-damaged', `${path} が控えの作成中に短くなりました。もう一度実行してください。`);
          writeFrame(fd, encrypt(key, chunk.subarray(0, read), frameAad(head, frame)));
          frame += 1;
          left -= read;
          at += read;
        }
      } finally {
        closeSync(source);
      }
    }
    writeFrame(fd, encrypt(key, Buffer.from('end'), frameAad(head, frame)));
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.part`, file);
}

export function readGeneration(file: string): Generation & { readonly sections: readonly { name: string; size: number }[]; readonly headBytes: Buffer } {
  const fd = openSync(file, 'r');
  try {
    const start = Buffer.alloc(4096);
    const read = readSync(fd, start, 0, start.length, 0);
    const end = start.subarray(0, read).indexOf(0x0a);
    if (end < 0) throw damaged(file);
    const parsed = parseHeader(start.subarray(0, end).toString());
    if (!parsed) throw damaged(file);
    return { ...parsed, headBytes: Buffer.from(start.subarray(0, end + 1)) };
  } finally {
    closeSync(fd);
  }
}

/**
 * Unpacks a generation into a new directory.
 *
 * @throws VaultError `backup-damaged` (also for a wrong key), `backup-expired`
 */
export function unpackBackup(file: string, key: KeyObject, into: string, today: string): Generation {
  const { headBytes, sections, ...generation } = readGeneration(file);
  checkHeader(file, key, headBytes, sections);
  if (generation.expiresOn < today) throw new VaultError('backup-expired', `この鍵の控えは ${generation.expiresOn} に期限が切れています。使わずに廃棄してください。`);
  mkdirSync(into, { mode: 0o700 });
  const fd = openSync(file, 'r');
  try {
    let at = headBytes.length + HEAD_FRAME;
    let frame = 0;
    const next = (): Buffer => {
      const length = Buffer.alloc(4);
      if (readSync(fd, length, 0, 4, at) < 4 || length.readUInt32BE() > 2 * FRAME) throw damaged(file);
      const body = Buffer.alloc(length.readUInt32BE());
      if (readSync(fd, body, 0, body.length, at + 4) < body.length) throw damaged(file);
      const plain = decrypt(key, body, frameAad(headBytes, frame));
      if (!plain) throw damaged(file);
      at += 4 + body.length;
      frame += 1;
      return plain;
    };
    for (const { name, size } of sections) {
      const out = openSync(join(into, name), 'wx', 0o600);
      try {
        for (let written = 0; written < size; ) written += writeSync(out, next());
        fdatasyncSync(out);
      } finally {
        closeSync(out);
      }
    }
    if (next().toString() !== 'end') throw damaged(file);
  } catch (error) {
    rmSync(into, { recursive: true, force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return generation;
}

/** The generations that lie in a directory and are proven to be what they say. Others are passed over. */
export function provenGenerations(directory: string, key: KeyObject): readonly Generation[] {
  return readdirSync(directory).filter((name) => GENERATION_FILE.test(name)).flatMap((name) => {
    const file = join(directory, name);
    try {
      const { headBytes, sections, ...generation } = readGeneration(file);
      checkHeader(file, key, headBytes, sections);
      return [generation];
    } catch (error) {
      if (error instanceof VaultError) return [];
      throw error;
    }
  });
}

/** The number of the next generation: behind every one that is known or lies there, so that no file is ever overwritten. */
export function nextGeneration(directory: string, known: readonly Generation[]): number {
  const present = readdirSync(directory).map((name) => Number(GENERATION_FILE.exec(name)?.[1] ?? 0));
  return Math.max(0, ...present, ...known.map(({ generation }) => generation)) + 1;
}

/** Nothing in a header is believed before it is proven: it names files to be written. */
function checkHeader(file: string, key: KeyObject, head: Buffer, given: unknown): void {
  const sections = given as readonly { readonly name: string; readonly size: number }[];
  const fd = openSync(file, 'r');
  try {
    const frame = Buffer.alloc(HEAD_FRAME);
    const read = readSync(fd, frame, 0, HEAD_FRAME, head.length);
    const proof = read === HEAD_FRAME && frame.readUInt32BE() === HEAD_FRAME - 4 ? decrypt(key, frame.subarray(4), frameAad(head, -1)) : undefined;
    const sound = Array.isArray(given) && sections.length > 0 && sections.every(({ name, size }) => /^[a-z]+\.[a-z]+$/.test(name) && Number.isSafeInteger(size) && size >= 0);
    if (proof?.toString() !== 'head' || !sound) throw damaged(file);
  } finally {
    closeSync(fd);
  }
}

/** Removes the generations whose day has passed, from the directory of backups. Returns those removed. */
export function removeExpired(directory: string, generations: readonly Generation[], today: string): readonly Generation[] {
  const expired = generations.filter(({ expiresOn }) => expiresOn < today);
  const present = new Set(readdirSync(directory));
  for (const { generation } of expired) {
    const file = backupFile(directory, generation);
    for (const name of [basename(file), `${basename(file)}.part`]) if (present.has(name)) overwriteAndRemove(join(directory, name));
  }
  return expired;
}

/** Overwrites a file before removing it. What the disk itself keeps of old blocks is beyond a program's reach. */
export function overwriteAndRemove(file: string): void {
  const { size } = statSync(file);
  const fd = openSync(file, 'r+');
  const zeros = Buffer.alloc(FRAME);
  for (let at = 0; at < size; at += FRAME) writeSync(fd, zeros, 0, Math.min(FRAME, size - at), at);
  fdatasyncSync(fd);
  closeSync(fd);
  rmSync(file);
}

function writeFrame(fd: number, body: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  writeSync(fd, length);
  writeSync(fd, body);
}

function frameAad(head: Buffer, frame: number): Buffer {
  return Buffer.concat([head, Buffer.from(String(frame))]);
}

function parseHeader(line: string): (Generation & { sections: { name: string; size: number }[] }) | undefined {
  try {
    const { format, ...header } = JSON.parse(line) as { format: string } & Generation & { sections: { name: string; size: number }[] };
    return format === 'akashi-keys-1' ? header : undefined;
  } catch {
    return undefined;
  }
}

function damaged(file: string): VaultError {
  return new VaultError('backup-damaged', `${file} は壊れているか、控えの鍵が違います。別の世代か、正しい鍵を使ってください。`);
}
