import { HANDLING_KINDS, UNLISTED, type EvidenceKind, type Extent, type HandlingKind } from '../../src/handling/block.js';
import { startOfDay } from '../../src/handling/compiled-version.js';
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

/** The request that an open block tells of. Evidence counts as what it is named as, for everybody concerned; of an identity check any article. */
function requestOf({ kind, extent, file, system, purpose, legalGround, subjects, items, department, counterpart, method, evidence, occurredAt }: LogLine): HandlingRequest {
  const facts = evidence.flatMap(({ kind: of, ref }): readonly EvidenceFact[] => {
    const fact = { kind: of as EvidenceKind, ref, subjects: [] };
    return of === 'identity-check' ? IDENTITY_ARTICLES.map((article) => ({ ...fact, article })) : [fact];
  });
  return {
    kind: kind as HandlingKind, file, system, subjects, items, department, evidence: facts, at: occurredAt,
    ...(extent !== null && { extent: extent as Extent }), ...(purpose !== null && { purpose }), ...(legalGround !== null && { legalGround }), ...(method !== null && { method }),
    ...(counterpart !== null && (kind === 'acquisition' ? { source: counterpart } : { recipient: counterpart })),
  };
}

/** Which member of the open block a rule looks at: where that is veiled, for no list has the code, nothing can be told. */
const MEMBER: { readonly [rule: string]: (line: LogLine) => readonly (string | null)[] } = {
  ...Object.fromEntries((['source', 'entrustee', 'recipient', 'transferee'] as const).map((rule) => [rule, ({ counterpart }: LogLine) => [counterpart]])),
  ...Object.fromEntries((['method', 'provisionMethod', 'transferMethod'] as const).map((rule) => [rule, ({ method }: LogLine) => [method]])),
  ...Object.fromEntries((['useGround', 'linkGround', 'provisionGround', 'transferGround'] as const).map((rule) => [rule, ({ legalGround }: LogLine) => [legalGround]])),
  ...Object.fromEntries((['items', 'information', 'transferInformation'] as const).map((rule) => [rule, ({ items }: LogLine) => items])),
  purpose: ({ purpose }) => [purpose],
  unknownFile: ({ file }) => [file],
};

function isUntellable(rule: string, line: LogLine): boolean {
  return SEALED_RULES.has(rule) || MEMBER[rule]?.(line).includes(UNLISTED) === true;
}

export interface Simulation {
  /** the version that is tried */
  readonly tried: Declaration;
  /** those that judged the handlings */
  readonly inForce: readonly Declaration[];
  readonly modes?: readonly ModeChange[];
}

/** A version with its guard, to which it has always been in force. */
class Judge {
  private readonly guard = new Guard();
  private readonly known = new Map<string, string>();

  constructor(
    readonly declaration: Declaration,
    changes: readonly ModeChange[] = [],
  ) {
    this.guard.putInForce({ ...declaration, effectiveFrom: LONG_AGO });
    for (const change of changes) if (change.version === declaration.assessment.version) this.guard.changeMode(change);
  }

  findings(request: HandlingRequest): readonly string[] {
    return this.guard.judge(request).findings.map(({ rule }) => rule);
  }

  /** Whether a rule stops what goes against it, rather than noting it. */
  enforces(rule: string, file: string, at: string): boolean {
    const mode = this.guard.modeOf(this.declaration.assessment.version, file, rule as Rule, at);
    return mode === undefined || mode.mode === 'enforce' || (mode.mode === 'observe' && startOfDay(mode.until, 1) <= at);
  }

