import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, loadKey, type KeySource } from '../../src/vault/key-file.js';
import { createVault, openVault } from '../../src/vault/opening.js';
import { closing, scratch, STORE_ID } from '../support/ledger.js';

const HEX = 'ab'.repeat(32);

function keyFile(mode = 0o600, content = `akashi-key-1 ${HEX}\n`): string {
  const file = join(scratch(), 'master.key');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

/** A key service that prints `line` and ends with `status`. */
function service(line: string, status = 0): KeySource {
  return { command: [process.execPath, '-e', `process.stdout.write(${JSON.stringify(line)}); process.exitCode = ${status}`] };
}

it('makes a key file for its owner alone, with a key of 256 random bits', async () => {
  const directory = scratch();
  const [one, two] = [join(directory, 'one.key'), join(directory, 'two.key')];
  createKeyFile(one);
  createKeyFile(two);
  expect(statSync(one).mode & 0o777).toBe(0o600);
  const [a, b] = [await loadKey({ file: one }), await loadKey({ file: two })];
  expect(a.symmetricKeySize).toBe(32);
  expect(a.equals(b)).toBe(false);
  expect((await loadKey({ file: one })).equals(a)).toBe(true);
});

it('makes the file private under any umask', () => {
  const before = process.umask(0);
  try {
    const file = join(scratch(), 'master.key');
    createKeyFile(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  } finally {
    process.umask(before);
  }
});

it('never overwrites a key file', () => {
  const file = keyFile();
  expect(() => createKeyFile(file)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(readFileSync(file, 'utf8')).toContain(HEX);
});

it.each(['600', '400', '700'])('takes a file that its owner alone can use (mode %s)', async (mode) => {
  expect((await loadKey({ file: keyFile(Number.parseInt(mode, 8)) })).export().toString('hex')).toBe(HEX);
});

it.each(['640', '620', '610', '604', '602', '601', '644', '660', '666'])('refuses a file that group or others can use (mode %s)', async (mode) => {
  const file = keyFile(Number.parseInt(mode, 8));
  const fault = loadKey({ file });
  await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-readable-by-others' });
  await expect(fault).rejects.toThrow(`chmod 600 "${file}"`);
});

it('names a missing file', async () => {
  const file = join(scratch(), 'nowhere.key');
  const fault = loadKey({ file });
  await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-missing' });
  await expect(fault).rejects.toThrow(file);
});

describe('a malformed key', () => {
  const lines = {
    'is empty': '',
    'has no heading': HEX,
    'has another heading': `akashi-key-2 ${HEX}\n`,
    'is one digit short': `akashi-key-1 ${HEX.slice(1)}\n`,
    'is one digit long': `akashi-key-1 ${HEX}0\n`,
    'is in capitals': `akashi-key-1 ${HEX.toUpperCase()}\n`,
    'has a second line': `akashi-key-1 ${HEX}\nmore\n`,
    'has a line before it': `\nakashi-key-1 ${HEX}\n`,
    'is not hexadecimal': `akashi-key-1 ${'g'.repeat(64)}\n`,
  };

  it.each(Object.entries(lines))('in a file that %s is refused without being quoted', async (_, line) => {
    const fault = loadKey({ file: keyFile(0o600, line) });
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-malformed' });
    const { message } = await fault.catch((error: Error) => error) as Error;
    expect(message).not.toMatch(/[0-9a-fA-Fg]{16}/);
  });

  it('from the key service is refused without being quoted', async () => {
    const fault = loadKey(service(`akashi-key-1 ${HEX.slice(2)}\n`));
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-malformed' });
    await expect(fault).rejects.not.toThrow(HEX.slice(0, 16));
  });
});

describe('a key service', () => {
  it('gives the key by its standard output', async () => {
    expect((await loadKey(service(`akashi-key-1 ${HEX}\n`))).export().toString('hex')).toBe(HEX);
  });

  it('that fails gives no key, whatever it printed', async () => {
    const fault = loadKey(service(`akashi-key-1 ${HEX}\n`, 3));
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-missing' });
    await expect(fault).rejects.not.toThrow(HEX);
  });

  it('that does not exist is named', async () => {
    const fault = loadKey({ command: ['/nonexistent/key-service', 'secret-argument'] });
    await expect(fault).rejects.toMatchObject({ name: 'VaultError', code: 'key-file-missing' });
    await expect(fault).rejects.toThrow('/nonexistent/key-service');
  });

  it('is the one source of the key: no key file is made, and the vault opens with the service alone', async () => {
    const directory = join(scratch(), 'keys');
    const kek = service(`akashi-key-1 ${HEX}\n`);
    const identity = await createVault({ directory, kek }, STORE_ID);
    await expect(openVault({ directory })).rejects.toMatchObject({ code: 'key-file-missing' });
    await expect(openVault({ directory, kek: service(`akashi-key-1 ${'cd'.repeat(32)}\n`) })).rejects.toMatchObject({ code: 'wrong-key' });
    const vault = await openVault({ directory, kek });
    closing(() => vault.closeVault());
    expect(vault.identity).toEqual(identity);
  });
});
