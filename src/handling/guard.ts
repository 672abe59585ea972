import type { EvidenceKind, Extent, HandlingBlock, HandlingKind, Outcome } from './block.js';
import type { Declaration, DeclaredFile, EvidenceRule, IdentityArticle, LegalGround, Mode, Recipient } from './declaration.js';
import { describeFinding, type Finding } from './refusal.js';
import { RULES, formItem, printedItem, type Rule } from './rules.js';

/** A piece of evidence as it was found in its own stream. */
export interface EvidenceFact {
  readonly kind: EvidenceKind;
  readonly ref: string;
  readonly article?: IdentityArticle;
  /** whom it concerns; empty when it concerns nobody in particular */
  readonly subjects: readonly string[];
}

/** What somebody is about to do, or did elsewhere, with personal information. */
export interface HandlingRequest {
  readonly kind: HandlingKind;
  readonly extent?: Extent;
  readonly file: string;
  readonly system: string;
  readonly purpose?: string;
  readonly legalGround?: string;
  readonly subjects: readonly string[];
  /** which classes of persons the subjects belong to (対象となる本人の範囲) */
  readonly scopes?: readonly string[];
  readonly items: readonly string[];
  /** the department that handles */
  readonly department: string;
  readonly source?: string;
  readonly recipient?: string;
  readonly method?: string;
  readonly matching?: string;
  readonly statistics?: string;
  readonly decision?: string;
  readonly place?: string;
  /** 実施区分 */
  readonly numberClass?: string;
  readonly erasureMethod?: string;
  readonly evidence?: readonly EvidenceFact[];
  /** rules that the context itself found broken, such as a confirmation by the person who entered */
  readonly breaks?: readonly Rule[];
  /** true for what has already happened outside the engine: it is recorded whatever is written */
  readonly happenedElsewhere?: boolean;
  readonly assurance?: HandlingBlock['assurance'];
  /** RFC 3339; the version in force then judges */
  readonly at: string;
}

export interface Judgement {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** in Japanese, one line a finding */
  readonly reasons: readonly string[];
  /** true when what happened elsewhere goes against an enforced item: the record of it must give a reason */
  readonly reasonRequired: boolean;
  readonly block: HandlingBlock;
}

interface CompiledFile {
  readonly written: DeclaredFile;
  readonly allowed: ReadonlyMap<Rule, ReadonlySet<string>>;
  readonly recipients: ReadonlyMap<string, Recipient>;
  readonly transferees: ReadonlyMap<string, Recipient>;
  readonly numberClasses: ReadonlySet<string>;
}

interface CompiledVersion {
  readonly declaration: Declaration;
  /** instant of the day's beginning in Japan */
  readonly from: string;
  readonly files: ReadonlyMap<string, CompiledFile>;
  readonly grounds: ReadonlyMap<string, Validity>;
}

/** From and before which instant a row of law is valid. */
interface Validity {
  readonly kind: LegalGround['kind'];
  readonly from: string;
  readonly before: string | undefined;
  /** until which instant it stood under an earlier number; none when it never did */
  readonly formerBefore: string | undefined;
}

/** A change of one item's mode, from an instant on. */
export interface ModeChange {
  readonly version: number;
  readonly file: string;
  readonly rule: Rule;
  readonly mode: Mode;
  readonly from: string;
}

const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

/** Judges handlings by the written items in force. Folded from the engine's own appends, so it is always exact. */
export class Guard {
  private versions: readonly CompiledVersion[] = [];
  private changes: readonly ModeChange[] = [];

  /** A version comes into force. Putting the same version in force again replaces it. */
  putInForce(declaration: Declaration): void {
    const others = this.versions.filter((version) => version.declaration.assessment.version !== declaration.assessment.version);
    this.versions = [...others, compile(declaration)].sort((a, b) => (a.from === b.from ? a.declaration.assessment.version - b.declaration.assessment.version : a.from < b.from ? -1 : 1));
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
    if (!version || !file) return this.conclude(request, version, [{ rule: version ? 'unknownFile' : 'noneInForce' }], true);
    const broken = brokenRules(request, version, file);
    if (broken.length === 0) return this.conclude(request, version, NO_FINDINGS, false);
    const counted = broken.filter((rule) => this.effectiveMode(version, request, rule) !== 'unchecked');
    const enforced = counted.some((rule) => this.effectiveMode(version, request, rule) === 'enforce');
    return this.conclude(request, version, counted.map((rule) => findingOf(rule, version.declaration)), enforced);
  }

