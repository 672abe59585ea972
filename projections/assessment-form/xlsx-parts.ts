import { unzipSync } from 'fflate';

/** A file that is no workbook, or one that is too large to be a form. The message is for the clerk who chose the file. */
export class WorkbookError extends Error {}

/** An assessment of the largest city is less than one megabyte packed and ten unpacked. */
const MOST_PACKED = 16 * 2 ** 20;
const MOST_UNPACKED = 64 * 2 ** 20;
/** Of the parts that are read. One that declares less than it holds is cut off, but it costs time by what it holds. */
const MOST_PACKED_SHEETS = 4 * 2 ** 20;
const MOST_PARTS = 2_000;
/** Only these are read: pictures, comments and the like stay packed. */
const READ = /^(_rels\/\.rels|.*\/_rels\/workbook\d*\.xml\.rels|.*\/workbook\d*\.xml|.*\/sharedStrings\.xml|.*\/styles\.xml|.*\/worksheets\/[^/]+\.xml)$/i;
/** An OLE container: a workbook with a password, or one of the older Excel. */
const OLE = [0xd0, 0xcf, 0x11, 0xe0];

/**
 * The parts of a workbook that hold sheets, each no larger than it declares to be and all together no larger than a form can be: a zip that
 * unfolds into gigabytes is refused before anything of it is unfolded. @throws WorkbookError
 */
export function partsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  if (bytes.length > MOST_PACKED) throw new WorkbookError(`ファイルが大きすぎます（${MOST_PACKED / 2 ** 20} MB まで）。評価書のファイルかどうかを確かめてください。`);
  if (OLE.every((byte, at) => bytes[at] === byte)) throw new WorkbookError('パスワードの付いた Excel ファイルか、古い形式（.xls）のファイルです。パスワードを外し、「Excel ブック（.xlsx）」で保存し直してください。');
  let packed = 0;
  let unpacked = 0;
  let parts = 0;
  const decoder = new TextDecoder('utf-8');
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        parts += 1;
        if (parts > MOST_PARTS) throw tooMuch();
        if (!READ.test(name)) return false;
        packed += size;
        unpacked += originalSize;
        if (packed > MOST_PACKED_SHEETS || unpacked > MOST_UNPACKED) throw tooMuch();
        return true;
      },
    });
    return new Map(Object.entries(files).map(([name, content]) => [name, decoder.decode(content)]));
  } catch (error) {
    if (error instanceof WorkbookError) throw error;
    throw new WorkbookError('Excel ブック（.xlsx）として読めません。ファイルが壊れているか、別の形式です。', { cause: error });
  }
}

function tooMuch(): WorkbookError {
  return new WorkbookError('展開した中身が大きすぎます。評価書のファイルかどうかを確かめてください。');
}
