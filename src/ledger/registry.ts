import { CorruptEvent, decodeEvent, type Envelope, type RecordedEvent } from '../store/event.js';
import type { JsonObject } from '../store/canonical.js';
import type { EventType } from './event-type.js';
import { checkShape, type Field, type Shape } from './fields.js';

/** An envelope whose open part has been brought to the schema of today. */
export interface Decoded extends Omit<Envelope, 'schema'> {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly definition: EventType;
  /** the schema it was written in: the sealed part is brought up after opening */
  readonly writtenSchema: number;
}

/** Every event type that may stand in the ledger. */
export class Registry {
  private readonly types = new Map<string, EventType>();

  constructor(
    types: readonly EventType[],
    private readonly handling: Shape,
  ) {
    for (const type of types) {
      if (this.types.has(type.type)) throw new Error(`${type.type} is registered twice`);
      this.types.set(type.type, type);
    }
    for (const { where, field } of this.openFields()) {
      if (!field.open) throw new Error(`${where} holds ${field.kind} and may not stand open in the ledger`);
    }
  }

  all(): readonly EventType[] {
    return [...this.types.values()];
  }

  /** @throws Error for a type that is not registered */
  find(type: string): EventType {
    const found = this.types.get(type);
    if (!found) throw new Error(`${type} is not registered`);
    return found;
  }

  /** Every field that stands open, each with its place: the registry's own check and its tests walk them. */
  openFields(): readonly { readonly where: string; readonly field: Field<unknown> }[] {
    const fields = this.all().flatMap((type) => walk(type.data, `${type.type}.data`));
    return [...fields, ...walk(this.handling, 'handling')];
  }

  /** The names of what the registered types seal, at every depth. */
  *sealedMembers(): Iterable<string> {
    for (const { sealed } of this.all()) yield* membersOf(sealed);
  }

  /** Checks what of a new event stands open against its type. @throws FieldError */
  checkOpen(type: EventType, data: JsonObject, handling: JsonObject | null): void {
    checkShape(type.data, data, `/${type.type}/data`);
    if (type.handling !== (handling !== null)) throw new Error(`${type.type} ${type.handling ? 'needs' : 'has no'} handling block`);
    if (handling) checkShape(this.handling, handling, `/${type.type}/handling`);
  }

  /** @throws CorruptEvent, UnknownEventType, FutureSchema: the consumer stops there, it never skips */
  decode(event: RecordedEvent): Decoded {
    const envelope = decodeEvent(event);
    if (!isWhole(envelope)) throw new CorruptEvent(event);
    const definition = this.types.get(envelope.type);
    if (!definition) throw new UnknownEventType(envelope.type, event.position);
    if (envelope.schema > definition.schema) throw new FutureSchema(envelope.type, envelope.schema, event.position);
    const { schema, ...rest } = envelope;
    const data = schema === definition.schema ? envelope.data : upcast(definition, 'data', envelope.data, schema);
    return { ...rest, data, stream: event.stream, revision: event.revision, position: event.position, definition, writtenSchema: schema };
  }
}

/** Checks the values of a new event against its type before they are sealed. @throws FieldError */
export function checkSealed(type: EventType, sealed: JsonObject): void {
  checkShape(type.sealed, sealed, `/${type.type}/sealed`);
}

/** Brings a part from the schema it was written in to the one of today. */
export function upcast(definition: EventType, part: 'data' | 'sealed', value: JsonObject, from: number): JsonObject {
  let current = value;
  for (let schema = from; schema < definition.schema; schema += 1) current = definition.upcasts[schema]?.[part]?.(current) ?? current;
  return current;
}

/** Whether the parts of an envelope are of their kinds; their contents were checked when they were written. */
function isWhole({ schema, data, handling, sealed, actor, recordedAt, occurredAt, correlationId }: Envelope): boolean {
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  return (
    Number.isSafeInteger(schema) && schema >= 1 && isObject(data) && isObject(actor) && (handling === null || isObject(handling)) &&
    (sealed === null || (isObject(sealed) && Number.isSafeInteger(sealed.key) && typeof sealed.bytes === 'string')) &&
    typeof recordedAt === 'string' && typeof occurredAt === 'string' && typeof correlationId === 'string'
  );
}

function walk(shape: Shape, where: string): { where: string; field: Field<unknown> }[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const here = { where: `${where}.${name}`, field };
    if (field.kind === 'object') return [here, ...walk(field.inner as Shape, here.where)];
    if (field.kind === 'list') return [here, ...walk({ '*': field.inner as Field<unknown> }, here.where)];
    return [here];
  });
}

export class UnknownEventType extends Error {
  readonly code = 'event-type-unknown';
  constructor(
    readonly type: string,
    readonly position: number,
  ) {
    super(`position ${position} holds an event of type ${type}, which this version does not know: a newer version wrote it; update this program`);
    this.name = 'UnknownEventType';
  }
}

export class FutureSchema extends Error {
  readonly code = 'event-schema-unknown';
  constructor(
    readonly type: string,
    readonly schema: number,
    readonly position: number,
  ) {
    super(`position ${position} holds ${type} in schema ${schema}, which this version does not know: update this program`);
    this.name = 'FutureSchema';
  }
}

function* membersOf(shape: Shape): Iterable<string> {
  for (const [name, field] of Object.entries(shape)) {
    yield name;
    yield* innerMembers(field);
  }
}

function* innerMembers({ kind, inner }: Field<unknown>): Iterable<string> {
  if (kind === 'object') yield* membersOf(inner as Shape);
  if (kind === 'list') yield* innerMembers(inner as Field<unknown>);
}
