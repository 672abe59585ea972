// The file behind the log. Each write of the server is one record [length u32][crc32 u32][payload], so that a
// write is there whole or not at all; a torn record at the end is cut off when the file is opened.
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

export interface LogEvent {
  readonly position: number;
  /** where the next record of the log begins */
  readonly next: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  /** milliseconds */
  readonly created: number;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** Events written as one, or a stretch of the log that holds none and ends at `end`; `scavenged` says that all below `end` was scavenged. */
export interface LogRecord {
  readonly events: readonly LogEvent[];
  readonly end: number;
  readonly scavenged: boolean;
}

export interface LogFile {
  append(bytes: Buffer): Promise<void>;
  /** puts other contents into the place of all that stands there */
  replace(records: Iterable<LogRecord>): Promise<void>;
}

export async function openLogFile(path: string, sync: boolean, each: (record: LogRecord) => void): Promise<LogFile> {
  const descriptor = openSync(path, 'a+');
  const bytes = readFileSync(path);
  let at = 0;
  while (bytes.length - at >= 8) {
    const end = at + 8 + bytes.readUInt32LE(at);
    if (end > bytes.length || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) break;
    each(decode(bytes.subarray(at + 8, end)));
    at = end;
  }
  ftruncateSync(descriptor, at);
  fdatasyncSync(descriptor);
  closeSync(descriptor);
  let handle = await open(path, 'a');
  return {
    append: async (more) => {
      await handle.appendFile(more);
      if (sync) await handle.datasync();
    },
    replace: async (records) => {
      const next = `${path}.next`;
      const file = openSync(next, 'w');
      for (const record of records) writeSync(file, encode(record));
      fsyncSync(file);
      closeSync(file);
      renameSync(next, path);
      const directory = openSync(dirname(path), 'r');
      fsyncSync(directory);
      closeSync(directory);
      await handle.close();
      handle = await open(path, 'a');
    },
  };
}

export function encode({ events, end, scavenged }: LogRecord): Buffer {
  const parts: Buffer[] = [Buffer.alloc(8), Buffer.alloc(13)];
  parts[1]!.writeDoubleLE(end, 0);
  parts[1]!.writeUInt8(scavenged ? 1 : 0, 8);
  parts[1]!.writeUInt32LE(events.length, 9);
  for (const event of events) {
    const stream = Buffer.from(event.stream);
    const type = Buffer.from(event.type);
    const head = Buffer.alloc(61);
    head.writeDoubleLE(event.position, 0);
    head.writeDoubleLE(event.next, 8);
    head.writeDoubleLE(event.revision, 16);
    head.writeDoubleLE(event.created, 24);
    head.write(event.id.replaceAll('-', ''), 32, 'hex');
    head.writeUInt8(event.json ? 1 : 0, 48);
    head.writeUInt16LE(stream.length, 49);
    head.writeUInt16LE(type.length, 51);
    head.writeUInt32LE(event.data.length, 53);
    head.writeUInt32LE(event.metadata.length, 57);
    parts.push(head, stream, type, event.data, event.metadata);
  }
  const whole = Buffer.concat(parts);
  whole.writeUInt32LE(whole.length - 8, 0);
  whole.writeUInt32LE(crc32(whole.subarray(8)), 4);
  return whole;
}

function decode(payload: Buffer): LogRecord {
  let at = 13;
  const take = (length: number): Buffer => payload.subarray(at, (at += length));
  const events = Array.from({ length: payload.readUInt32LE(9) }, (): LogEvent => {
    const head = take(61);
    const id = head.toString('hex', 32, 48);
    return {
      position: head.readDoubleLE(0),
      next: head.readDoubleLE(8),
      revision: head.readDoubleLE(16),
      created: head.readDoubleLE(24),
      id: [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-'),
      json: head[48] === 1,
      stream: take(head.readUInt16LE(49)).toString(),
      type: take(head.readUInt16LE(51)).toString(),
      data: take(head.readUInt32LE(53)),
      metadata: take(head.readUInt32LE(57)),
    };
  });
  return { events, end: payload.readDoubleLE(0), scavenged: payload[8] === 1 };
}
