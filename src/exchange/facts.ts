/** What a provision asks of the persons it is about; bound at the composition root. */
export interface ProtectionFacts {
  /** the part of 対象となる本人の範囲 a person belongs to; undefined when there is no such person */
  readonly scopeOf: (subject: string) => Promise<string | undefined>;
  /** those under 支援措置, or whose flag cannot be read */
  readonly protectedAmong: (subjects: readonly string[]) => Promise<readonly string[]>;
}
