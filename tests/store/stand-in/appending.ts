// The methods that write: Append, BatchAppend, Delete and Tombstone.
import { refusesWrite, requiresLeader, type Cluster, type Node } from './cluster.ts';
import { identifier } from './encode.ts';
import { type Call } from './grpc.ts';
import { emptyPb, idOf, nameOf, sharedPb, streamsPb } from './proto.ts';
import { accessDenied, EXPECTED, inBatch, invalidArgument, missingMetadata, notReady, streamDeleted, threw, timedOut, tooLarge, wrongVersion, type Refusal } from './refusals.ts';
import { type Outcome, type Proposed, type Writer } from './writer.ts';

export interface Writing {
  readonly writer: Writer;
  readonly cluster: Cluster;
  readonly node: Node;
  readonly maxAppendSize: number;
  may(call: Call, stream: string): boolean;
}

type Uuid = import('@eventstore/db-client/generated/shared_pb.js').UUID;
type BatchOptions = import('@eventstore/db-client/generated/streams_pb.js').BatchAppendReq.Options;
type AppendOptions = import('@eventstore/db-client/generated/streams_pb.js').AppendReq.Options;
type BatchResponse = import('@eventstore/db-client/generated/streams_pb.js').BatchAppendResp;

/** The longest a batch may take to arrive, whatever deadline it names. */
const WRITE_TIMEOUT = 2000;

