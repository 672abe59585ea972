import fc from 'fast-check';
import { registry } from '../../src/event-registry.js';
import { ERASED, type DomainEvent } from '../../src/ledger/event-type.js';
import type { Field, FieldError, Shape } from '../../src/ledger/fields.js';
const CODES = ['vaccination', 'key-destruction', 'x:1.y-Z'];

/** The entries of a closed list, as its own complaint names them; any code where the list is not the program's. */
function words(field: Field<unknown>): readonly string[] {
  try {
    const check: Field<unknown>['check'] = field.check.bind(field);
    check(undefined, '');
  } catch (error) {
    const list = /^one of (.+)$/.exec((error as FieldError).expected)?.[1];
    if (list) return list.split(', ');
  }
  return CODES;
}

function fits(field: Field<unknown>, value: unknown): boolean {
  try {
    const check: Field<unknown>['check'] = field.check.bind(field);
    check(value, '');
    return true;
  } catch {
    return false;
  }
}

/** Any value that a field takes, by what the registry knows of it. */
function anyValue(field: Field<unknown>): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'id':
      return fc.constantFrom('0193a000-0000-7000-8000-00000000000a', '0193a000-0000-7000-8000-00000000000b', '0193a000-0000-7000-8000-0000000000f1');
    case 'code':
      return fc.constantFrom(...words(field));
    case 'count':
      return fc.nat(3);
    case 'flag':
      return fc.boolean();
    case 'date':
      return fc.constantFrom('2026-04-01', '2026-11-20', '2027-03-31');
    case 'digest':
      return fc.constant('0'.repeat(64));
    case 'instant':
      return fc.constant('2026-11-20T00:00:00.000Z');
    case 'text':
      return fc.string({ unit: 'grapheme', maxLength: 10 }).filter((text) => fits(field, text));
    case 'list':
      return fc.array(anyValue(field.inner as Field<unknown>), { maxLength: 2 });
    case 'object':
      return anyValues(field.inner as Shape);
  }
}

function anyValues(shape: Shape): fc.Arbitrary<object> {
  const entries = Object.entries(shape);
  return fc.record(Object.fromEntries(entries.map(([name, field]) => [name, anyValue(field)])), { requiredKeys: entries.filter(([, field]) => !field.optional).map(([name]) => name) });
}

/** Any event of any registered type, with its sealed part or after the destruction of its key. */
export const anyEvent: fc.Arbitrary<DomainEvent> = fc.oneof(
  ...registry.all().map((type) =>
    fc.record({
      type: fc.constant(type.type),
      data: anyValues(type.data),
      sealed: fc.oneof(fc.constant(ERASED), anyValues(type.sealed)),
      id: fc.uuid(),
      actor: fc.constantFrom('0193a000-0000-7000-8000-00000000000a', '0193a000-0000-7000-8000-00000000000b'),
      occurredAt: fc.constant('2026-11-20T00:00:00.000Z'),
    }),
  ),
);
