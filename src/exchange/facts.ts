/** What a provision asks of the persons it is about; bound at the composition root. */
export interface ProtectionFacts {
  /** those under 支援措置, or whose flag cannot be read */
  readonly protectedAmong: (subjects: readonly string[]) => Promise<readonly string[]>;
}