  /** The judgement of someone who lacks the right, or comes by a way that is not for this. */
  refuse(request: HandlingRequest, rule: 'right' | 'channel' | 'protection'): Judgement {
    const version = this.versionAt(request.at);
    const finding = rule === 'protection' && version ? findingOf(rule, version.declaration) : { rule };
    return this.conclude({ ...request, happenedElsewhere: false }, version, [finding], true);
  }

  /** For what no written item is about: the engine's own records of handlings. */
  permit(request: HandlingRequest): Judgement {
    return this.conclude(request, this.versionAt(request.at), NO_FINDINGS, false);
  }

  /** 移行: what was handled under earlier rules is recorded and not judged by today's. */
  recordUnjudged(request: HandlingRequest): Judgement {
    const judgement = this.permit({ ...request, assurance: 'attested' });
    return { ...judgement, block: { ...judgement.block, declarationVersion: 0 } };
  }

  private conclude(request: HandlingRequest, version: CompiledVersion | undefined, findings: readonly Finding[], enforced: boolean): Judgement {
    const outcome = findings.length === 0 ? 'written' : enforced && !request.happenedElsewhere ? 'refused' : 'deviation';
    return {
      outcome,
      findings,
      reasons: findings.map((finding) => describeFinding(finding, version?.declaration, request.file, request)),
      reasonRequired: outcome === 'deviation' && enforced,
      block: toBlock(request, outcome, findings, version?.declaration),
    };
  }

  private effectiveMode(version: CompiledVersion, { file, at }: HandlingRequest, rule: Rule): Mode['mode'] {
    const mode = this.modeOf(version.declaration.assessment.version, file, rule, at);
    if (!mode) return 'enforce'; // a rule without a written item allows nothing
    return mode.mode === 'observe' && startOfDay(mode.until, 1) <= at ? 'enforce' : mode.mode;
  }

  private versionAt(at: string): CompiledVersion | undefined {
    return this.versions.findLast(({ from }) => from <= at);
  }
}

function brokenRules(request: HandlingRequest, version: CompiledVersion, file: CompiledFile): readonly Rule[] {
  const broken: Rule[] = [...(request.breaks ?? [])];
  const mustBe = (rule: Rule, value: string | undefined, needed = false): void => {
    if (value === undefined ? needed : !file.allowed.get(rule)?.has(value)) broken.push(rule);
  };
  const allMustBe = (rule: Rule, values: readonly string[]): void => {
    const allowed = file.allowed.get(rule);
    for (const value of values) {
      if (!allowed?.has(value)) {
        broken.push(rule);
        return;
      }
    }
  };
  const { kind } = request;
  allMustBe('items', request.items);
  if (request.scopes) allMustBe('scope', request.scopes);
  if (kind === 'acquisition') {
    mustBe('source', request.source, true);
    mustBe('method', request.method, true);
  }
  if (kind !== 'erasure' && kind !== 'keeping') mustBe('department', request.department, true);
  if (kind === 'acquisition' || kind === 'use') mustBe('purpose', request.purpose, true);
  mustBe('matching', request.matching);
  mustBe('statistics', request.statistics);
  mustBe('decision', request.decision);
  if (kind === 'entrustment') mustBe('entrustee', request.recipient, true);
  if (kind === 'provision') checkRecipient(request, version, file, 'recipient', broken);
  if (kind === 'transfer') checkRecipient(request, version, file, 'transferee', broken);
  mustBe('place', request.place, kind === 'keeping');
  mustBe('erasureMethod', request.erasureMethod, kind === 'erasure');
  if (request.items.includes(file.written.numberItem)) checkNumber(request, version, file, broken);
  checkEvidence(request, file.written.evidence, broken);
  return broken;
}

/** Rules of 提供 and of 移転: each form prints them apart. */
const HANDING_OUT = {
  provision: { information: 'information', method: 'provisionMethod', ground: 'provisionGround' },
  transfer: { information: 'transferInformation', method: 'transferMethod', ground: 'transferGround' },
} as const;

function checkRecipient(request: HandlingRequest, version: CompiledVersion, { recipients, transferees, allowed }: CompiledFile, rule: 'recipient' | 'transferee', broken: Rule[]): void {
  const recipient = (rule === 'recipient' ? recipients : transferees).get(request.recipient ?? '');
  if (!recipient) {
    broken.push(rule);
    return;
  }
  const names = rule === 'recipient' ? HANDING_OUT.provision : HANDING_OUT.transfer;
  if (request.items.some((item) => !recipient.information.includes(item))) broken.push(names.information);
  if (!request.method || !recipient.methods.includes(request.method)) broken.push(names.method);
  if (!request.legalGround || !recipient.grounds.includes(request.legalGround) || !isValid(version, request)) broken.push(names.ground);
  // What goes over the network stands on a row of the 主務省令 that the assessment names.
  if (request.legalGround && version.grounds.get(request.legalGround)?.kind === 'link' && !allowed.get('linkGround')?.has(request.legalGround)) broken.push('linkGround');
}

