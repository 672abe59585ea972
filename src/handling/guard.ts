import { UNLISTED, type HandlingBlock, type Outcome } from './block.js';
import { brokenRules } from './broken-rules.js';
import { compile, startOfDay, type CompiledVersion } from './compiled-version.js';
import type { Declaration, Mode } from './declaration.js';
import { describeFinding, type Finding } from './refusal.js';
import type { HandlingRequest } from './request.js';
import { formItem, printedItem, type Rule, type StandingRule } from './rules.js';

export interface Judgement {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** in Japanese, one line a finding */
  readonly reasons: readonly string[];
  /** true when what happened elsewhere goes against an enforced item: the record of it must give a reason */
  readonly reasonRequired: boolean;
  readonly block: HandlingBlock;
  /** codes of the caller that are on no list, as a JSON object: to be sealed beside the block, where they are `unknown` */
  readonly given?: string;
}

/** A change of one item's mode, from an instant on. */
export interface ModeChange {
  readonly version: number;
  readonly file: string;
  readonly rule: Rule;
  readonly mode: Mode;
  readonly from: string;
}

/** After every instant there can be. */
const NEVER = '~';

const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

/** Judges handlings by the written items in force. Folded from the engine's own appends, so it is always exact. */
export class Guard {
  private versions: readonly CompiledVersion[] = [];
  private changes: readonly ModeChange[] = [];
  /** every code that may stand open: of any version ever put in force, and the engine's own */
  private listed: ReadonlySet<string>;

  /** `ownCodes`: what the engine itself names, whatever is written: members of its records, files of its own */
  constructor(private readonly ownCodes: ReadonlySet<string> = new Set()) {
    this.listed = ownCodes;
  }

  /**
   * A version comes into force, from the beginning of its day, or from an instant: then it takes the place of what waits for a later one,
   * which will never begin. Putting the same version in force again replaces it.
   */
  putInForce(declaration: Declaration, instant?: string): void {
    const from = instant ?? startOfDay(declaration.effectiveFrom);
    const others = this.versions.filter((version) => version.declaration.assessment.version !== declaration.assessment.version);
    const overtaken = others.map((version) => (instant !== undefined && version.from > instant ? { ...version, from: NEVER } : version));
    this.versions = [...overtaken, { ...compile(declaration), from }].sort((a, b) => (a.from === b.from ? a.declaration.assessment.version - b.declaration.assessment.version : a.from < b.from ? -1 : 1));
    this.listed = new Set([...this.ownCodes, ...this.versions.flatMap(({ codes }) => [...codes])]);
  }

  changeMode(change: ModeChange): void {
    this.changes = [...this.changes, change];
  }

  /** The version in force at an instant, as known now. */
  inForce(at: string): Declaration | undefined {
    return this.versionAt(at)?.declaration;
  }

  /** Every version put in force, by date. */
  all(): readonly Declaration[] {
    return this.versions.map(({ declaration }) => declaration);
  }

  /** The one legal ground on which the number of a file may be used, when the written items name just one. */
  soleUseGround(file: string, at: string): string | undefined {
    const grounds = this.versionAt(at)?.files.get(file)?.written.items.useGround?.values;
    return grounds?.length === 1 ? grounds[0]!.code : undefined;
  }

  modeOf(version: number, file: string, rule: Rule, at: string): Mode | undefined {
    const written = this.versions.find(({ declaration }) => declaration.assessment.version === version)?.files.get(file)?.written.items[rule];
    return this.changes.findLast((change) => change.version === version && change.file === file && change.rule === rule && change.from <= at)?.mode ?? written?.mode;
  }

  /** Pure: judges and builds the block; recording it is the caller's. */
  judge(request: HandlingRequest): Judgement {
    const version = this.versionAt(request.at);
    const file = version?.files.get(request.file);
    if (isOfAnotherFile(request)) return this.refuse(request, !version ? 'noneInForce' : file ? 'otherFile' : 'unknownFile');
    // What happened before is recorded whatever was written; but nothing goes into a file that no version has ever named.
    if (!this.knows(request.file)) return this.refuse(request, version ? 'unknownFile' : 'noneInForce');
    if (!version || !file) return this.conclude(request, version, [{ rule: version ? 'unknownFile' : 'noneInForce' }], true);
    const broken = brokenRules(request, version, file);
    if (broken.length === 0) return this.conclude(request, version, NO_FINDINGS, false);
    const counted = broken.filter((rule) => this.effectiveMode(version, request, rule) !== 'unchecked');
    const enforced = counted.some((rule) => this.effectiveMode(version, request, rule) === 'enforce');
    return this.conclude(request, version, counted.map((rule) => findingOf(rule, version.declaration)), enforced);
  }