  /** All that is written about a rule in a file, as one text: two versions that say the same judge the same. */
  says(rule: string, code: string): string {
    const key = `${rule} ${code}`;
    let said = this.known.get(key);
    if (said === undefined) {
      const file = this.declaration.files.find((one) => one.code === code);
      const party = rule.startsWith('transfer') ? file?.transferees : /^(recipient|information|provision)/.test(rule) ? file?.recipients : undefined;
      this.known.set(key, (said = JSON.stringify([file !== undefined, file?.items[rule as Rule], party, file?.evidence.filter((asked) => asked.rule === rule), rule === 'numberClass' && file?.numberClasses, /Ground$/.test(rule) && this.declaration.legalGrounds])));
    }
    return said;
  }
}

/**
 * Which handlings would be refused or noted under another version, and which refusals would be none. Each is judged twice by the guard itself,
 * from what its open block tells: by the version that judged it, and by the other. Only where the two differ does the other version matter: what
 * cannot be told from the block is missing from both. Pure; keeps no more than a sum for each rule, file, department and purpose.
 */
export class Simulator {
  private readonly sums = new Map<string, Simulated>();
  private readonly tried: Judge;
  private readonly then: ReadonlyMap<number, Judge>;
  private readonly files: ReadonlySet<string>;
  looked = 0;

  constructor({ tried, inForce, modes = [] }: Simulation) {
    this.tried = new Judge(tried);
    this.then = new Map(inForce.map((declaration) => [declaration.assessment.version, new Judge(declaration, modes)]));
    this.files = new Set([tried, ...inForce].flatMap(({ files }) => files.map(({ code }) => code)));
  }

  take(line: LogLine): void {
    // The engine's own records are in no assessment, and 移行 is judged by none.
    if (!this.files.has(line.file) || (line.declarationVersion === 0 && line.outcome === 'written') || !HANDLING_KINDS.includes(line.kind as HandlingKind)) return;
    this.looked += 1;
    const recorded = [...new Set(line.findings.map(({ rule }) => rule))];
    if (line.outcome === 'refused' && recorded.some((rule) => !OF_A_VERSION.has(rule))) return;
    const then = this.then.get(line.declarationVersion);
    const request = requestOf(line);
    const would = this.tried.findings(request);
    // Broken by the block alone, although it was allowed then: the block does not tell all that was known.
    const untold = new Set(then?.findings(request).filter((rule) => !recorded.includes(rule)));
    const fresh = would.filter((rule) => !recorded.includes(rule) && !untold.has(rule) && !SEALED_RULES.has(rule));
    const isSame = (rule: string): boolean => then?.says(rule, line.file) === this.tried.says(rule, line.file);
    const unknown = recorded.filter((rule) => !isSame(rule) && isUntellable(rule, line));
    const still = recorded.filter((rule) => isSame(rule) || (!unknown.includes(rule) && would.includes(rule)));
    this.compare(line, then, { recorded, fresh, still, unknown });
  }

  private compare(line: LogLine, then: Judge | undefined, { recorded, fresh, still, unknown }: Readonly<Record<'recorded' | 'fresh' | 'still' | 'unknown', readonly string[]>>): void {
    const { file, occurredAt, outcome, assurance } = line;
    const stops = (rule: string): boolean => this.tried.enforces(rule, file, occurredAt);
    const wasStopped = (rule: string): boolean => then?.enforces(rule, file, occurredAt) !== false;
    // What an enforced item speaks against and was recorded all the same had happened elsewhere.
    const elsewhere = assurance !== 'enforced' || (outcome === 'deviation' && recorded.some(wasStopped));
    const against = [...fresh, ...still];
    if (outcome !== 'refused') for (const rule of against) if (fresh.includes(rule) || (!elsewhere && stops(rule))) this.add(isUntellable(rule, line) && fresh.includes(rule) ? 'unknown' : !elsewhere && stops(rule) ? 'refused' : 'deviation', rule, line);
    if (outcome === 'refused' && against.length > 0 && !against.some(stops)) for (const rule of recorded) this.add('deviation', rule, line);
    if (outcome !== 'written' && against.length === 0) for (const rule of recorded) this.add(unknown.length > 0 ? 'unknown' : 'allowed', rule, line);
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