interface ProposedMessage {
  getId(): Uuid | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

const IS_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The event, or what is wrong with it. Copied: what the message is decoded from is a slice of a larger buffer. */
function proposed(message: ProposedMessage): Proposed | 'no type' | 'no content-type' | 'empty' {
  const type = message.getMetadataMap().get('type');
  const contentType = message.getMetadataMap().get('content-type');
  const id = message.getId();
  if (type === undefined) return 'no type';
  if (contentType === undefined) return 'no content-type';
  const text = id ? idOf(id) : NO_ID;
  if (type === '' || text === NO_ID || !IS_ID.test(text)) return 'empty';
  return { id: text, type, json: contentType === 'application/json', data: Buffer.from(message.getData_asU8()), metadata: Buffer.from(message.getCustomMetadata_asU8()) };
}

function refusalOf(outcome: Exclude<Outcome, { result: 'written' }>, operation: string, stream: string, expected: number): Refusal {
  if (outcome.result === 'deleted') return streamDeleted(stream);
  if (outcome.result === 'timeout') return timedOut(outcome.why);
  return wrongVersion(operation, stream, expected, outcome.current);
}

interface Expectation {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** Undefined when the caller left it open. */
function expectedOf(options: Expectation, revision: string | number | undefined): number | undefined {
  if (options.hasAny()) return EXPECTED.any;
  if (options.hasNoStream()) return EXPECTED.none;
  if (options.hasStreamExists()) return EXPECTED.exists;
  return revision === undefined ? undefined : Number(revision);
}

const NOT_EXPECTED = invalidArgument("'None' is not a valid expected revision");

export function append({ writer, cluster, node, maxAppendSize, may }: Writing, call: Call): void {
  let options: AppendOptions | undefined;
  let size = 0;
  const events: Proposed[] = [];
  call.onMessage = (bytes) => {
    const request = streamsPb.AppendReq.deserializeBinary(bytes);
    if (!options) {
      options = request.getOptions();
      if (!options) call.fail(threw);
      else if (!may(call, nameOf(options.getStreamIdentifier()))) call.fail(accessDenied);
      return;
    }
    const event = proposed(request.getProposedMessage()!);
    if (event === 'no type' || event === 'no content-type') call.fail(missingMetadata(event.slice(3)));
    else if (event === 'empty') call.fail(threw);
    else {
      size += event.data.length;
      if (size > maxAppendSize) call.fail(tooLarge(maxAppendSize));
      events.push(event);
    }
  };
  call.onClientDone = () => {
    if (!options) {
      call.fail(threw);
      return;
    }
    const refusal = refusesWrite(cluster, node, requiresLeader(call));
    const name = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
    if (expected === undefined) call.fail(NOT_EXPECTED);
    else if (refusal) call.fail(refusal);
    else
      writer.append(name, expected, events, (outcome) => {
        if (outcome.result === 'written') call.send(appended(outcome.revision, outcome.position));
        else if (outcome.result === 'wrong version') call.send(notAppended(expected, outcome.current));
        else call.fail(refusalOf(outcome, 'Append', name, expected));
        call.finish();
      });
  };
}

function appended(revision: number, position: number): Uint8Array {
  const success = new streamsPb.AppendResp.Success();
  if (revision < 0) success.setNoStream(new sharedPb.Empty());
  else success.setCurrentRevision(String(revision));
  if (position < 0) success.setNoPosition(new sharedPb.Empty());
  else {
    const place = new streamsPb.AppendResp.Position();
    place.setCommitPosition(String(position));
    place.setPreparePosition(String(position));
    success.setPosition(place);
  }
  const response = new streamsPb.AppendResp();
  response.setSuccess(success);
  return response.serializeBinary();
}

/** A wrong version is an answer of Append, not an error; each fact stands there twice, for older clients. */
function notAppended(expected: number, current: number): Uint8Array {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (expected === EXPECTED.any) {
    wrong.setExpectedAny(new sharedPb.Empty());
    wrong.setAny2060(new sharedPb.Empty());
  } else if (expected === EXPECTED.exists) {
    wrong.setExpectedStreamExists(new sharedPb.Empty());
    wrong.setStreamExists2060(new sharedPb.Empty());
  } else if (expected === EXPECTED.none) {
    wrong.setExpectedNoStream(new sharedPb.Empty());
      } else {
    wrong.setExpectedRevision(String(expected));
    wrong.setExpectedRevision2060(expected);
  }
  if (current < 0) {
    wrong.setCurrentNoStream(new sharedPb.Empty());
    wrong.setNoStream2060(new sharedPb.Empty());
  } else {
    wrong.setCurrentRevision(String(current));
    wrong.setCurrentRevision2060(current);
  }
  const response = new streamsPb.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response.serializeBinary();
}

export function remove({ writer, cluster, node, may }: Writing, call: Call, bytes: Uint8Array, hard: boolean): void {
  const options = streamsPb.DeleteReq.deserializeBinary(bytes).getOptions()!;
  const name = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : undefined);
  const refusal = may(call, name) ? refusesWrite(cluster, node, requiresLeader(call)) : accessDenied;
  if (expected === undefined || refusal) {
    call.fail(expected === undefined ? NOT_EXPECTED : refusal!);
    return;
  }
  writer.remove(name, expected, hard, (outcome) => {
    if (outcome.result !== 'written') {
      call.fail(refusalOf(outcome, 'Delete', name, expected));
      return;
    }
    const place = new streamsPb.DeleteResp.Position();
    place.setCommitPosition(String(outcome.position));
    place.setPreparePosition(String(outcome.position));
    const response = new streamsPb.DeleteResp();
    response.setPosition(place);
    call.send(response.serializeBinary());
    call.finish();
  });
}

interface Batch {
  readonly name: string;
  readonly expected: number;
  readonly events: Proposed[];
  size: number;
  /** when its time is over, in milliseconds from its first message */
  readonly left: number;
  readonly late: () => void;
  timer: NodeJS.Timeout | undefined;
}

type BatchStatus = ReturnType<(typeof inBatch)[keyof typeof inBatch]>;

/** Many writes on one call, answered in any order; a write may come in several messages and is taken up with its last. */
export function batchAppend({ writer, cluster, node, maxAppendSize, may }: Writing, call: Call): void {
  const batches = new Map<string, Batch>();
  let clientDone = false;
  const respond = (correlation: Uuid, name: string, fill: (response: BatchResponse) => void): void => {
    const response = new streamsPb.BatchAppendResp();
    response.setCorrelationId(correlation);
    response.setStreamIdentifier(identifier(name));
    fill(response);
    call.send(response.serializeBinary());
  };
  const refuse = (correlation: Uuid, name: string, status: BatchStatus): void => respond(correlation, name, (response) => response.setError(status));

  const open = (key: string, correlation: Uuid, options: BatchOptions, whole: boolean): boolean => {
    const name = nameOf(options.getStreamIdentifier());
    const deadline = options.getDeadline();
    const left = deadline ? Math.min(deadline.toDate().getTime() - Date.now(), WRITE_TIMEOUT) : WRITE_TIMEOUT;
    if (!may(call, name)) refuse(correlation, name, inBatch.accessDenied());
    else if (!options.hasStreamIdentifier()) refuse(correlation, name, inBatch.badRequest('Required field StreamIdentifier not set.'));
    else if (left <= 0) refuse(correlation, name, inBatch.timeout());
    else {
      const expected = expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined);
      if (expected === undefined) {
        refuse(correlation, name, inBatch.badRequest(NOT_EXPECTED.message));
        return false;
      }
      const late = (): void => {
        if (batches.delete(key)) refuse(correlation, name, inBatch.timeout());
      };
      batches.set(key, { name, expected, events: [], size: 0, left, late, timer: whole ? undefined : setTimeout(late, left) });
      return true;
    }
    return false;
  };

