import type { Engine } from './engine.js';
import type { Principal } from './principal.js';

/** The kinds of terminals, by the network they stand in. Names: 総務省「地方公共団体における情報セキュリティポリシーに関するガイドライン」の三層. */
export const TERMINAL_CLASSES = ['number-affairs', 'lgwan', 'internet', 'interim-server', 'juki-net', 'venue-tablet'] as const;
export type TerminalClass = (typeof TERMINAL_CLASSES)[number];

export const TERMINAL_CLASS_NAMES: { readonly [of in TerminalClass]: string } = {
  'number-affairs': 'マイナンバー利用事務系の端末', lgwan: 'LGWAN接続系の端末', internet: 'インターネット接続系の端末',
  'interim-server': '中間サーバー接続端末', 'juki-net': '統合端末（CS）', 'venue-tablet': '会場タブレット',
};

/** What a command or query that names nothing else is for: the zone that the file itself stands in. */
export const NUMBER_AFFAIRS: readonly TerminalClass[] = ['number-affairs'];
/** For what the offices see to, and no record of a person is opened by: staff, accounts, written items, logs. */
export const OFFICES: readonly TerminalClass[] = ['number-affairs', 'lgwan'];
/** For what a vaccination venue cannot do without. */
export const VENUES: readonly TerminalClass[] = ['number-affairs', 'venue-tablet'];
/** For what is handed to other organs, or taken from them. */
export const EXCHANGE: readonly TerminalClass[] = ['number-affairs', 'interim-server'];

/** Those that stand in the zone of the number. No other is ever shown one, or takes one in, whatever a line of registration says. */
const IN_THE_NUMBER_ZONE: ReadonlySet<TerminalClass> = new Set(['number-affairs', 'interim-server', 'juki-net']);
/** The item that a handling of a 個人番号 names. */
export const NUMBER_ITEM = 'number';

/** A terminal that a connection has proved to be. */
export interface Terminal {
  readonly code: string;
  readonly class: TerminalClass;
}

/** Where a request comes from, by what its connection proves, or a trusted proxy says. */
export interface Origin {
  /** the registered terminal, as of this moment; null for none */
  readonly terminal: Terminal | null;
  /** on the engine's own machine, and for themselves */
  readonly atMachine: boolean;
  /** written one way */
  readonly address: string;
}

/** What the walks ask about terminals. */
export interface TerminalRules {
  /** from the first terminal that was ever registered on; also when it has been removed since */
  readonly areEnforced: boolean;
}

/** Whether whoever asks does so from a terminal that this is for. Whoever sits at the machine itself needs none. */
export function mayFrom({ terminals }: Pick<Engine, 'terminals'>, { terminal, atMachine }: Principal, classes: readonly TerminalClass[] = NUMBER_AFFAIRS): boolean {
  if (atMachine === true || !terminals.areEnforced) return true;
  return terminal !== null && classes.includes(terminal.class);
}

/** Whether a handling of these items may come to where it is asked for: a 個人番号 stays in its zone. */
export function mayReach({ terminal }: Principal, items: readonly string[]): boolean {
  return terminal === null || IN_THE_NUMBER_ZONE.has(terminal.class) || !items.includes(NUMBER_ITEM);
}
