// ReadResp messages. Events are written by hand: a read of the whole log spends most of its time here.
import { type LogEvent } from './log-file.ts';
import { TOMBSTONE } from './log.ts';
import { sharedPb, streamsPb } from './proto.ts';

const ROOM = 32;
const PER_EVENT = 256;
const TOMBSTONE_BYTES = Buffer.from('ffffffffffffffff7f', 'hex');
const TYPE = Buffer.from('type');
const CREATED = Buffer.from('created');
const CONTENT_TYPE = Buffer.from('content-type');
const JSON_TYPE = Buffer.from('application/json');
const BINARY_TYPE = Buffer.from('application/octet-stream');

let scratch = Buffer.alloc(64 * 1024);
let at = 0;

export function encodeEvent(event: LogEvent, structuredIds: boolean): Uint8Array {
  const most = ROOM + PER_EVENT + 3 * (event.stream.length + event.type.length) + event.data.length + event.metadata.length;
  if (scratch.length < most) scratch = Buffer.alloc(2 * most);
  at = ROOM;
  putBytes(1, structuredIds ? structured(event.id) : textId(event.id));
  const stream = Buffer.from(event.stream);
  putTag(2, 2);
  putNumber(stream.length + 1 + sizeOfNumber(stream.length));
  putBytes(3, stream);
  putTag(3, 0);
  if (event.revision === TOMBSTONE) at += TOMBSTONE_BYTES.copy(scratch, at);
  else putNumber(event.revision);
  putTag(4, 0);
  putNumber(event.position);
  putTag(5, 0);
  putNumber(event.position);
  putEntry(TYPE, Buffer.from(event.type));
  putEntry(CREATED, Buffer.from(`${event.created}0000`)); // ticks of 100 ns
  putEntry(CONTENT_TYPE, event.json ? JSON_TYPE : BINARY_TYPE);
  putBytes(7, event.metadata);
  putBytes(8, event.data);
  const recorded = at - ROOM;
  putTag(3, 0); // ReadEvent.commit_position
  putNumber(event.position);
  const end = at;
  const inner = 1 + sizeOfNumber(recorded);
  const outer = 1 + sizeOfNumber(end - ROOM + inner);
  at = ROOM - inner - outer;
  const start = at;
  putTag(1, 2); // ReadResp.event
  putNumber(end - ROOM + inner);
  putTag(1, 2); // ReadEvent.event
  putNumber(recorded);
  return Buffer.from(scratch.subarray(start, end));
}

function putNumber(value: number): void {
  let rest = value;
  while (rest >= 128) {
    scratch[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  scratch[at++] = rest;
}

function sizeOfNumber(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

function putTag(field: number, wire: number): void {
  scratch[at++] = field * 8 + wire;
}

function putBytes(field: number, bytes: Uint8Array): void {
  putTag(field, 2);
  putNumber(bytes.length);
  scratch.set(bytes, at);
  at += bytes.length;
}

function putEntry(key: Buffer, value: Buffer): void {
  putTag(6, 2);
  putNumber(2 + sizeOfNumber(key.length) + key.length + sizeOfNumber(value.length) + value.length);
  putBytes(1, key);
  putBytes(2, value);
}

function textId(id: string): Buffer {
  const made = Buffer.alloc(38);
  made[0] = 0x12; // UUID.string
  made[1] = 36;
  made.write(id, 2, 'latin1');
  return made;
}

function structured(id: string): Buffer {
  const hex = id.replaceAll('-', '');
  const varint = (value: bigint): number[] => {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return [...bytes, Number(rest)];
  };
  const body = [0x08, ...varint(BigInt(`0x${hex.slice(0, 16)}`)), 0x10, ...varint(BigInt(`0x${hex.slice(16)}`))];
  return Buffer.from([0x0a, body.length, ...body]);
}

export function confirmation(id: string): Uint8Array {
  const response = new streamsPb.ReadResp();
  const content = new streamsPb.ReadResp.SubscriptionConfirmation();
  content.setSubscriptionId(id);
  response.setConfirmation(content);
  return response.serializeBinary();
}

export function caughtUp(): Uint8Array {
  const response = new streamsPb.ReadResp();
  response.setCaughtUp(new streamsPb.ReadResp.CaughtUp());
  return response.serializeBinary();
}

const NOWHERE = '18446744073709551615';

/** A place before the beginning goes out as the largest number there is. */
export function checkpoint(commit: number, prepare: number): Uint8Array {
  const response = new streamsPb.ReadResp();
  const content = new streamsPb.ReadResp.Checkpoint();
  content.setCommitPosition(commit < 0 ? NOWHERE : String(commit));
  content.setPreparePosition(prepare < 0 ? NOWHERE : String(prepare));
  response.setCheckpoint(content);
  return response.serializeBinary();
}

export function streamNotFound(stream: string): Uint8Array {
  const response = new streamsPb.ReadResp();
  const content = new streamsPb.ReadResp.StreamNotFound();
  content.setStreamIdentifier(identifier(stream));
  response.setStreamNotFound(content);
  return response.serializeBinary();
}

type Identifier = import('@eventstore/db-client/generated/shared_pb.js').StreamIdentifier;

export function identifier(stream: string): Identifier {
  const made = new sharedPb.StreamIdentifier();
  made.setStreamName(Buffer.from(stream));
  return made;
}
