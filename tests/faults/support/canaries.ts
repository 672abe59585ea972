import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { myNumberCheckDigit } from '../../../src/codes/my-number.js';

const numberOf = (first: string): string => `${first}${myNumberCheckDigit(first)}`;

/** Personal values like no others, all invented: wherever one of them turns up, it has come from here. */
export const CANARIES = {
  name: '鳥居　金絲雀郎（架空）',
  otherName: '鳥居　瑠璃鶲子（架空）',
  kana: 'トリイ　キンシジャクロウ',
  address: '汐浜市架空町金絲雀九丁目8765番地',
  contact: '0990-55-91827364',
  guardian: '鳥居　雲雀（架空）',
  guardianContact: '0990-55-28374655',
  household: '世帯-金絲雀-73',
  addresseeNumber: '918273645546372',
  otherAddressee: '918273645546399',
  integratedNumber: '55463728191827364',
  number: numberOf('00091827364'),
  nextNumber: numberOf('00019283746'),
  importedNumber: numberOf('00028374655'),
  ticket: '29384756102938475610',
  lot: 'KNRYLOT-77x9',
  otherLot: 'KNRYLOT-88y3',
  institution: '金絲雀診療所（架空）',
  doctor: '鳥山　鶺鴒（架空）',
  remarks: '特記-金絲雀に触れた',
  caseRef: '受付-金絲雀-4711',
  reason: '理由-金絲雀の転記誤り',
  restricted: '制限-金絲雀の親族',
  how: '確認-金絲雀の保険証',
  selection: '範囲-金絲雀の会',
  staffName: '鳥羽　鶯（架空）',
  staffPost: '主任-金絲雀',
  staffAddress: '汐浜市架空町鶯谷8番地2',
  newStaffAddress: '汐浜市架空町雲雀丘9番地3',
  cardNumber: 'KNRYIC-91827-3645',
  unitName: '金絲雀の架空課',
  employeeNumber: 'KNRY-7182-8765',
  newEmployeeNumber: 'KNRY-7182-9876',
  login: 'uguisu.kanaria77',
  identity: 'oidc-kanaria-hototogisu-4711',
  code: 'kanaria-authorization-code-8765',
  password: '合言葉-金絲雀と不如帰-4711',
  wrongPassword: '合言葉-鶺鴒ではない-8765',
  terminalLabel: '金絲雀係の窓口七番',
  terminalCertificate: `918273${'0a1b2c3d'.repeat(7)}64`,
  rejectedName: '鳥越　不如帰（架空）',
  rejectedAddress: '汐浜市架空町不如帰7番地',
  rejectedTicket: '81726354908172635490x',
} as const;

/** The bytes by which a text could be found again. */
export function formsOf(text: string): ReadonlyMap<string, Buffer> {
  const utf8 = Buffer.from(text);
  const little = Buffer.from(text, 'utf16le');
  const forms = new Map<string, Buffer>([
    ['UTF-8', utf8],
    ['UTF-16LE', little],
    ['UTF-16BE', Buffer.from(little).swap16()],
    ['hexadecimal', Buffer.from(utf8.toString('hex'))],
    ['HEXADECIMAL', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['escaped JSON', Buffer.from(text.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''))],
    ['percent-encoded', Buffer.from(encodeURIComponent(text))],
    ['NFKC', Buffer.from(text.normalize('NFKC').replaceAll(/\s/g, ''))],
    ['the first half', utf8.subarray(0, Math.max(10, Math.ceil(utf8.length * 0.6)))], // ten digits at least: of nine any may stand among the offsets of a PDF, which begin with zeros as the numbers do
  ]);
  for (const before of [0, 1, 2]) {
    // base64 looks otherwise at each of three offsets; what depends on its neighbours is cut off
    const whole = Buffer.concat([Buffer.alloc(before), utf8]).toString('base64');
    forms.set(`base64 at ${before}`, Buffer.from(whole.slice(before === 0 ? 0 : 4, -4)));
  }
  return forms;
}

// Forms of one text that are the same bytes are looked for once.
const NEEDLES = Object.entries(CANARIES).flatMap(([which, text]) => [...new Map([...formsOf(text)].reverse().map(([form, bytes]) => [bytes.toString('latin1'), { which: `${which} as ${form}`, bytes }])).values()]);

/** Which canaries some bytes hold. */
export function canariesIn(bytes: Buffer | string): readonly string[] {
  const haystack = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  return NEEDLES.filter((needle) => haystack.includes(needle.bytes)).map(({ which }) => which);
}

/** Every file under the directories, and what a process holds open though it has no name any more. */
export function filesOf(directories: readonly string[], pid?: number): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const directory of directories.filter((name) => existsSync(name))) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && existsSync(file)) files.set(file, readFileSync(file));
    }
  }
  const open = pid === undefined ? undefined : `/proc/${pid}/fd`;
  if (open === undefined || !existsSync(open)) return files;
  for (const fd of readdirSync(open)) {
    const target = existsSync(join(open, fd)) || isDeleted(join(open, fd)) ? readlinkSync(join(open, fd)) : '';
    if (target.endsWith(' (deleted)') && target.startsWith('/') && !/memfd|\/dev\//.test(target)) files.set(`open ${target}`, readFileSync(join(open, fd)));
  }
  return files;
}

function isDeleted(link: string): boolean {
  try {
    return readlinkSync(link).endsWith(' (deleted)');
  } catch {
    return false; // closed meanwhile
  }
}

/** What of these stands in which file. */
export function foundIn(files: ReadonlyMap<string, Buffer>, needles: readonly { readonly which: string; readonly bytes: Buffer }[] = NEEDLES): readonly string[] {
  return [...files].flatMap(([file, bytes]) => needles.filter((needle) => bytes.includes(needle.bytes)).map(({ which }) => `${which} in ${file}`));
}
