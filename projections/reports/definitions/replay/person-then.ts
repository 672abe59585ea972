import { ErasureOrdered } from '../../../../src/ledger/erasure.js';
import { streamName } from '../../../../src/ledger/ids.js';
import { ResidentChanged, SUBJECT, SubjectRegistered } from '../../../../src/subjects/events.js';
import { VACCINATION } from '../../../../src/vaccinations/events.js';
import type { LogLine } from '../../../handling-log/query.js';
import { evolveRecord, isHeld, recordWord, type RecordThen } from './record-then.js';

/** A person as the handlings of them say, in order: nothing of them is opened. */
export interface PersonThen {
  readonly take: (line: LogLine) => void;
  readonly isThere: () => boolean;
  readonly isErased: () => boolean;
  readonly isProtected: () => boolean;
  /** under which files somebody may look at them: that of their registration, and those that hold a record of theirs */
  readonly files: () => readonly string[];
  /** how they stand behind a handling, Japanese */
  readonly after: (line: LogLine) => string;
}

/** An entry about 支援措置 and nothing else. It begins and ends in turn: what has begun is not begun again. */
export function isAboutProtection({ type, items }: Pick<LogLine, 'type' | 'items'>): boolean {
  return type === ResidentChanged.type && items.length === 1 && items[0] === 'protection';
}

export function foldPerson(subject: string): PersonThen {
  const own = streamName(SUBJECT, subject);
  const records = new Map<string, { readonly file: string; readonly state: RecordThen }>();
  let registeredIn: string | undefined;
  let erased = false;
  let guarded = false;
  const takeRecord = ({ stream, type, file }: LogLine): void => {
    const known = records.get(stream);
    const state = evolveRecord(known?.state, type);
    if (state) records.set(stream, { file: known?.file ?? file, state });
  };
  return {
    take: (line) => {
      if (line.outcome === 'refused') return;
      if (line.stream.startsWith(`${VACCINATION}-`)) takeRecord(line);
      if (line.stream !== own) return;
      if (line.type === SubjectRegistered.type) registeredIn = line.file;
      if (line.type === ErasureOrdered.type) erased = true;
      if (isAboutProtection(line)) guarded = !guarded;
    },
    isThere: () => registeredIn !== undefined && !erased,
    isErased: () => erased,
    isProtected: () => guarded,
    files: () => [...new Set([...(registeredIn === undefined ? [] : [registeredIn]), ...[...records.values()].filter(({ state }) => isHeld(state)).map(({ file }) => file)])],
    after: ({ stream }) => {
      const record = records.get(stream);
      if (record) return `接種記録: ${recordWord(record.state)}`;
      if (stream !== own) return '';
      return erased ? '宛名: 消去済み' : guarded ? '宛名: 支援措置の対象' : '宛名: 現在';
    },
  };
}
