/** A published version of an assessment, as far as putting it in force has to know it. */
export interface PublishedVersion {
  readonly publishedOn: string;
  /** SHA-256 of the published document */
  readonly digest: string;
  /** the affair that it was drafted for */
  readonly affair: string;
  /** of the bindings */
  readonly revision: number;
  /** the members of staff who have written the bindings */
  readonly boundBy: ReadonlySet<string>;
  /** the declaration that its bindings come to, as text in the form `akashi-declaration-1` */
  readonly declaration: (version: number, effectiveFrom: string) => string;
  /** what is bound and not written, each as a clerk reads it */
  readonly unbacked: readonly string[];
  /** which version of the same document has been published since, where one has */
  readonly newer?: string;
}

export type PublishedFact = PublishedVersion | { readonly problem: 'unknown' | 'unpublished' | 'unbound' | 'ended' };

/** What declarations have to know of assessments. */
export interface AssessmentFacts {
  readonly published: (id: string) => Promise<PublishedFact>;
}
