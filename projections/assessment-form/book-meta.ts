/** What stands in the properties of the file. The time is that of the document, never the clock's. */
export interface BookMeta {
  readonly title: string;
  readonly createdAt: Date;
  /** Of the document as JSON, and the position of the ledger it was drawn from. */
  readonly digest?: string;
  readonly position?: number;
}

/** What the properties of the file say of the document; undefined for a public edition, of which nothing is said. */
export function descriptionOf({ digest, position }: BookMeta): string | undefined {
  const said = [...(digest === undefined ? [] : [`SHA-256 ${digest}`]), ...(position === undefined ? [] : [`記録の位置 ${position}`])];
  return said.length === 0 ? undefined : said.join('、');
}
