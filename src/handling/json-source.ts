import { createScanner, getNodePath, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

/** A fault in a JSON document, with the place a person looks for. Never holds the value itself. */
export interface SourceFault {
  readonly line: number;
  readonly column: number;
  /** JSON pointer */
  readonly path: string;
  readonly message: string;
}

/** No document that people write is nested this deep; a parser that follows what is would run out of stack. */
const DEPTH_MAX = 64;

function offsetBeyondDepth(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const first = text[scanner.getTokenOffset()]; // of a string its quote
    if (scanner.getTokenLength() === 0) return undefined; // the end
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    if (depth > DEPTH_MAX) return scanner.getTokenOffset();
  }
}

/** Reads a JSON document member by member and gathers every fault with its line, instead of stopping at the first. */
export class JsonSource {
  readonly faults: SourceFault[] = [];
  readonly root: Node | undefined;
  private readonly lineStarts: readonly number[];

  constructor(text: string) {
    const errors: ParseError[] = [];
    this.lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    const tooDeep = offsetBeyondDepth(text);
    if (tooDeep !== undefined) {
      this.add(tooDeep, '', `入れ子が深すぎます（${DEPTH_MAX}段まで）`);
      return;
    }
    this.root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
    for (const { offset, error } of errors) this.add(offset, '', `JSON の書き方が正しくありません（${printParseErrorCode(error)}）`);
  }

  fault(node: Node, message: string): void {
    const path = getNodePath(node).map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    this.add(node.offset, path, message);
  }

  /** The members of an object by name; reports missing, doubled and unknown ones. */
  object(node: Node, required: readonly string[], allowed: readonly string[] = []): ReadonlyMap<string, Node> {
    const members = this.members(node);
    for (const name of required) if (!members.has(name)) this.fault(node, `「${name}」がありません`);
    for (const [name, value] of members) if (!required.includes(name) && !allowed.includes(name)) this.fault(value, `「${name}」という項目はありません`);
    return members;
  }

  members(node: Node): ReadonlyMap<string, Node> {
    const members = new Map<string, Node>();
    if (node.type !== 'object') {
      this.fault(node, 'オブジェクト（{ … }）で書いてください');
      return members;
    }
    for (const { children } of node.children ?? []) {
      const [key, value] = children ?? [];
      if (!key || !value) continue;
      if (members.has(key.value as string)) this.fault(key, '同じ名前の項目が二つあります');
      members.set(key.value as string, value);
    }
    return members;
  }

  list<T>(node: Node | undefined, read: (item: Node) => T): readonly T[] {
    if (!node) return [];
    if (node.type !== 'array') {
      this.fault(node, '配列（[ … ]）で書いてください');
      return [];
    }
    return (node.children ?? []).map(read);
  }

  text(node: Node | undefined, test: (text: string) => boolean = (text) => text.length > 0, what = '文字列'): string {
    if (!node) return '';
    if (node.type !== 'string' || !test(node.value as string)) {
      this.fault(node, `${what}で書いてください`);
      return '';
    }
    return node.value as string;
  }

  integer(node: Node | undefined, min: number): number {
    if (!node) return min;
    if (node.type !== 'number' || !Number.isSafeInteger(node.value) || (node.value as number) < min) this.fault(node, `${min}以上の整数で書いてください`);
    return Number(node.value);
  }

  flag(node: Node | undefined): boolean {
    if (!node) return false;
    if (node.type !== 'boolean') this.fault(node, 'true か false で書いてください');
    return node.value === true;
  }

  private add(offset: number, path: string, message: string): void {
    let line = this.lineStarts.length;
    while (this.lineStarts[line - 1]! > offset) line -= 1;
    this.faults.push({ line, column: offset - this.lineStarts[line - 1]! + 1, path, message });
  }
}
