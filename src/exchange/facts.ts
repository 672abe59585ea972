/** What a provision asks of the persons it is about; bound at the composition root. */
export interface ProtectionFacts {
  /** the part of 対象となる本人の範囲 a person belongs to; undefined when there is no such person */
  readonly scopeOf: (subject: string) => Promise<string | undefined>;
  /** the file named when the person stands in it, by registration or by a record; otherwise the one of registration */
  readonly fileFor: (subject: string, file: string) => Promise<string | undefined>;
  /** those under 支援措置, or whose flag cannot be read */
  readonly protectedAmong: (subjects: readonly string[]) => Promise<readonly string[]>;
}
