import type { JsonObject } from '../store/canonical.js';
import type { Shape, ValuesOf } from './fields.js';

/** Brings one part of an event from schema n to n+1. */
export interface Upcast {
  readonly data?: (old: JsonObject) => JsonObject;
  readonly sealed?: (old: JsonObject) => JsonObject;
}

/**
 * An event type as a value. `data` stands open in the ledger, `sealed` under the key of its stream; a new field
 * is sealed unless its type may stand open.
 */
export interface EventType<T extends string = string, D extends Shape = Shape, S extends Shape = Shape> {
  readonly type: T;
  readonly schema: number;
  readonly data: D;
  readonly sealed: S;
  /** whether events of this type touch personal information and carry the handling block */
  readonly handling: boolean;
  /** by the schema they start from */
  readonly upcasts: { readonly [from: number]: Upcast };
}

export function eventType<const T extends string, D extends Shape = {}, S extends Shape = {}>(definition: {
  type: T;
  schema?: number;
  data?: D;
  sealed?: S;
  handling?: boolean;
  upcasts?: { readonly [from: number]: Upcast };
}): EventType<T, D, S> {
  const { type, schema = 1, data = {} as D, sealed = {} as S, handling = true, upcasts = {} } = definition;
  return { type, schema, data, sealed, handling, upcasts };
}

/** What a sealed part opens to when its key has been destroyed. */
export const ERASED = Object.freeze({ verdict: 'erased' as const });
export type Erased = typeof ERASED;
export type Opened<T> = T | Erased;

export function isErased<T extends object>(value: Opened<T>): value is Erased {
  return value === ERASED;
}

/** An event as a decider sees it. */
export interface DomainEvent<T extends string = string, D = object, S = object> {
  readonly type: T;
  readonly data: D;
  /** empty for a type that seals nothing */
  readonly sealed: Opened<S>;
  readonly id: string;
  readonly actor: string;
  readonly occurredAt: string;
}

/** The events of one type, as deciders and projections see them. */
export type EventOf<E> = E extends EventType<infer T, infer D, infer S> ? DomainEvent<T, ValuesOf<D>, ValuesOf<S>> : never;

/** A new event as a decider returns it. */
export interface NewDomainEvent {
  readonly type: EventType;
  readonly data: JsonObject;
  readonly sealed: JsonObject;
}

/** Makes a new event of a type; the compiler checks both parts. */
export function event<T extends string, D extends Shape, S extends Shape>(
  type: EventType<T, D, S>,
  data: ValuesOf<D>,
  ...sealed: keyof S extends never ? [] : [ValuesOf<S>]
): NewDomainEvent {
  return { type: type, data: data, sealed: (sealed[0] ?? {}) };
}
