import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import { Command } from '../../walks/command-class.js';
import { command, context } from '../../walks/context.js';
import { CheckedEach, Choice, Code, Text } from '../../walks/fields.js';
import { conflict, unacceptableAt } from '../../walks/problem.js';
import { OFFICES, TERMINAL_CLASSES, type TerminalClass } from '../../walks/terminals.js';
import { REMOVED_FOR, TERMINAL, TerminalChanged, TerminalRegistered, TerminalRemoved, terminalEvents } from './events.js';
import { toFingerprint } from './fingerprint.js';
import { evolveTerminals, type KnownTerminal, type TerminalState } from './state.js';

/** One for now, and the next one while it is being changed. */
const Certificates = (required: boolean): PropertyDecorator =>
  CheckedEach({ label: 'クライアント証明書の SHA-256', code: 'certificates', expects: '16進64桁の値の配列（1件から5件まで）で指定してください', min: 1, max: 5, required, test: (text) => toFingerprint(text) !== undefined });

abstract class OnTerminal extends Command {
  @Code({ label: '端末の符号', example: 'counter-1' })
  terminal!: string;
}

export class RegisterTerminal extends OnTerminal {
  @Choice({ label: '端末の種類', of: TERMINAL_CLASSES, example: 'number-affairs' })
  class!: TerminalClass;

  @Code({ label: '部署', example: 'health-promotion' })
  department!: string;

  @Text({ label: '名称・設置場所', max: 100 })
  label!: string;

  @(Certificates(true))
  certificates!: string[];
}

export class ChangeTerminal extends OnTerminal {
  @Choice({ label: '端末の種類', of: TERMINAL_CLASSES, required: false })
  class?: TerminalClass;

  @Code({ label: '部署', required: false })
  department?: string;

  @Text({ label: '名称・設置場所', max: 100, required: false })
  label?: string;

  @(Certificates(false))
  certificates?: string[];
}

export class RemoveTerminal extends OnTerminal {
  @Choice({ label: '除外の事由', of: REMOVED_FOR })
  cause!: (typeof REMOVED_FOR)[number];
}

export function decideTerminals({ type, data }: { readonly type: string; readonly data: object }, state: TerminalState): readonly NewDomainEvent[] {
  const { terminal, class: kind, department, label, certificates: given } = data as RegisterTerminal & ChangeTerminal;
  const certificates = given && [...new Set(given.map((text) => toFingerprint(text)!))];
  // Also of one that has been removed: what was lost with it proves nobody else.
  const holder = [...state.values()].find(({ code, certificates: held }) => code !== terminal && held.some((one) => certificates?.includes(one)));
  if (holder) throw conflict('certificate-taken', 'この証明書は別の端末のものとして登録されています。端末ごとに別の証明書を発行してください');
  if (type === RegisterTerminal.name) {
    if (state.has(terminal)) throw conflict('terminal-taken', 'この符号は使われています（除外した端末の符号は使えません）');
    return [event(TerminalRegistered, { terminal, class: kind, department }, { label, certificates: certificates })];
  }
  const known = inUse(state, terminal);
  if (type === RemoveTerminal.name) return [event(TerminalRemoved, { terminal, reason: (data as RemoveTerminal).cause }, {})];
  if (kind === undefined && department === undefined && label === undefined && certificates === undefined) throw unacceptableAt('', 'nothing-changed', '変更する項目を指定してください');
  const open = { terminal: known.code, ...(kind && { class: kind }), ...(department && { department }) };
  return [event(TerminalChanged, open, { ...(label !== undefined && { label }), ...(certificates && { certificates }) })];
}

/** @throws Problem 409 */
function inUse(state: TerminalState, terminal: string): KnownTerminal {
  const known = state.get(terminal);
  if (known === undefined || known.removed) throw conflict('unknown-terminal', '登録されている端末ではありません');
  return known;
}

const MANAGE = { right: 'terminal:manage', terminals: OFFICES } as const;

export const terminals = context<TerminalState>({
  category: TERMINAL,
  label: '端末',
  events: terminalEvents,
  decider: { initialState: () => new Map(), evolve: evolveTerminals, decide: decideTerminals },
  singleton: true,
  commands: [
    command(RegisterTerminal, 'POST /terminals', { summary: '端末を登録する（一台目からは、登録した端末だけが使える）', ...MANAGE }),
    command(ChangeTerminal, 'POST /terminals/changes', { summary: '端末の種類・部署・設置場所・証明書を変更する', ...MANAGE }),
    command(RemoveTerminal, 'POST /terminals/removals', { summary: '端末を除外する（元に戻せない）', ...MANAGE }),
  ],
});
