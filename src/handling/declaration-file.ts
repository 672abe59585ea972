import type { Node } from 'jsonc-parser';
import { isPlainDate } from '../codes/plain-date.js';
import { isCode } from '../ledger/fields.js';
import { EVIDENCE_KINDS, HANDLING_KINDS, type EvidenceKind, type HandlingKind } from './block.js';
import {
  IDENTITY_ARTICLES,
  SCREENS,
  type CodedLabel,
  type Declaration,
  type DeclaredFile,
  type EvidenceRule,
  type IdentityArticle,
  type LegalGround,
  type Mode,
  type Recipient,
  type WrittenItem,
} from './declaration.js';
import { ASKED_LOOKS, DEMANDS, type AskedLook, type Demand } from './door.js';
import { JsonSource, type SourceFault } from './json-source.js';
import { RULES, printedItem, type Form, type Rule } from './rules.js';

export type DeclarationReading = { readonly ok: true; readonly declaration: Declaration } | { readonly ok: false; readonly faults: readonly SourceFault[] };

export const DECLARATION_FORMAT = 'akashi-declaration-1';

/** Reads the written items from JSON. All faults are found at once, each with line, column and path, in Japanese. */
export function readDeclaration(text: string): DeclarationReading {
  const source = new JsonSource(text);
  if (!source.root || source.faults.length > 0) return { ok: false, faults: source.faults };
  const declaration = new Reader(source).declaration(source.root);
  return source.faults.length > 0 ? { ok: false, faults: source.faults } : { ok: true, declaration };
}

class Reader {
  private form: Form = '4';
  private readonly grounds = new Set<string>();

  constructor(private readonly source: JsonSource) {}

  declaration(root: Node): Declaration {
    const { source } = this;
    const top = source.object(root, ['format', 'assessment', 'effectiveFrom', 'affair', 'systems', 'legalGrounds', 'files'], ['note']);
    source.text(top.get('format'), (format) => format === DECLARATION_FORMAT, `「${DECLARATION_FORMAT}」`);
    const assessment = this.assessment(top.get('assessment'));
    const legalGrounds = this.unique(top.get('legalGrounds'), (node) => this.legalGround(node));
    for (const { code } of legalGrounds) this.grounds.add(code);
    return {
      assessment,
      effectiveFrom: this.date(top.get('effectiveFrom')),
      affair: this.coded(top.get('affair')),
      systems: this.unique(top.get('systems'), (node) => this.coded(node)),
      legalGrounds,
      files: this.unique(top.get('files'), (node) => this.file(node)),
    };
  }

  private assessment(node: Node | undefined): Declaration['assessment'] {
    const members = node ? this.source.object(node, ['number', 'form', 'title', 'version', 'publishedOn']) : new Map<string, Node>();
    this.form = this.one(members.get('form'), ['3', '4'] as const);
    return {
      number: this.source.integer(members.get('number'), 1),
      form: this.form,
      title: this.source.text(members.get('title')),
      version: this.source.integer(members.get('version'), 1),
      publishedOn: this.date(members.get('publishedOn')),
    };
  }

  private legalGround(node: Node): LegalGround {
    const members = this.source.object(node, ['code', 'kind', 'text', 'from', 'source', 'confirmed'], ['until', 'former']);
    const former = members.get('former');
    const old = former && this.source.object(former, ['text', 'until']);
    return {
      code: this.code(members.get('code')),
      kind: this.one(members.get('kind'), ['use', 'link', 'provision'] as const),
      text: this.source.text(members.get('text')),
      from: this.date(members.get('from')),
      ...(members.has('until') && { until: this.date(members.get('until')) }),
      ...(old && { former: { text: this.source.text(old.get('text')), until: this.date(old.get('until')) } }),
      source: this.source.text(members.get('source')),
      confirmed: this.source.flag(members.get('confirmed')),
    };
  }

  private file(node: Node): DeclaredFile {
    const members = this.source.object(node, ['code', 'label', 'items', 'numberItem', 'numberClasses'], ['recipients', 'transferees', 'evidence', 'numberScreens', 'door']);
    const items = new Map<Rule, WrittenItem>();
    for (const [name, item] of members.has('items') ? this.source.members(members.get('items')!) : []) {
      if (!RULES.includes(name as Rule)) this.source.fault(item, `「${name}」という照合規則はありません（${RULES.join('、')}）`);
      else items.set(name as Rule, this.item(item, name as Rule));
    }
    return {
      ...this.named(members),
      items: Object.fromEntries(items),
      numberItem: this.code(members.get('numberItem')),
      numberClasses: this.codes(members.get('numberClasses')),
      recipients: this.unique(members.get('recipients'), (recipient) => this.recipient(recipient)),
      transferees: this.unique(members.get('transferees'), (recipient) => this.recipient(recipient)),
      evidence: this.source.list(members.get('evidence'), (rule) => this.evidence(rule)),
      ...(members.has('numberScreens') && { numberScreens: this.source.list(members.get('numberScreens'), (screen) => this.one(screen, SCREENS)) }),
      ...(members.has('door') && { door: this.door(members.get('door')!) }),
    };
  }

