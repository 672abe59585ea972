import type { HandlingRequest } from '../handling/request.js';
import type { Actor } from '../store/event.js';
import type { DomainEvent, EventType, NewDomainEvent } from '../ledger/event-type.js';
import type { Command, CommandClass } from './command-class.js';
import type { Principal } from './principal.js';
import type { Problem } from './problem.js';
import type { TerminalClass } from './terminals.js';

/** What a decider may know beside the command and the state: nothing in it is looked up or random while deciding. */
export interface Occasion {
  /** RFC 3339, UTC */
  readonly now: string;
  /** plain date in Japan */
  readonly today: string;
  /** who acts, as a person, and the section they act for */
  readonly person: string;
  readonly department: string;
  /** what else they may do, where an act reaches further for some than for others; absent: nothing */
  readonly rights?: Principal['rights'];
  /** id of the stream: of the new one where the command creates it */
  readonly id: string;
  /** what the command's `facts` have found */
  readonly facts?: object;
}

/** Three plain functions: what happens, how the state follows, where it starts. */
export interface Decider<S> {
  readonly initialState: () => S;
  readonly evolve: (state: S, event: DomainEvent) => S;
  /** @throws Problem 409 or 422 when the act does not fit */
  readonly decide: (command: { readonly type: string; readonly data: object }, state: S, occasion: Occasion) => readonly NewDomainEvent[];
}

/** The part of a handling that depends on the command; the rest is taken from the command's common fields and the session. */
export type HandlingFacts = Pick<HandlingRequest, 'kind' | 'file' | 'subjects' | 'items'> &
  Partial<Omit<HandlingRequest, 'at' | 'department'>> & {
    /** 移行: recorded, but not judged against what is written today */
    readonly unjudged?: boolean;
    /** a use that can have happened away from the engine, such as seeing a paper at the counter */
    readonly mayBeLate?: boolean;
    /** the access policy does not have it, whatever is written */
    readonly offByPolicy?: boolean;
    /** for the same file, beside the right of the command: what is named asks for them */
    readonly rights?: readonly string[];
  };

/** A number that only one stream may hold. */
export interface Claim {
  readonly kind: string;
  readonly value: string;
  /** stays claimed when the stream is erased */
  readonly outlives?: boolean;
  /** whether the stream that took it still has it, where one may let go of it: then it is free again */
  readonly isHeld?: (owner: { readonly stream: string }) => Promise<boolean>;
}

/** One command: its class, its route and what the walk has to know of it. */
export interface CommandSpec<S = never, C extends Command = Command> {
  readonly type: string;
  readonly command: CommandClass<C>;
  /** `POST /things` makes a new stream; `POST /things/:id/acts` acts on one */
  readonly route: `POST /${string}`;
  /** Japanese, for OpenAPI */
  readonly summary: string;
  /** none: whoever has signed in */
  readonly right?: string;
  /** the member of staff who needs no right for it, since it is their own */
  readonly ownOf?: (command: C, state: S, id: string) => string | null;
  /** the affair (事務) whose matter it is, where the right may be held for one and not for another; and what whoever lacks it is told they need */
  readonly within?: { readonly affair: (state: S) => string | undefined; readonly needed: string };
  /** the kinds of terminals that it may come from; when none are named, those of マイナンバー利用事務系 alone */
  readonly terminals?: readonly TerminalClass[];
  /** only on the machine itself, with a token that the vault's key has made */
  readonly onlyAtMachine?: true;
  /** the section whose matter it is: who acts for another one needs a further right. Of what is not there it says null */
  readonly ownSection?: { readonly of: (state: S) => string | null; readonly elsewhere: string };
  /** the member of staff that it is about: nobody does it for themselves, with whichever account */
  readonly notForSelf?: (command: C, state: S, id: string) => string | null;
  /** the handling that this is; absent where no personal information is touched */
  readonly handling?: (command: C, state: S, occasion: Occasion) => HandlingFacts | Promise<HandlingFacts>;
  /** what deciding has to know beside the command and the stream's own events, looked up beforehand */
  readonly facts?: (command: C, state: S, occasion: Occasion) => Promise<object>;
  /** what has to stand in the ledger before its own events do; called when these are decided. @throws Problem when it cannot stand there any more */
  readonly before?: (happenings: readonly NewDomainEvent[], act: { readonly actor: Actor; readonly correlationId: string; readonly id: string }) => Promise<void>;
  /** where what was written down is a no all the same, such as a text that is kept beside what somebody else has written: the answer */
  readonly answerNo?: (happenings: readonly Pick<NewDomainEvent, 'type' | 'data'>[], state: S) => Problem | undefined;
  readonly claims?: (command: C) => readonly Claim[] | Promise<readonly Claim[]>;
  /** for a creating command whose id follows from its content: the same content is the same stream */
  readonly idFrom?: (command: C) => readonly string[];
  /** with `idFrom`: whether the same content comes with something else said of it, which is judged and recorded like the first time */
  readonly saysAnew?: (command: C, state: S) => boolean;
}

/** A context as the composition root sees it. */
export interface Context<S = unknown> {
  /** streams are `category-id` */
  readonly category: string;
  readonly label: string;
  readonly events: readonly EventType[];
  readonly decider: Decider<S>;
  readonly commands: readonly CommandSpec<S>[];
  /** streams that exist once for a store are named by the store's own id */
  readonly singleton?: boolean;
}

export function context<S>(definition: Context<S>): Context<S> {
  return definition;
}

/** One registration line. The decide case is named after the class. */
export function command<S, C extends Command>(
  type: CommandClass<C>,
  route: CommandSpec['route'],
  rest: Omit<CommandSpec<S, C>, 'type' | 'command' | 'route'>,
): CommandSpec<S> {
  return { type: type.name, command: type, route, ...rest } as unknown as CommandSpec<S>;
}

/** Whether a route makes a new stream: it names none. */
export function creates({ route }: Pick<CommandSpec, 'route'>): boolean {
  return !route.includes('/:');
}

export type { Principal };
