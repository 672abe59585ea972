import type { AccessPolicy } from '../access/policy.js';
import type { Ledger } from '../ledger/ledger.js';
import { unknownSubject } from '../walks/problem.js';
import type { TerminalClass } from '../walks/terminals.js';

/** What outputs ask of policy, persons, staff and terminals; bound at the composition root. */
export interface OutputFacts {
  readonly policy: () => AccessPolicy['output'];
  readonly ledger: () => Ledger;
  readonly isSubject: (id: string) => Promise<boolean>;
  /** the file named when the person stands in it, otherwise the one of registration */
  readonly fileFor: (subject: string, file: string) => Promise<string | undefined>;
  /** those under 支援措置, or whose flag cannot be read */
  readonly protectedAmong: (subjects: readonly string[]) => Promise<readonly string[]>;
  /** whether somebody is a member of staff in post on a day */
  readonly isInPost: (staff: string, day: string) => Promise<boolean>;
  /** the kind of a registered terminal that has not been removed */
  readonly terminalClass: (code: string) => TerminalClass | undefined;
}

/** The file of one of the persons who does not stand in the file named: then it is refused. @throws Problem 422 `unknown-subject` */
export async function otherFile({ isSubject, fileFor }: Pick<OutputFacts, 'isSubject' | 'fileFor'>, subjects: readonly string[], file: string): Promise<string | undefined> {
  if ((await Promise.all(subjects.map(isSubject))).includes(false)) throw unknownSubject('/subjects');
  return (await Promise.all(subjects.map((subject) => fileFor(subject, file)))).find((one) => one !== undefined && one !== file);
}