  /** The judgement of someone who lacks the right, or comes by a way that is not for this. */
  refuse(request: HandlingRequest, rule: StandingRule | 'protection'): Judgement {
    const version = this.versionAt(request.at);
    const finding = rule === 'protection' && version ? findingOf(rule, version.declaration) : { rule };
    return this.conclude({ ...request, happenedElsewhere: false }, version, [finding], true);
  }

  /** For what no written item is about: the engine's own records of handlings. */
  permit(request: HandlingRequest): Judgement {
    return this.conclude(request, this.versionAt(request.at), NO_FINDINGS, false);
  }

  /** 移行: what was handled under earlier rules is recorded and not judged by today's. The file it goes into must be written. */
  recordUnjudged(request: HandlingRequest): Judgement {
    const version = this.versionAt(request.at);
    if (isOfAnotherFile(request)) return this.refuse(request, 'otherFile');
    if (!version?.files.has(request.file)) return this.conclude(request, version, [{ rule: version ? 'unknownFile' : 'noneInForce' }], true);
    const judgement = this.permit({ ...request, assurance: 'attested' });
    return { ...judgement, block: { ...judgement.block, declarationVersion: 0 } };
  }

  private conclude(request: HandlingRequest, version: CompiledVersion | undefined, findings: readonly Finding[], enforced: boolean): Judgement {
    const outcome = findings.length === 0 ? 'written' : enforced && !request.happenedElsewhere ? 'refused' : 'deviation';
    const { block, given } = this.toBlock(request, outcome, findings, version);
    return {
      outcome,
      findings,
      reasons: findings.map((finding) => describeFinding(finding, version?.declaration, block)),
      reasonRequired: outcome === 'deviation' && enforced,
      block,
      ...(given !== undefined && { given }),
    };
  }

  /** Free to choose, a code could carry anything: what no list has does not stand in the open block. */
  private toBlock(request: HandlingRequest, outcome: Outcome, findings: readonly Finding[], version: CompiledVersion | undefined): Pick<Judgement, 'block' | 'given'> {
    const given: { [member: string]: string | readonly string[] } = {};
    const isListed = (code: string): boolean => this.listed.has(code);
    const open = <M extends string>(member: M, code: string | undefined): { readonly [name in M]?: string } => {
      if (!code) return {};
      if (!isListed(code)) given[member] = code;
      return { [member]: isListed(code) ? code : UNLISTED } as { readonly [name in M]?: string };
    };
    const allListed = request.items.every(isListed);
    if (!allListed) given.items = request.items.filter((item) => !isListed(item));
    const block: HandlingBlock = {
      kind: request.kind,
      ...(request.extent && { extent: request.extent }),
      affair: version?.declaration.affair.code ?? 'none',
      file: UNLISTED,
      ...open('file', request.file),
      system: request.system,
      ...open('purpose', request.purpose),
      ...(request.reasonCode && { reasonCode: request.reasonCode }),
      ...(request.emergency && { emergency: request.emergency }),
      ...open('legalGround', request.legalGround),
      subjects: request.subjects,
      items: allListed ? request.items : request.items.map((item) => (isListed(item) ? item : UNLISTED)),
      ...open('counterpart', request.recipient ?? request.source),
      ...open('method', request.method),
      evidence: request.evidence?.map(({ kind, ref }) => ({ kind, ref })) ?? [],
      outcome,
      findings,
      assurance: request.assurance ?? 'enforced',
      declarationVersion: version?.declaration.assessment.version ?? 0,
    };
    return Object.keys(given).length > 0 ? { block, given: JSON.stringify(given) } : { block };
  }

  private effectiveMode(version: CompiledVersion, { file, at }: HandlingRequest, rule: Rule): Mode['mode'] {
    const mode = this.modeOf(version.declaration.assessment.version, file, rule, at);
    if (!mode) return 'enforce'; // a rule without a written item allows nothing
    return mode.mode === 'observe' && startOfDay(mode.until, 1) <= at ? 'enforce' : mode.mode;
  }

  /** Whether any version names a file. A file keeps its code from version to version: its records go by it. */
  knows(file: string): boolean {
    return this.versions.some(({ files }) => files.has(file));
  }

  private versionAt(at: string): CompiledVersion | undefined {
    return this.versions.findLast(({ from }) => from <= at);
  }
}

/** The form item is named where the form of this assessment prints one. */
function findingOf(rule: Rule, { assessment }: Declaration): Finding {
  return printedItem(rule, assessment.form) ? { rule, item: formItem(rule) } : { rule };
}

function isOfAnotherFile({ file, recordFile }: HandlingRequest): boolean {
  return recordFile !== undefined && recordFile !== file;
}
