import { command, context, type HandlingFacts } from '../walks/context.js';
import { unknownSubject } from '../walks/problem.js';
import { VENUES } from '../walks/terminals.js';
import { CancelVaccination, ConfirmVaccination, CorrectVaccination, RecordVaccination, ReturnVaccination, type RecordFields } from './commands.js';
import { decide, evolve, initialState, isSamePerson, recordOf, type VaccinationState } from './decider.js';
import { VACCINATION, vaccinationEvents } from './events.js';
import type { SubjectFacts } from './facts.js';

export function vaccinations(persons: SubjectFacts) {
  /** Entering and correcting take information in; whom it concerns must be within the written scope. */
  const acquisition = async (given: RecordFields, subject: string): Promise<HandlingFacts> => {
    const scope = await persons.scopeOf(subject);
    if (scope === undefined) throw unknownSubject('/subject');
    return { kind: 'acquisition', file: given.file, subjects: [subject], scopes: [scope], items: Object.keys(recordOf(given)), numberClass: given.executionClass };
  };
  const onRecord = (given: { file: string }, { subject }: VaccinationState): HandlingFacts => ({ kind: 'use', file: given.file, subjects: subject ? [subject] : [], items: [] });
  const bySecondPerson = (given: { file: string }, state: VaccinationState, { person }: { person: string }): HandlingFacts => ({
    ...onRecord(given, state),
    ...(isSamePerson(state, person) && { breaks: ['secondPerson'] as const }),
  });

  return context<VaccinationState>({
    category: VACCINATION,
    label: '予防接種',
    events: vaccinationEvents,
    decider: { initialState, evolve, decide },
    commands: [
      command<VaccinationState, RecordVaccination>(RecordVaccination, 'POST /vaccinations', {
        summary: '接種記録を入力する',
        right: 'vaccination:enter',
        terminals: VENUES,
        handling: (given) => acquisition(given, given.subject),
      }),
      command<VaccinationState, CorrectVaccination>(CorrectVaccination, 'POST /vaccinations/:id/corrections', {
        summary: '接種記録の訂正を入力する',
        right: 'vaccination:enter',
        terminals: VENUES,
        handling: (given, { subject }) => acquisition(given, subject!),
      }),
      command(CancelVaccination, 'POST /vaccinations/:id/cancellations', { summary: '接種記録の取消を入力する', right: 'vaccination:enter', terminals: VENUES, handling: onRecord }),
      command(ConfirmVaccination, 'POST /vaccinations/:id/confirmations', { summary: '入力・訂正・取消を確認する（入力者以外）', right: 'vaccination:confirm', handling: bySecondPerson }),
      command(ReturnVaccination, 'POST /vaccinations/:id/returns', { summary: '入力・訂正・取消を差し戻す', right: 'vaccination:confirm', handling: onRecord }),
    ],
  });
}