/** The number may be handled on a legal ground only, and not for 任意接種. */
function checkNumber(request: HandlingRequest, version: CompiledVersion, file: CompiledFile, broken: Rule[]): void {
  if (request.numberClass !== undefined && !file.numberClasses.has(request.numberClass)) broken.push('numberClass');
  if (request.kind === 'provision' || request.kind === 'transfer' || request.kind === 'erasure') return;
  const allowed = file.allowed.get('useGround');
  if (!request.legalGround || !allowed?.has(request.legalGround) || !isValid(version, request)) broken.push('useGround');
}

function isValid(version: CompiledVersion, { legalGround, at }: HandlingRequest): boolean {
  const row = version.grounds.get(legalGround!);
  if (!row) return false;
  return (row.from <= at && (row.before === undefined || at < row.before)) || (row.formerBefore !== undefined && at < row.formerBefore);
}

function checkEvidence(request: HandlingRequest, rules: readonly EvidenceRule[], broken: Rule[]): void {
  for (const { rule, when, needs, article } of rules) {
    if (when.kind !== request.kind) continue;
    if (when.source && !when.source.includes(request.source ?? '')) continue;
    if (when.counterpart && !when.counterpart.includes(request.recipient ?? '')) continue;
    if (when.items && !when.items.some((item) => request.items.includes(item))) continue;
    const fitting = (request.evidence ?? []).filter((fact) => fact.kind === needs && (article === undefined || fact.article === article));
    const forAll = fitting.some(({ subjects }) => subjects.length === 0 || request.subjects.every((subject) => subjects.includes(subject)));
    const forEach = fitting.length > 0 && request.subjects.every((subject) => fitting.some(({ subjects }) => subjects.includes(subject)));
    if (!forAll && !forEach && !broken.includes(rule)) broken.push(rule);
  }
}

/** The form item is named where the form of this assessment prints one. */
function findingOf(rule: Rule, { assessment }: Declaration): Finding {
  return printedItem(rule, assessment.form) ? { rule, item: formItem(rule) } : { rule };
}

function toBlock(request: HandlingRequest, outcome: Outcome, findings: readonly Finding[], declaration: Declaration | undefined): HandlingBlock {
  const counterpart = request.recipient ?? request.source;
  return {
    kind: request.kind,
    ...(request.extent && { extent: request.extent }),
    affair: declaration?.affair.code ?? 'none',
    file: request.file,
    system: request.system,
    ...(request.purpose && { purpose: request.purpose }),
    ...(request.legalGround && { legalGround: request.legalGround }),
    subjects: request.subjects,
    items: request.items,
    ...(counterpart && { counterpart }),
    ...(request.method && { method: request.method }),
    evidence: request.evidence?.map(({ kind, ref }) => ({ kind, ref })) ?? [],
    outcome,
    findings: findings,
    assurance: request.assurance ?? 'enforced',
    declarationVersion: declaration?.assessment.version ?? 0,
  };
}

function compile(declaration: Declaration): CompiledVersion {
  const byCode = <T extends { readonly code: string }>(rows: readonly T[]): ReadonlyMap<string, T> => new Map(rows.map((row) => [row.code, row]));
  const files = declaration.files.map((written): [string, CompiledFile] => [
    written.code,
    {
      written,
      allowed: new Map(RULES.flatMap((rule) => (written.items[rule] ? [[rule, new Set(written.items[rule].values.map(({ code }) => code))] as const] : []))),
      recipients: byCode(written.recipients),
      transferees: byCode(written.transferees),
      numberClasses: new Set(written.numberClasses),
    },
  ]);
  return { declaration, from: startOfDay(declaration.effectiveFrom), files: new Map(files), grounds: new Map(declaration.legalGrounds.map(validity)) };
}

/** A ground that had another number before was a ground before. */
function validity({ code, kind, from, until, former }: LegalGround): [string, Validity] {
  return [code, { kind, from: startOfDay(from), formerBefore: former && startOfDay(former.until, 1), before: until === undefined ? undefined : startOfDay(until, 1) }];
}

/** The instant at which a day begins in Japan, `plus` days later. */
function startOfDay(date: string, plus = 0): string {
  return new Date(Date.parse(`${date}T00:00:00+09:00`) + plus * 86_400_000).toISOString();
}
