// The client's generated messages. They are CommonJS and share a global `proto`, one more reason for a process of its own.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const CLIENT = '@eventstore/db-client';

export const streamsPb = require(`${CLIENT}/generated/streams_pb.js`) as typeof import('@eventstore/db-client/generated/streams_pb.js');
export const sharedPb = require(`${CLIENT}/generated/shared_pb.js`) as typeof import('@eventstore/db-client/generated/shared_pb.js');
export const gossipPb = require(`${CLIENT}/generated/gossip_pb.js`) as typeof import('@eventstore/db-client/generated/gossip_pb.js');
export const featuresPb = require(`${CLIENT}/generated/serverfeatures_pb.js`) as typeof import('@eventstore/db-client/generated/serverfeatures_pb.js');
export const statusPb = require(`${CLIENT}/generated/status_pb.js`) as typeof import('@eventstore/db-client/generated/status_pb.js');

const fromClient = createRequire(require.resolve(CLIENT));
export const anyPb = fromClient('google-protobuf/google/protobuf/any_pb.js') as typeof import('google-protobuf/google/protobuf/any_pb.js');
export const emptyPb = fromClient('google-protobuf/google/protobuf/empty_pb.js') as typeof import('google-protobuf/google/protobuf/empty_pb.js');

type Uuid = import('@eventstore/db-client/generated/shared_pb.js').UUID;

/** An id comes as text or as two signed 64-bit halves; both mean the same. */
export function idOf(uuid: Uuid): string {
  const structured = uuid.getStructured();
  if (!structured) return uuid.getString().toLowerCase();
  const half = (value: string): string => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function nameOf(identifier: { getStreamName_asU8(): Uint8Array } | undefined): string {
  return identifier ? Buffer.from(identifier.getStreamName_asU8()).toString('utf8') : '';
}
