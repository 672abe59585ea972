/** What a screen reader is told of a document: which text is the heading, a paragraph, or the cell of which row, and in which order. */
export interface Tags {
  /** the whole of it */
  readonly document: Tag;
  readonly open: (type: TagType, parent: Tag, about?: { /** how many of them a cell stands below */ readonly columns?: number; /** what a `TH` is the heading of; else its column */ readonly scope?: 'Row'; /** said in the place of a drawing */ readonly alt?: string }) => Tag;
  /** Draws what belongs to a tag, or (`null`) what is there for the eye alone: rules, footers, headings that come again. On one page. */
  readonly within: (tag: Tag | null, draw: () => void) => void;
  readonly close: (tag: Tag) => void;
}

type TagType = 'H1' | 'H2' | 'H3' | 'H4' | 'P' | 'Table' | 'TR' | 'TH' | 'TD' | 'Figure';
/** None in a document without tags. */
export type Tag = { readonly type: string; readonly element: PDFKit.PDFStructureElement } | undefined;

/** What pdfkit has no option for. */
interface Dictionary {
  readonly dictionary: { readonly data: { A?: object } };
}

/** Of a document that has none everything is drawn as it comes. */
const UNTAGGED: Tags = { document: undefined, open: () => undefined, within: (_, draw) => draw(), close: () => undefined };

/** The tags of a document that goes out as it is drawn: a tag that has been closed takes nothing more. */
export function tagsOf(doc: PDFKit.PDFDocument, isTagged: boolean): Tags {
  if (!isTagged) return UNTAGGED;
  const root = doc.struct('Document');
  doc.addStructure(root);
  return {
    document: { type: 'Document', element: root },
    open: (type, parent, { columns, scope = 'Column', alt } = {}) => {
      const element = doc.struct(type, { ...(type === 'TH' && { scope }), ...(alt !== undefined && { alt }) }); // the types of pdfkit leave the scope out
      if (columns !== undefined) (element as unknown as Dictionary).dictionary.data.A = { O: 'Table', ColSpan: columns };
      parent!.element.add(element);
      return { type, element };
    },
    within: (tag, draw) => {
      const content = tag ? doc.markStructureContent(tag.type) : void doc.markContent('Artifact');
      draw();
      doc.endMarkedContent();
      if (content) tag!.element.add(content);
    },
    close: (tag) => tag?.element.end(),
  };
}
