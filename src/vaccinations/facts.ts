/** What vaccinations ask of the persons they belong to; bound at the composition root. */
export interface SubjectFacts {
  /** the part of 対象となる本人の範囲 a person belongs to; undefined when there is no such person */
  readonly scopeOf: (subject: string) => Promise<string | undefined>;
}