  private door(node: Node): { readonly [look in AskedLook]?: Demand } {
    const members = this.source.object(node, [], [...ASKED_LOOKS]);
    return Object.fromEntries([...members].map(([look, demand]) => [look, this.one(demand, DEMANDS)]));
  }

  private item(node: Node, rule: Rule): WrittenItem {
    const members = this.source.object(node, ['values'], ['mode', 'document']);
    const document = members.has('document') ? this.source.text(members.get('document')) : undefined;
    if (!document && !printedItem(rule, this.form)) {
      this.source.fault(node, `様式${this.form}にはこの項目の欄がありません。根拠とする条例・規程・契約を「document」に書いてください`);
    }
    const isGround = rule === 'useGround' || rule === 'linkGround';
    return {
      mode: members.has('mode') ? this.mode(members.get('mode')!) : { mode: 'enforce' },
      values: this.unique(members.get('values'), (value) => (isGround ? this.ground(value) : this.coded(value))),
      ...(document && { document }),
    };
  }

  /** A row of law that a written item names must be one of those listed. */
  private ground(node: Node): CodedLabel {
    const ground = this.coded(node);
    if (ground.code && !this.grounds.has(ground.code)) this.source.fault(node, '「legalGrounds」にない根拠です');
    return ground;
  }

  private mode(node: Node): Mode {
    const members = this.source.object(node, ['mode'], ['reason', 'until']);
    const mode = this.one(members.get('mode'), ['enforce', 'observe', 'unchecked'] as const);
    if (mode === 'enforce') return { mode };
    if (!members.has('reason')) this.source.fault(node, '「observe」と「unchecked」には理由（reason）が要ります');
    const reason = this.source.text(members.get('reason'));
    if (mode === 'unchecked') return { mode, reason };
    if (!members.has('until')) this.source.fault(node, '「observe」には終了日（until）が要ります');
    return { mode, reason, until: this.date(members.get('until')) };
  }

  private recipient(node: Node): Recipient {
    const members = this.source.object(node, ['code', 'label', 'grounds', 'information', 'methods']);
    const grounds = this.source.list(members.get('grounds'), (ground) => {
      const code = this.code(ground);
      if (code && !this.grounds.has(code)) this.source.fault(ground, '「legalGrounds」にない根拠です');
      return code;
    });
    return { ...this.named(members), grounds, information: this.codes(members.get('information')), methods: this.codes(members.get('methods')) };
  }

  private evidence(node: Node): EvidenceRule {
    const members = this.source.object(node, ['rule', 'when', 'needs'], ['article']);
    const whenNode = members.get('when');
    const when = whenNode ? this.source.object(whenNode, ['kind'], ['source', 'counterpart', 'items']) : new Map<string, Node>();
    const only = (name: 'source' | 'counterpart' | 'items') => (when.has(name) ? { [name]: this.codes(when.get(name)) } : {});
    const needs = this.one<EvidenceKind>(members.get('needs'), EVIDENCE_KINDS);
    if (needs === 'identity-check' && !members.has('article')) this.source.fault(node, `本人確認には、どの本人確認か（article: ${IDENTITY_ARTICLES.join('、')}）が要ります`);
    return {
      rule: this.one<Rule>(members.get('rule'), RULES),
      when: { kind: this.one<HandlingKind>(when.get('kind'), HANDLING_KINDS), ...only('source'), ...only('counterpart'), ...only('items') },
      needs,
      ...(members.has('article') && { article: this.one<IdentityArticle>(members.get('article'), IDENTITY_ARTICLES) }),
    };
  }

  private coded(node: Node | undefined): CodedLabel {
    return this.named(node ? this.source.object(node, ['code', 'label']) : new Map<string, Node>());
  }

  private named(members: ReadonlyMap<string, Node>): CodedLabel {
    return { code: this.code(members.get('code')), label: this.source.text(members.get('label')) };
  }

  private code(node: Node | undefined): string {
    return this.source.text(node, isCode, '符号（半角の英数字と「-」「.」「:」、64字以内）');
  }

  private codes(node: Node | undefined): readonly string[] {
    return this.source.list(node, (item) => this.code(item));
  }

  private date(node: Node | undefined): string {
    return this.source.text(node, isPlainDate, '日付（YYYY-MM-DD）');
  }

  private one<T extends string>(node: Node | undefined, options: readonly T[]): T {
    return this.source.text(node, (text) => (options as readonly string[]).includes(text), `${options.join('、')} のどれか`) as T;
  }

  private unique<T extends { readonly code: string }>(node: Node | undefined, read: (item: Node) => T): readonly T[] {
    const seen = new Set<string>();
    return this.source.list(node, (item) => {
      const entry = read(item);
      if (entry.code && seen.has(entry.code)) this.source.fault(item, '同じ符号が二つあります');
      seen.add(entry.code);
      return entry;
    });
  }
}
