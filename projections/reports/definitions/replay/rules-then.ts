import { DECLARATION, IN_FORCE, ModeChanged } from '../../../../src/declarations/events.js';
import type { Declaration, Mode } from '../../../../src/handling/declaration.js';
import { Guard, type Judgement } from '../../../../src/handling/guard.js';
import type { EventOf } from '../../../../src/ledger/event-type.js';
import { operationsUpTo, type Operation } from '../../../registers/operations/query.js';
import type { ReportSources } from '../../definition.js';
import { OPERATIONS } from '../audit/history.js';
import type { Sight } from './sights.js';

/** A look as it would have been judged: by whom, under which file, when. */
export interface Looked extends Pick<Sight, 'extent' | 'items'> {
  readonly file: string;
  readonly department: string;
  /** RFC 3339, UTC */
  readonly at: string;
}

export type Verdict = Pick<Judgement, 'outcome' | 'findings'> & { readonly version: number };

/** The written items, as far as the operations that have been taken so far put them in force; judged by the guard itself. */
export interface RulesThen {
  readonly take: (operation: Operation) => void;
  readonly guard: Guard;
  /** the best that a look could come to, under whichever purpose is written */
  readonly judge: (looked: Looked) => Verdict;
}

const ORDER = ['written', 'deviation', 'refused'] as const;

/** @param declarations the versions by their numbers: what they say is sealed in the events */
export function foldRules(declarations: readonly Declaration[]): RulesThen {
  const guard = new Guard();
  const byVersion = new Map(declarations.map((declaration) => [declaration.assessment.version, declaration]));
  return {
    guard,
    take: ({ type, stream, data, recordedAt }) => {
      if (!stream.startsWith(`${DECLARATION}-`)) return;
      const declaration = IN_FORCE.has(type) ? byVersion.get(data.version as number) : undefined;
      if (declaration) guard.putInForce(declaration, data.from as string | undefined);
      if (type !== ModeChanged.type) return;
      const { version, file, rule, mode, until } = data as EventOf<typeof ModeChanged>['data'];
      guard.changeMode({ version, file, rule, from: recordedAt, mode: { mode, reason: '', until } as Mode });
    },
    judge: ({ extent, items, file, department, at }) => {
      const inForce = guard.inForce(at);
      const purposes = inForce?.files.find(({ code }) => code === file)?.items.purpose?.values.map(({ code }) => code) ?? [];
      const legalGround = guard.soleUseGround(file, at);
      const judgements = [undefined, ...purposes].map((purpose) => guard.judge({ kind: 'use', extent, file, system: '', subjects: [], items, department, at, ...(purpose !== undefined && { purpose }), ...(legalGround !== undefined && { legalGround }) }));
      const { outcome, findings } = judgements.reduce((best, one) => (rank(one) < rank(best) ? one : best));
      return { outcome, findings, version: inForce?.assessment.version ?? 0 };
    },
  };
}

/** The rules as they stood at a position. */
export function rulesAt({ register, declarations }: Pick<ReportSources, 'register' | 'declarations'>, position: number): RulesThen {
  const rules = foldRules(declarations);
  for (const operation of operationsUpTo(register(OPERATIONS), position)) rules.take(operation);
  return rules;
}

/** Written before noted before refused; of two alike the one with less against it. */
function rank({ outcome, findings }: Judgement): number {
  return ORDER.indexOf(outcome) * 100 + findings.length;
}
