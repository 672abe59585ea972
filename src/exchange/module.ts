import { confirmationsAt } from '../handling/evidence.js';
import { event, type DomainEvent } from '../ledger/event-type.js';
import type { Ledger } from '../ledger/ledger.js';
import { Command } from '../walks/command-class.js';
import { command, context, type HandlingFacts, type Occasion } from '../walks/context.js';
import { Code, Codes, Ids, Text } from '../walks/fields.js';
import { unacceptable, unknownSubject } from '../walks/problem.js';
import { EXCHANGE } from '../walks/terminals.js';
import { InformationProvided, InformationTransferred, PROVISION } from './events.js';
import type { ProtectionFacts } from './facts.js';

abstract class HandOut extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Code({ label: '提供先・移転先' })
  recipient!: string;

  @Ids({ label: '対象者', max: 1000 })
  subjects!: string[];

  @Codes({ label: '提供する情報の項目', max: 200 })
  items!: string[];

  /** in words, while it is not known yet who they are */
  @Text({ label: '対象者の範囲', max: 500, required: false })
  selection?: string;
}

export class ProvideInformation extends HandOut {}
export class TransferInformation extends HandOut {}

type State = { readonly done: boolean };

export function exchange(ledger: () => Ledger, { protectedAmong, scopeOf, fileFor }: ProtectionFacts) {
  /** Towards a protected person it stops until a named person has confirmed. */
  const handingOut = (kind: 'provision' | 'transfer') => async (given: HandOut, _: State, { now }: Occasion): Promise<HandlingFacts> => {
    const { file, recipient, subjects, items, evidence = [] } = given;
    const at = new Date(given.occurredAt ?? now).toISOString(); // by what had been confirmed when it happened
    const confirmed = (await confirmationsAt(ledger(), evidence, file, at)).filter((fact) => fact.recipient === recipient); // it is for one recipient
    const open = (await protectedAmong(subjects)).filter((subject) => !confirmed.some((fact) => fact.subjects.includes(subject)));
    const scopes = await Promise.all(subjects.map((subject) => scopeOf(subject)));
    if (scopes.includes(undefined)) throw unknownSubject('/subjects');
    const files = await Promise.all(subjects.map((subject) => fileFor(subject, file)));
    const other = files.find((one) => one !== undefined && one !== file);
    return { kind, file, ...(other && { recordFile: other }), recipient, subjects, items, scopes: [...new Set(scopes as readonly string[])], ...(open.length > 0 && { breaks: ['protection'] as const }) };
  };
  return context<State>({
    category: PROVISION,
    label: '提供・移転',
    events: [InformationProvided, InformationTransferred],
    decider: {
      initialState: () => ({ done: false }),
      evolve: (_: State, __: DomainEvent) => ({ done: true }),
      decide: ({ type, data }) => {
        const { subjects, selection } = data as HandOut;
        if (subjects.length === 0) throw unacceptable('subjects-required', '対象者を指定してください');
        return [event(type === 'ProvideInformation' ? InformationProvided : InformationTransferred, {}, selection ? { note: selection } : {})];
      },
    },
    commands: [
      command<State, ProvideInformation>(ProvideInformation, 'POST /provisions', { summary: '他の機関へ提供する', right: 'provision:provide', terminals: EXCHANGE, handling: handingOut('provision') }),
      command<State, TransferInformation>(TransferInformation, 'POST /transfers', { summary: '他の事務へ移転する', right: 'provision:provide', handling: handingOut('transfer') }),
    ],
  });
}
