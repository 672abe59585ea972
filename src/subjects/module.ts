import { command, context } from '../walks/context.js';
import { RecordResidentChange, RegisterSubject, SetProtection } from './commands.js';
import { decide, evolve, identityOf, initialState, itemsOf, type SubjectState } from './decider.js';
import { SUBJECT, subjectEvents } from './events.js';
import { numbersOf } from './numbers.js';

export const subjects = context<SubjectState>({
  category: SUBJECT,
  label: '宛名',
  events: subjectEvents,
  decider: { initialState, evolve, decide },
  commands: [
    command<SubjectState, RegisterSubject>(RegisterSubject, 'POST /subjects', {
      summary: '本人を登録する',
      right: 'subject:register',
      claims: numbersOf,
      handling: (given, _, { id }) => ({ kind: 'acquisition', file: given.file, subjects: [id], scopes: [given.scope], items: itemsOf(identityOf(given)) }),
    }),
    command<SubjectState, RecordResidentChange>(RecordResidentChange, 'POST /subjects/:id/resident-changes', {
      summary: '住民異動を記録する',
      right: 'subject:register',
      claims: numbersOf,
      handling: (given, _, { id }) => ({ kind: 'acquisition', file: given.file, subjects: [id], scopes: [given.scope], items: itemsOf(identityOf(given)) }),
    }),
    command<SubjectState, SetProtection>(SetProtection, 'POST /subjects/:id/protection', {
      summary: '支援措置の開始・終了を記録する',
      right: 'subject:protect',
      handling: (given, { scope }, { id }) => ({ kind: 'acquisition', file: given.file, subjects: [id], ...(scope && { scopes: [scope] }), items: ['protection'] }),
    }),
  ],
});
