import { ErasureOrdered } from '../../../../src/ledger/erasure.js';
import { streamCategory, streamId } from '../../../../src/ledger/ids.js';
import { NUMBER, NumberRegistered } from '../../../../src/numbers/events.js';
import { ResidentChanged, SUBJECT, SubjectRegistered } from '../../../../src/subjects/events.js';
import { CancellationProposed, CorrectionProposed, ProposalReturned, VACCINATION, VaccinationConfirmed, VaccinationRecorded } from '../../../../src/vaccinations/events.js';
import { keyOf, wordsOf } from '../../../engine/dictionary.js';
import type { ReportSources } from '../../definition.js';
import { HANDLING_LOG } from '../lines.js';
import type { Change } from './change.js';
import type { Moment } from './moments.js';
import { isAboutProtection } from './person-then.js';
import { evolveRecord, recordWord, type RecordThen } from './record-then.js';

/** What events make the rows of a register, by the category of their streams. */
const REGISTERS = {
  subjects: { categories: { [SUBJECT]: '宛名', [NUMBER]: '個人番号' }, types: [SubjectRegistered, ResidentChanged, NumberRegistered, ErasureOrdered] },
  vaccinations: { categories: { [VACCINATION]: '接種記録' }, types: [VaccinationRecorded, CorrectionProposed, CancellationProposed, VaccinationConfirmed, ProposalReturned, ErasureOrdered] },
} as const;

interface Row {
  readonly stream: string;
  readonly position: number;
  readonly type: number;
  readonly file: number;
  readonly items: number;
}

/** How a unit stands; undefined before its first event. */
type Standing = RecordThen | { readonly status: 'current' | 'protected' | 'erased' } | undefined;

/**
 * The units that changed between two positions, one after the other: their events are read in the order of the streams, which the database
 * sorts on the disk, so that no more is held than one unit.
 */
export function* changedUnits({ register, labels }: ReportSources, name: keyof typeof REGISTERS, before: Moment, after: Moment): Generator<Change> {
  const { categories, types } = REGISTERS[name];
  const db = register(HANDLING_LOG);
  const word = wordsOf(db);
  const keys = types.flatMap(({ type }) => keyOf(db, type) ?? []);
  const within = `type IN (${keys.map(() => '?').join(', ')})`;
  const rows = db.prepare<number[], Row>(
    `SELECT stream, position, type, file, items FROM handlings WHERE ${within} AND position <= ? AND stream IN (SELECT stream FROM handlings WHERE ${within} AND position > ? AND position <= ?) ORDER BY stream, position`,
  );
  let unit: Unit | undefined;
  for (const { stream, position, type, file, items } of rows.iterate(...keys, after.position, ...keys, before.position, after.position)) {
    const sort = (categories as Readonly<Record<string, string>>)[streamCategory(stream)];
    if (sort === undefined) continue;
    if (unit?.stream !== stream) {
      if (unit?.stands) yield changeOf(unit);
      unit = { stream, sort, file: labels.of('file', word(file)), stood: undefined, stands: undefined, items: new Set(), events: 0, first: 0, last: 0 };
    }
    const named = word(items).split(' ').filter(Boolean);
    unit.stands = evolve(unit.stands, word(type), named);
    if (position <= before.position) unit.stood = unit.stands;
    else {
      unit.events += 1;
      unit.first ||= position;
      unit.last = position;
      for (const item of named) unit.items.add(labels.at(0, word(file)).of('item', item));
    }
  }
  if (unit?.stands) yield changeOf(unit);
}

interface Unit {
  readonly stream: string;
  readonly sort: string;
  readonly file: string;
  stood: Standing;
  stands: Standing;
  readonly items: Set<string>;
  events: number;
  first: number;
  last: number;
}

function evolve(state: Standing, type: string, items: readonly string[]): Standing {
  if (type === SubjectRegistered.type || type === NumberRegistered.type) return { status: 'current' };
  if (state === undefined || 'pending' in state) return evolveRecord(state, type);
  if (type === ErasureOrdered.type) return { status: 'erased' };
  return isAboutProtection({ type, items }) ? { status: state.status === 'protected' ? 'current' : 'protected' } : state;
}

const WORDS = { current: '現在', protected: '現在（支援措置の対象）', erased: '消去済み' } as const;

function wordFor(state: Standing): string {
  if (state === undefined) return '';
  return 'pending' in state ? recordWord(state) : WORDS[state.status];
}

function changeOf({ stream, sort, file, stood, stands, items, events, first, last }: Unit): Change {
  const isGone = stands?.status === 'erased';
  const how = stood === undefined ? (isGone ? 'passed' : 'came') : isGone && stood.status !== 'erased' ? 'went' : 'changed';
  return { how, sort, id: streamId(stream), file, columns: [...items].sort().join('、'), before: wordFor(stood), after: wordFor(stands), events, first, last };
}
