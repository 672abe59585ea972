import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import ExcelJS from 'exceljs';
import type { Write } from './shown.js';

/** The zip that a workbook writes into; the types of exceljs leave it out. */
interface Zip {
  append(source: string | { pipe(to: PassThrough): void }, data: { readonly name: string; readonly date?: Date }): Zip;
  unpipe(from: Writable): void;
  abort(): void;
}

export interface Workbook {
  readonly sheet: (name: string, options: Partial<ExcelJS.AddWorksheetOptions>) => ExcelJS.Worksheet;
  /** Resolves when there is room for more rows; rejects with what `write` was rejected with. */
  readonly room: () => Promise<void>;
  readonly end: () => Promise<void>;
  /** Lets go of what was not written yet. */
  readonly giveUp: () => void;
}

/**
 * The streaming workbook of exceljs with two things that it does not do by itself, both done where it hands an entry to its zip: each entry
 * carries the time of the workbook, and rows wait for whoever takes the bytes.
 */
class Book extends ExcelJS.stream.xlsx.WorkbookWriter {
  declare readonly zip: Zip;
  declare sheetOnItsWay: PassThrough | undefined;

  /** The first entry, made in the constructor of the class above. */
  override addThemes(): Promise<void> {
    const append = this.zip.append.bind(this.zip);
    this.zip.append = (source, data) => {
      const dated = { ...data, date: this.created };
      if (typeof source === 'string') return append(source, dated);
      this.sheetOnItsWay = new PassThrough();
      source.pipe(this.sheetOnItsWay);
      return append(this.sheetOnItsWay, dated);
    };
    return super.addThemes();
  }
}

/** @param sharedStrings texts in a part of their own, once each and with every blank at their ends, for a workbook that people edit; it is kept in memory until the end */
export function openWorkbook({ title, time, description, sharedStrings = false }: { readonly title: string; readonly time: Date; readonly description?: string; readonly sharedStrings?: boolean }, write: Write): Workbook {
  const out = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      write(chunk).then(() => done(), done);
    },
  });
  const failed = new Promise<never>((_, reject) => out.on('error', reject));
  failed.catch(() => {}); // it may fail where nobody waits: the next to wait hears of it
  const own = { created: time, creator: 'Akashi', lastModifiedBy: 'Akashi' };
  const book = Object.assign(new Book({ stream: out, useStyles: true, useSharedStrings: sharedStrings, ...own }), { title, ...(description !== undefined && { description }) });
  return {
    sheet: (name, options) => book.addWorksheet(name, options),
    async room() {
      const sheet = book.sheetOnItsWay!;
      await Promise.race([failed, sheet.writableNeedDrain ? once(sheet, 'drain') : undefined]);
    },
    end: () => Promise.race([failed, book.commit()]),
    giveUp() {
      book.zip.unpipe(out);
      book.zip.abort();
      out.destroy();
    },
  };
}
