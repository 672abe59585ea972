import { HANDLING_KINDS, UNLISTED, type EvidenceKind, type Extent, type HandlingKind } from '../../src/handling/block.js';
import { IDENTITY_ARTICLES, type Declaration } from '../../src/handling/declaration.js';
import { Guard, type ModeChange } from '../../src/handling/guard.js';
import type { EvidenceFact, HandlingRequest } from '../../src/handling/request.js';
import { RULES, type Rule } from '../../src/handling/rules.js';
import type { LogLine } from '../handling-log/query.js';

/** What a handling of the log would come to under another version. */
export const CHANGES = { refused: '拒否になる', deviation: '記載外になる', allowed: '認められる', unknown: '再現できない' } as const;
export type Change = keyof typeof CHANGES;

/** Handlings that would come to something else, by the same rule. */
export interface Simulated {
  readonly change: Change;
  readonly rule: string;
  readonly file: string;
  readonly department: string;
  readonly purpose: string | null;
  count: number;
  readonly first: number;
  last: number;
}

/** What is needed of a handling and stands nowhere open: a rule about it cannot be tried. */
const SEALED_RULES: ReadonlySet<string> = new Set<Rule>(['place', 'erasureMethod', 'scope', 'matching', 'statistics', 'decision', 'numberClass', 'secondPerson', 'protection']);
/** Standing rules that hang on a version: a refusal by any other stays one. */
const OF_A_VERSION: ReadonlySet<string> = new Set(['noneInForce', 'unknownFile', ...RULES]);

/** Before any handling of a ledger. */
const LONG_AGO = '2000-01-01';

/** A guard to which one version has always been in force. */
function guardOf(declaration: Declaration, changes: readonly ModeChange[] = []): Guard {
  const guard = new Guard();
  guard.putInForce({ ...declaration, effectiveFrom: LONG_AGO });
  for (const change of changes) if (change.version === declaration.assessment.version) guard.changeMode(change);
  return guard;
}

/** The request that an open block tells of. Evidence counts as what it is named as, for everybody concerned; of an identity check any article. */
function requestOf({ kind, extent, file, system, purpose, legalGround, subjects, items, department, counterpart, method, evidence, occurredAt, assurance, outcome }: LogLine): HandlingRequest {
  const facts = evidence.flatMap(({ kind: of, ref }): readonly EvidenceFact[] => {
    const fact = { kind: of as EvidenceKind, ref, subjects: [] };
    return of === 'identity-check' ? IDENTITY_ARTICLES.map((article) => ({ ...fact, article })) : [fact];
  });
  return {
    kind: kind as HandlingKind, file, system, subjects, items, department, evidence: facts, at: occurredAt, happenedElsewhere: assurance !== 'enforced' || outcome === 'deviation',
    ...(extent !== null && { extent: extent as Extent }), ...(purpose !== null && { purpose }), ...(legalGround !== null && { legalGround }), ...(method !== null && { method }),
    ...(counterpart !== null && (kind === 'acquisition' ? { source: counterpart } : { recipient: counterpart })),
  };
}

/** Whether the open block leaves out a code that the caller gave and no list has. */
function isVeiled({ purpose, legalGround, counterpart, method, items, file }: LogLine): boolean {
  return [purpose, legalGround, counterpart, method, file, ...items].includes(UNLISTED);
}

export interface Simulation {
  /** the version that is tried */
  readonly tried: Declaration;
  /** those that judged the handlings */
  readonly inForce: readonly Declaration[];
  readonly modes?: readonly ModeChange[];
}

/**
 * Which handlings would be refused or noted under another version, and which refusals would be none. Each is judged twice by the guard itself,
 * from what its open block tells: by the version that judged it, and by the other. Only where the two differ does the other version matter: what
 * cannot be told from the block is missing from both. Pure; keeps no more than a sum for each rule, file, department and purpose.
 */
export class Simulator {
  private readonly sums = new Map<string, Simulated>();
  private readonly tried: Guard;
  private readonly then: ReadonlyMap<number, Guard>;
  private readonly files: ReadonlySet<string>;
  looked = 0;

  constructor({ tried, inForce, modes = [] }: Simulation) {
    this.tried = guardOf(tried);
    this.then = new Map(inForce.map((declaration) => [declaration.assessment.version, guardOf(declaration, modes)]));
    this.files = new Set([tried, ...inForce].flatMap(({ files }) => files.map(({ code }) => code)));
  }

  take(line: LogLine): void {
    // The engine's own records are in no assessment, and 移行 is judged by none.
    if (!this.files.has(line.file) || (line.declarationVersion === 0 && line.outcome === 'written') || !HANDLING_KINDS.includes(line.kind as HandlingKind)) return;
    this.looked += 1;
    const recorded = new Set(line.findings.map(({ rule }) => rule));
    if (line.outcome === 'refused' && [...recorded].some((rule) => !OF_A_VERSION.has(rule))) return;
    const request = requestOf(line);
    const would = this.tried.judge(request);
    const did = this.then.get(line.declarationVersion)?.judge(request);
    const before = new Set<string>(did?.findings.map(({ rule }) => rule));
    // Broken by the block alone, although it was allowed then: the block does not tell all that was known.
    const untold = new Set([...before].filter((rule) => !recorded.has(rule)));
    const broken = would.findings.map(({ rule }) => rule).filter((rule) => !untold.has(rule) && !(SEALED_RULES.has(rule) && !recorded.has(rule)));
    const fresh = broken.filter((rule) => !recorded.has(rule));
    if (line.outcome !== 'refused') {
      for (const rule of fresh) this.add(isVeiled(line) ? 'unknown' : would.outcome === 'deviation' ? 'deviation' : 'refused', rule, line);
      if (line.outcome === 'deviation' && fresh.length === 0) this.freed(line, recorded, broken);
      return;
    }
    this.freed(line, recorded, broken);
  }

  /** What spoke against a handling and would not any more; told only when nothing else would. */
  private freed(line: LogLine, recorded: ReadonlySet<string>, broken: readonly string[]): void {
    if (broken.length > 0) return;
    for (const rule of recorded) this.add(isVeiled(line) || SEALED_RULES.has(rule) ? 'unknown' : 'allowed', rule, line);
  }

  private add(change: Change, rule: string, { file, department, purpose, position }: LogLine): void {
    const key = JSON.stringify([change, rule, file, department, purpose]);
    const sum = this.sums.get(key);
    if (sum) {
      sum.count += 1;
      sum.last = position;
    } else this.sums.set(key, { change, rule, file, department, purpose, count: 1, first: position, last: position });
  }

  /** By what would come of them, the most frequent first. */
  result(): readonly Simulated[] {
    const order = Object.keys(CHANGES);
    return [...this.sums.values()].sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || b.count - a.count || a.first - b.first);
  }
}

/** The same over lines that are all there. */
export function simulate(simulation: Simulation, lines: Iterable<LogLine>): readonly Simulated[] {
  const simulator = new Simulator(simulation);
  for (const line of lines) simulator.take(line);
  return simulator.result();
}
