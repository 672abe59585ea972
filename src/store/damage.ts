/** SQLite says so of a file that is no database, and of one whose pages contradict one another. */
export function isDamaged(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/.test((error as { code?: string }).code ?? '');
}

/** Runs what opens or reads a file of SQLite. Damage comes out as `named` says it: SQLite tells neither the file nor what to do. */
export function reading<T>(named: (options: ErrorOptions) => Error, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw isDamaged(error) ? named({ cause: error }) : error;
  }
}

/** The file of events is no store, or not a whole one. */
export class StoreDamaged extends Error {
  readonly code = 'store-damaged';
  constructor(file: string, options?: ErrorOptions) {
    super(`事象ストアのファイル ${file} が壊れています。最新の控えから事象ストアを戻してください。`, options);
    this.name = 'StoreDamaged';
  }
}
