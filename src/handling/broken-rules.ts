import type { CompiledFile, CompiledVersion } from './compiled-version.js';
import type { DeclaredFile, EvidenceRule } from './declaration.js';
import type { HandlingRequest } from './request.js';
import { RULES, type Rule } from './rules.js';

/** Which written items a handling goes against, in the order of the form's chapters. */
export function brokenRules(request: HandlingRequest, version: CompiledVersion, file: CompiledFile): readonly Rule[] {
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
  if (kind === 'use' && request.recipient !== undefined && !file.recipients.has(request.recipient) && !file.transferees.has(request.recipient)) broken.push('recipient');
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

/** The rules of which a file writes nothing: what they ask for is allowed to nobody. What is handed out is written with each recipient. */
export function unwrittenRules({ items, recipients, transferees }: Pick<DeclaredFile, 'items' | 'recipients' | 'transferees'>): readonly Rule[] {
  const withRecipients = new Set<Rule>([...(recipients.length > 0 ? Object.values(HANDING_OUT.provision) : []), ...(transferees.length > 0 ? Object.values(HANDING_OUT.transfer) : [])]);
  return RULES.filter((rule) => items[rule] === undefined && !withRecipients.has(rule));
}

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
