import { checkForm } from './check-form.js';
import type { Column, Form, FormItem, FormNumber, FormSection, ItemKind, Option, Repeat, Tick, When } from './form.js';
import { readMembers, type Members, type Reading } from './members.js';

const KINDS: readonly ItemKind[] = ['text', 'choice', 'ticks', 'date', 'count', 'figure', 'block', 'table'];
const NUMBERS: readonly FormNumber[] = ['1', '2', '3', '4'];
const AGENCIES = ['administrative', 'local'] as const;

/** Reads an edition from JSON and checks it whole. Option lists are named once in `lists`; a label printed as it is needs no `printed`. */
export function readForm(text: string): Reading<Form> {
  const reading = readMembers(text, (root, fault) => new FormReader(fault).form(root));
  const faults = reading.ok ? checkForm(reading.value) : [];
  return faults.length > 0 ? { ok: false, faults } : reading;
}

class FormReader {
  private options = new Map<string, readonly Option[]>();
  private ticks = new Map<string, readonly Tick[]>();
  private readonly used = new Set<string>();

  constructor(private readonly add: (path: string, cause: string) => void) {}

  form(top: Members): Form {
    for (const [name, list] of top.entries('lists')) {
      const entries = list.map((entry) => (entry.has('number') ? { option: this.option(entry) } : { tick: this.tick(entry) }));
      const options = entries.flatMap(({ option }) => option ?? []);
      const ticks = entries.flatMap(({ tick }) => tick ?? []);
      if (options.length > 0 && ticks.length > 0) this.add(`/lists/${name}`, '番号のある選択肢とない選択肢が混ざっています');
      if (options.length > 0) this.options.set(name, options);
      else this.ticks.set(name, ticks);
    }
    const form: Form = {
      formId: top.text('formId'),
      form: top.one('form', NUMBERS),
      name: top.text('name'),
      title: top.text('title'),
      edition: top.text('edition'),
      editionMark: top.text('editionMark'),
      validFrom: top.textOrNull('validFrom'),
      editionConfirmed: top.flag('editionConfirmed'),
      source: top.text('source'),
      contents: top.texts('contents'),
      sections: top.list('sections').map((section) => this.section(section, top.flag('confirmed'))),
    };
    for (const name of [...this.options.keys(), ...this.ticks.keys()]) if (!this.used.has(name)) this.add(`/lists/${name}`, 'どの項目も使っていない選択肢です');
    return form;
  }

  private section(members: Members, confirmed: boolean): FormSection {
    const title = members.text('title');
    const sure = members.flag('confirmed', confirmed);
    const starNote = members.optional('starNote');
    const section: FormSection = {
      id: members.text('id'),
      number: members.anyText('number'),
      title,
      printed: members.optional('printed') ?? title,
      ...(starNote !== undefined && { starNote }),
      starExcept: members.texts('starExcept'),
      confirmed: sure,
      seenIn: members.texts('seenIn'),
      ...(members.has('repeat') && { repeat: this.repeat(members.member('repeat')) }),
      items: members.list('items').map((item) => this.item(item, sure)),
    };
    members.done();
    return section;
  }

  private item(members: Members, confirmed: boolean): FormItem {
    const label = members.text('label');
    const sure = members.flag('confirmed', confirmed);
    const fixedText = members.optional('fixedText');
    const item: FormItem = {
      id: members.text('id'),
      number: members.anyText('number'),
      label,
      printed: members.optional('printed') ?? label,
      kind: members.one('kind', KINDS),
      significant: members.flag('significant', false),
      optional: members.flag('optional', false),
      confirmed: sure,
      seenIn: members.texts('seenIn'),
      options: this.named(members, 'options', this.options),
      ticks: this.named(members, 'ticks', this.ticks),
      columns: members.list('columns').map((column) => this.column(column)),
      ...(members.has('repeat') && { repeat: this.repeat(members.member('repeat')) }),
      ...(members.has('when') && { when: this.when(members.member('when')) }),
      ...(fixedText !== undefined && { fixedText }),
      items: members.list('items').map((child) => this.item(child, sure)),
    };
    members.done();
    return item;
  }

  private named<T>(members: Members, member: string, lists: ReadonlyMap<string, readonly T[]>): readonly T[] {
    const name = members.optional(member);
    if (name === undefined) return [];
    this.used.add(name);
    const list = lists.get(name);
    if (!list) members.fault(member, `「${name}」という選択肢の一覧は「lists」にありません`);
    return list ?? [];
  }

  private option(members: Members): Option {
    const min = members.integer('min');
    const below = members.integer('below');
    const option = { code: members.text('code'), number: members.integer('number') ?? 0, label: members.text('label'), ...(min !== undefined && { min }), ...(below !== undefined && { below }) };
    members.done();
    return option;
  }

  private tick(members: Members): Tick {
    const group = members.optional('group');
    const count = members.optional('count');
    const tick = { code: members.text('code'), label: members.text('label'), ...(group !== undefined && { group }), freeText: members.flag('freeText', false), ...(count !== undefined && { count }) };
    members.done();
    return tick;
  }

  private column(members: Members): Column {
    const column = { code: members.text('code'), label: members.text('label'), options: members.texts('options') };
    members.done();
    return column;
  }

  private repeat(members: Members): Repeat {
    const count = members.optional('count');
    const repeat = { block: members.text('block'), label: members.text('label'), max: members.integerOrNull('max'), slots: members.texts('slots'), ...(count !== undefined && { count }) };
    members.done();
    return repeat;
  }

  private when(members: Members): When {
    const item = members.optional('item');
    const when: When = {
      words: members.text('words'),
      ...(item !== undefined && { item }),
      ...(members.has('has') && { has: members.texts('has') }),
      ...(members.has('hasNot') && { hasNot: members.texts('hasNot') }),
      ...(members.has('agency') && { agency: members.one('agency', AGENCIES) }),
      ...(members.flag('voluntary', false) && { voluntary: true }),
    };
    members.done();
    return when;
  }
}
