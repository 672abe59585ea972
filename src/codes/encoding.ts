/** Decoding of municipal text files, strictly and chunk by chunk. */

import { TextDecoder } from 'node:util';

/** `cp932` is Windows-31J: Shift_JIS with NEC row 13, the IBM extensions and 1,880 places for 外字 (U+E000–E757). */
export type TextEncoding = 'utf-8' | 'cp932';

/** `write` gives the text that is complete so far; `end` gives the rest and must be the last call. Both throw EncodingError. */
export type Decoder = { write(chunk: Uint8Array): string; end(): string };

/** Bytes that are no text in the declared encoding; names their place and never their content. */
export class EncodingError extends Error {
  constructor(
    readonly encoding: TextEncoding,
    /** Offset in the whole input of the first byte of the first sequence that cannot be decoded. */
    readonly byteOffset: number,
  ) {
    super(`not valid ${encoding} at byte ${byteOffset}`);
    this.name = 'EncodingError';
  }
}

/**
 * A decoder for one input. It gives the same text, or the same error, however the input is cut into chunks. A UTF-8 byte order
 * mark at the very start is dropped; every other character is kept, and nothing is replaced. After an error every call throws it.
 * In cp932, 0x5C is a backslash and 0x7E a tilde (the fonts drew ¥ and ‾), 0x8160 is ～ U+FF5E (not 〜 U+301C) and 0x817C
 * is － U+FF0D (not − U+2212), as Windows has it.
 * Source: WHATWG Encoding Standard; Microsoft code page 932.
 */
export function createDecoder(encoding: TextEncoding): Decoder {
  let waiting: Uint8Array = new Uint8Array(0);
  let consumed = 0;
  let atStart = true;
  let failure: EncodingError | null = null;

  function take(bytes: Uint8Array): string {
    const text = decode(encoding, bytes);
    if (text === null) {
      failure = new EncodingError(encoding, consumed + offsetOfFault(encoding, bytes));
      throw failure;
    }
    consumed += bytes.length;
    if (!atStart || text === '') return text;
    atStart = false;
    return encoding === 'utf-8' && text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  return {
    write(chunk) {
      if (failure) throw failure;
      const bytes = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const complete = completeLength(encoding, bytes);
      // Copied, because the caller may use its buffer again.
      waiting = Uint8Array.from(bytes.subarray(complete));
      return take(bytes.subarray(0, complete));
    },
    end() {
      if (failure) throw failure;
      return take(waiting);
    },
  };
}

/** Number of private-use characters (外字) in the text: those of the basic plane and of planes 15 and 16. */
export function privateUseCharacters(text: string): number {
  return text.match(/\p{Co}/gu)?.length ?? 0;
}

const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  cp932: new TextDecoder('shift_jis', { fatal: true, ignoreBOM: true }),
};

/** The converter behind Node's decoder exchanges three control bytes (0x1A, 0x1C, 0x7F); this table puts them back. */
const CONTROLS = new Map(
  [0x1a, 0x1c, 0x7f].map((byte) => [DECODERS.cp932.decode(Uint8Array.of(byte)), String.fromCharCode(byte)]),
);

function decode(encoding: TextEncoding, bytes: Uint8Array): string | null {
  try {
    const text = DECODERS[encoding].decode(bytes);
    return encoding === 'cp932' ? text.replace(/[\x1a\x1c\x7f]/g, (control) => CONTROLS.get(control) ?? control) : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return null;
    throw error;
  }
}

/** Length of the leading part of `bytes`, which starts at a character, that does not end within a character. */
function completeLength(encoding: TextEncoding, bytes: Uint8Array): number {
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
      const length = sequenceLength(encoding, bytes[bytes.length - back]);
      if (length > 1) return length > back ? bytes.length - back : bytes.length;
    }
    return bytes.length;
  }
  // A second byte may look like a first one; but after any other byte a character begins, so the run of such bytes pairs up.
  let run = 0;
  while (run < bytes.length && sequenceLength(encoding, bytes[bytes.length - 1 - run]) === 2) run += 1;
  return bytes.length - (run % 2);
}

/** Bytes of the character that `lead` begins; 1 also for a byte that can begin none. */
function sequenceLength(encoding: TextEncoding, lead = 0): number {
  if (encoding === 'cp932') return (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc) ? 2 : 1;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xc2 && lead <= 0xdf ? 2 : 1;
}

/** Start of the first undecodable sequence in `bytes`, found by halving and then character by character. */
function offsetOfFault(encoding: TextEncoding, bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 16) {
    const half = good + completeLength(encoding, bytes.subarray(good, good + ((bad - good) >> 1)));
    if (decode(encoding, bytes.subarray(good, half)) === null) bad = half;
    else good = half;
  }
  for (;;) {
    const next = good + sequenceLength(encoding, bytes[good]);
    if (decode(encoding, bytes.subarray(good, next)) === null) return good;
    good = next;
  }
}
