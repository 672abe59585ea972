import type Database from 'better-sqlite3';

/** Gives each word of a register its number, in the order of first appearance, so that a rebuild gives the same numbers. */
export function dictionary(db: Database.Database, table: string, column: string, remembered = 20_000): (word: string) => number {
  const find = db.prepare<[string], { key: number }>(`SELECT key FROM ${table} WHERE ${column} = ?`);
  const add = db.prepare(`INSERT INTO ${table} (${column}) VALUES (?)`);
  const known = new Map<string, number>();
  return (word) => {
    const seen = known.get(word);
    if (seen !== undefined) return seen;
    const key = find.get(word)?.key ?? Number(add.run(word).lastInsertRowid);
    if (known.size >= remembered) known.delete(known.keys().next().value!);
    known.set(word, key);
    return key;
  };
}

/** More words than a year has sessions and members of staff: few are looked up twice. */
const WORDS_KEPT = 50_000;

const kept = new WeakMap<Database.Database, (key: number) => string>();

/** The word of a number, looked up once for a connection: what a number stands for never changes. */
export function wordsOf(db: Database.Database): (key: number) => string {
  let read = kept.get(db);
  if (read) return read;
  const find = db.prepare<[number], string>('SELECT word FROM words WHERE key = ?').pluck();
  const known = new Map<number, string>();
  read = (key) => {
    let word = known.get(key);
    if (word !== undefined) return word;
    word = find.get(key)!;
    if (known.size >= WORDS_KEPT) known.clear();
    known.set(key, word);
    return word;
  };
  kept.set(db, read);
  return read;
}

/** The number of a word, if any row has it. */
export function keyOf(db: Database.Database, word: string): number | undefined {
  return db.prepare<[string], number>('SELECT key FROM words WHERE word = ?').pluck().get(word);
}
