import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

// Random bytes are drawn a page at a time: drawn sixteen at a time they cost more than the rest of the id.
const randomness = Buffer.alloc(16 * 256);
let drawn = randomness.length;

/** A UUIDv7: random, in order of time. */
export function newId(): string {
  if (drawn === randomness.length) {
    randomFillSync(randomness);
    drawn = 0;
  }
  const random = randomness.subarray(drawn, drawn + 16);
  drawn += 16;
  return v7({ random });
}

/** A UUIDv8 from the first 16 bytes of a keyed digest (RFC 9562 §5.8): the same source gives the same id. */
export function derivedId(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A UUIDv8 for the row of a batch: 32 bits of the batch, the row, then more of the batch. Rows of one batch
 * stand side by side in an index, which is what keeps a large import fast.
 */
export function rowId(batchDigest: Uint8Array, row: number, part = 0): string {
  const bytes = Buffer.alloc(16);
  bytes.set(batchDigest.subarray(0, 4), 0);
  bytes.writeUInt16BE(row >>> 16, 4); // bytes 6 and 8 carry version and variant: the row is laid around them
  bytes[7] = (row >>> 8) & 0xff;
  bytes[9] = row & 0xff;
  bytes[10] = part & 0xff;
  bytes.set(batchDigest.subarray(4, 9), 11);
  return derivedId(bytes);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}

/** `category-id`: stream names carry random ids and nothing else. */
export function streamName(category: string, id: string): string {
  return `${category}-${id}`;
}

export function streamId(stream: string): string {
  return stream.slice(stream.length - 36);
}

export function streamCategory(stream: string): string {
  return stream.slice(0, stream.length - 37);
}
