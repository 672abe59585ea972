import { ROWS_FOR_PEOPLE, type Format } from '../report.js';
import type { Write } from './shown.js';

/** A report has more rows than people can use; `code` is stable. It can be had as CSV or JSON. */
export class TooManyRows extends Error {
  readonly code = 'too-many-rows';

  constructor() {
    super(`a report of more than ${ROWS_FOR_PEOPLE} rows is written as CSV or JSON only`);
    this.name = 'TooManyRows';
  }
}

/** For whoever knows the number of rows beforehand, and for each block after. @throws TooManyRows */
export function refuseTooManyRows(format: Format, rows: number): void {
  if ((format === 'xlsx' || format === 'pdf') && rows > ROWS_FOR_PEOPLE) throw new TooManyRows();
}

/** More than the compressed document of 50,000 common rows takes. */
const HELD_BYTES = 24 * 1024 * 1024;

/**
 * Holds the beginning of a document back until `release`, so that one with too many rows is refused before a byte of it goes out. A document
 * that outgrows what is held goes out as it comes.
 */
export function heldBack(write: Write, limit = HELD_BYTES): { readonly write: Write; readonly release: () => Promise<void> } {
  let held: Uint8Array[] | undefined = [];
  let bytes = 0;
  const release = async (): Promise<void> => {
    const chunks = held ?? [];
    held = undefined;
    for (const chunk of chunks) await write(chunk);
  };
  return {
    release,
    write: async (chunk) => {
      if (held === undefined) return write(chunk);
      held.push(new Uint8Array(chunk)); // a copy: small chunks are views of large buffers that would stay with them
      bytes += chunk.byteLength;
      if (bytes > limit) await release();
    },
  };
}
