import { ANSWERED_KINDS, type Form, type FormItem, type FormSection, type Position, type Repeat } from './form.js';

/** Where an item, a block or a section stands in its form. */
export interface Place {
  readonly id: string;
  readonly section: FormSection;
  /** undefined: the section itself. */
  readonly item?: FormItem;
  /** The items it stands under, the outermost first. */
  readonly parents: readonly FormItem[];
  /** Ids of the repeats it stands in, the outermost first; its own repeat is not among them. */
  readonly repeats: readonly string[];
  readonly repeat?: Repeat;
}

const INDEXES = new WeakMap<Form, ReadonlyMap<string, Place>>();

/** Every section, block and item in the order in which they are printed. */
export function* placesIn(form: Pick<Form, 'sections'>): Generator<Place> {
  for (const section of form.sections) {
    yield { id: section.id, section, parents: [], repeats: [], ...(section.repeat && { repeat: section.repeat }) };
    yield* under(section.items, section, [], section.repeat ? [section.id] : []);
  }
}

function* under(items: readonly FormItem[], section: FormSection, parents: readonly FormItem[], repeats: readonly string[]): Generator<Place> {
  for (const item of items) {
    yield { id: item.id, section, item, parents, repeats, ...(item.repeat && { repeat: item.repeat }) };
    yield* under(item.items, section, [...parents, item], item.repeat ? [...repeats, item.id] : repeats);
  }
}

/** The places of an edition by id; in the order of the form. */
export function placesOf(form: Form): ReadonlyMap<string, Place> {
  let index = INDEXES.get(form);
  if (!index) {
    index = new Map([...placesIn(form)].map((place) => [place.id, place]));
    INDEXES.set(form, index);
  }
  return index;
}

export function placeOf(form: Form, id: string): Place | undefined {
  return placesOf(form).get(id);
}

/** The item or block with this id; undefined for a section and for what this edition does not ask. */
export function itemOf(form: Form, id: string): FormItem | undefined {
  return placeOf(form, id)?.item;
}

/** The items that have a cell to answer in, in the order of the form. */
export function answeredItems(form: Form): readonly FormItem[] {
  return [...placesOf(form).values()].flatMap(({ item }) => (item && isAnswered(item) ? [item] : []));
}

export function isAnswered(item: FormItem): boolean {
  return ANSWERED_KINDS.includes(item.kind);
}

/** The ids a place lies under, itself first: what a note about a block or a section also speaks of. */
export function selfAndAbove(place: Place): readonly string[] {
  return [place.id, ...place.parents.map(({ id }) => id).reverse(), ...(place.item ? [place.section.id] : [])];
}

/** What was not read on a printed copy of this edition and is shown as such outside the form area (様式未確認). */
export function unconfirmedItems(form: Form): readonly FormItem[] {
  return [...placesOf(form).values()].flatMap(({ item }) => (item && !item.confirmed ? [item] : []));
}

/**
 * The printed number with its path: 「Ⅱ.4.委託事項2.③」, 「Ⅲ.7.リスク1⑨」, 「別添1」, 「表紙」. Of several files those after the
 * first are named, and a repeat without its number is named as a block: 「Ⅱ.4.委託事項」.
 */
export function printedPath(form: Form, id: string, at: readonly Position[] = []): string {
  const place = placeOf(form, id);
  if (!place) throw new RangeError(`「${id}」は${form.title}（${form.edition}）の項目ではありません`);
  const { section, item } = place;
  const chain = [...place.parents, ...(item ? [item] : [])];
  const own = item?.number ?? '';
  if (own.startsWith('別添')) return own;
  const parts: string[] = [(section.number || section.title) + (section.repeat ? sectionEntry(section, at) : '')];
  // The numbers that the parts so far stand for: 「7.②」 below 「7.リスク」 goes on from 「7」.
  const open: { readonly number: string; readonly parts: number }[] = [{ number: '', parts: 1 }];
  for (const { id: link, number, repeat } of chain) {
    while (!number.startsWith(open.at(-1)!.number)) open.pop();
    const { number: above, parts: length } = open.at(-1)!;
    parts.length = length;
    const rest = number.slice(above.length);
    if (rest !== '' && above !== '' && !rest.startsWith('.')) parts.push(parts.pop()! + rest); // リスク1⑨
    else if (rest !== '') parts.push(rest.replace(/^\./, ''));
    if (repeat) parts.push(entryLabel(repeat, at.find((position) => position.repeat === link)?.index));
    open.push({ number, parts: parts.length });
  }
  return parts.join('.');
}

function sectionEntry(section: FormSection, at: readonly Position[]): string {
  const index = at.find(({ repeat }) => repeat === section.id)?.index;
  return index === undefined || index === 1 ? '' : `（${entryLabel(section.repeat!, index)}）`;
}

function entryLabel({ label }: Repeat, index: number | undefined): string {
  return label.replace('{n}', index === undefined ? '' : String(index));
}

/** The path with the label, as a clerk finds the cell: 「Ⅱ.4.委託事項2.③委託先における取扱者数」. */
export function printedName(form: Form, id: string, at: readonly Position[] = []): string {
  const place = placeOf(form, id);
  const path = printedPath(form, id, at);
  const label = (place?.item?.label ?? place?.section.title ?? '').split('\n')[0]!;
  if (path.endsWith(label)) return path;
  return /[①-⑳]$/.test(path) ? path + label : `${path} ${label}`;
}
