import type { CodedLabel, Declaration } from '../../src/handling/declaration.js';
import type { Form, Rule } from '../../src/handling/rules.js';
import { OWN_DEPARTMENTS, OWN_FILES, ruleWord, unlistedWord } from '../words.js';
import type { Section } from './sections.js';

/** What a code can be the code of. */
export type Listed = keyof typeof LIST_WORDS;

/** The lists that the written items make up; the others stand beside them. */
const OF_RULE: { readonly [rule in Rule]?: Listed } = {
  purpose: 'purpose', department: 'department', items: 'item', source: 'counterpart', entrustee: 'counterpart', recipient: 'counterpart', transferee: 'counterpart',
  method: 'method', provisionMethod: 'method', transferMethod: 'method', erasureMethod: 'method',
};

/** What codes are called in a file of one version. */
export interface FileLabels {
  of(list: Listed, code: string): string;
  /** null stays null */
  optional(list: Listed, code: string | null): string | null;
  /** of several codes, one behind the other */
  all(list: Listed, codes: readonly string[]): string;
  /** rules as the form of the version prints them, one behind the other */
  rules(findings: readonly { readonly rule: string }[]): string;
}

/**
 * What codes are called in the declarations: by the version that judged, or, of a handling that none judged, by the first that has the code.
 * A section that the version does not write goes by the name that the organisation has given it. What nobody names is said to be unwritten, with
 * its code. Whatever has been asked once is remembered: a report asks for the same codes a million times.
 */
export class Labels {
  private readonly labels = new Map<string, string>();
  private readonly sections: ReadonlyMap<string, string>;
  private readonly forms = new Map<number, Form>();
  private readonly places = new Map<number, Map<string, FileLabels>>();

  constructor(declarations: readonly Declaration[], sections: readonly Section[] = []) {
    this.sections = new Map(sections.map(({ code, name }) => [code, name]));
    const inOrder = [...declarations].sort((a, b) => a.assessment.version - b.assessment.version);
    for (const { assessment, affair, files, systems, legalGrounds } of inOrder) {
      this.forms.set(assessment.version, assessment.form);
      const add = (list: Listed, file: string, values: readonly CodedLabel[]): void => {
        for (const { code, label } of values) for (const key of [`${list} ${assessment.version} ${file} ${code}`, `${list} ${assessment.version} ${code}`, `${list} ${code}`]) if (!this.labels.has(key)) this.labels.set(key, label);
      };
      add('affair', '', [affair]);
      add('file', '', files);
      add('system', '', systems);
      add('ground', '', legalGrounds.map(({ code, text }) => ({ code, label: text })));
      for (const { code, items, recipients, transferees } of files) {
        add('counterpart', code, [...recipients, ...transferees]);
        for (const [rule, { values }] of Object.entries(items)) if (OF_RULE[rule as Rule]) add(OF_RULE[rule as Rule]!, code, values);
      }
    }
  }

  at(version: number, file: string): FileLabels {
    let files = this.places.get(version);
    if (!files) this.places.set(version, (files = new Map<string, FileLabels>()));
    let labels = files.get(file);
    if (!labels) files.set(file, (labels = this.labelsAt(version, file)));
    return labels;
  }

  /** Of a code that stands in no handling: a section by its own name, anything else by the first version that has it. */
  of(list: Listed, code: string): string {
    const own = list === 'department' ? this.sections.get(code) : undefined;
    return own ?? this.labels.get(`${list} ${code}`) ?? OWN[list]?.[code] ?? unlistedWord(LIST_WORDS[list], code);
  }

  /** A rule as the form of a version prints it. */
  rule(rule: string, version: number): string {
    return ruleWord(rule, this.forms.get(version) ?? '4');
  }

  private labelsAt(version: number, file: string): FileLabels {
    const known = Object.fromEntries(LISTS.map((list) => [list, new Map<string, string>()])) as Record<Listed, Map<string, string>>;
    const joined = new WeakMap<object, string>();
    const of = (list: Listed, code: string): string => {
      let label = known[list].get(code);
      if (label === undefined) {
        label = this.labels.get(`${list} ${version} ${file} ${code}`) ?? this.labels.get(`${list} ${version} ${code}`) ?? this.of(list, code);
        if (known[list].size < CODES_KEPT) known[list].set(code, label);
      }
      return label;
    };
    const once = (of: readonly object[] | readonly string[], join: () => string): string => {
      if (of.length === 0) return '';
      let text = joined.get(of);
      if (text === undefined) joined.set(of, (text = join()));
      return text;
    };
    return {
      of,
      optional: (list, code) => (code === null ? null : of(list, code)),
      all: (list, codes) => once(codes, () => codes.map((code) => of(list, code)).join('、')),
      rules: (findings) => once(findings, () => findings.map(({ rule }) => this.rule(rule, version)).join('、')),
    };
  }
}

const LIST_WORDS = { affair: '事務', file: '特定個人情報ファイル', purpose: '使用目的', department: '部署', item: '記録項目', counterpart: '相手方', method: '方法', ground: '法令上の根拠', system: 'システム' } as const;
const LISTS = Object.keys(LIST_WORDS) as readonly (keyof typeof LIST_WORDS)[];
/** What the engine names itself, whatever is written. */
const OWN: { readonly [list in Listed]?: { readonly [code: string]: string } } = { file: OWN_FILES, department: OWN_DEPARTMENTS };
/** Codes of one list that are remembered: more than any form writes. */
const CODES_KEPT = 10_000;