  call.onMessage = (bytes) => {
    const request = streamsPb.BatchAppendReq.deserializeBinary(bytes);
    const correlation = request.getCorrelationId()!;
    const key = idOf(correlation);
    const options = request.getOptions();
    const whole = request.getIsFinal();
    if (options && !batches.has(key) && !open(key, correlation, options, whole)) return;
    const batch = batches.get(key);
    if (!batch) return;
    for (const message of request.getProposedMessagesList()) {
      const event = proposed(message);
      if (typeof event === 'string') {
        // It stays open all the same, and gets a second answer when its time is over.
        refuse(correlation, batch.name, inBatch.badRequest(`The event is not complete: ${event}.`));
        batch.timer ??= setTimeout(batch.late, batch.left);
        return;
      }
      batch.size += event.data.length;
      batch.events.push(event);
    }
    if (batch.size > maxAppendSize) {
      batches.delete(key);
      refuse(correlation, batch.name, inBatch.tooLarge(maxAppendSize));
    }
    if (!whole || !batches.delete(key)) return;
    clearTimeout(batch.timer);
    const refusal = refusesWrite(cluster, node, requiresLeader(call));
    if (refusal === notReady) refuse(correlation, batch.name, inBatch.notReady());
    // Not being the leader ends the whole call: what else is on its way on it goes without an answer.
    else if (refusal) call.fail(refusal);
    else {
      const { name, expected, events } = batch;
      writer.append(name, expected, events, (outcome) => {
        respond(correlation, name, (response) => fillOutcome(response, outcome, name, expected));
        if (clientDone) call.finish();
      });
    }
  };
  // Odd, but so it is: the next answer ends the call; when there is none to come, it stays open.
  call.onClientDone = () => (clientDone = true);
}

function fillOutcome(response: BatchResponse, outcome: Outcome, name: string, expected: number): void {
  if (outcome.result === 'wrong version') response.setError(inBatch.wrongVersion(expected, outcome.current));
  else if (outcome.result === 'deleted') response.setError(inBatch.streamDeleted(name));
  else if (outcome.result === 'timeout') response.setError(inBatch.timeout());
  else {
    const success = new streamsPb.BatchAppendResp.Success();
    if (outcome.revision < 0) success.setNoStream(new emptyPb.Empty());
    else success.setCurrentRevision(String(outcome.revision));
    if (outcome.position < 0) success.setNoPosition(new emptyPb.Empty());
    else {
      const place = new sharedPb.AllStreamPosition();
      place.setCommitPosition(String(outcome.position));
      place.setPreparePosition(String(outcome.position));
      success.setPosition(place);
    }
    response.setSuccess(success);
  }
}
