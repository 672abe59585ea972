import { hash } from 'node:crypto';
import { ACCOUNT, IDENTITY, LOGIN } from '../../../../src/access/accounts/events.js';
import { streamId } from '../../../../src/ledger/ids.js';
import type { Ledger } from '../../../../src/ledger/ledger.js';

/** A line of a list from outside, as it was given: names under which somebody signs in are personal, and go no further than the index. */
export interface OutsidePerson {
  readonly staff?: string;
  readonly login?: string;
  readonly subject?: string;
  readonly department?: string;
}

/** What the reading thread is given of it. */
export interface OutsideLine {
  /** 1 for the first */
  readonly line: number;
  readonly staff?: string;
  readonly account?: string;
  readonly department?: string;
}

const AT_ONCE = 200;

/** Looks up whose sign-in names these are: what goes on from here are ids and codes. */
export async function linesOf({ vault }: Pick<Ledger, 'vault'>, people: readonly OutsidePerson[], issuer: string | undefined): Promise<readonly OutsideLine[]> {
  const lines: OutsideLine[] = [];
  for (const [i, { staff, login, subject, department }] of people.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise(setImmediate); // let requests through
    // As `loginKey` and `identityKey` have them.
    const owner = (login === undefined ? undefined : vault.index.find(LOGIN, login.toLowerCase())) ?? (subject === undefined || issuer === undefined ? undefined : vault.index.find(IDENTITY, `${issuer}\n${subject}`));
    const account = owner?.stream.startsWith(`${ACCOUNT}-`) ? streamId(owner.stream) : undefined;
    lines.push({ line: i + 1, ...(staff && { staff }), ...(account && { account }), ...(department && { department }) });
  }
  return lines;
}

/** Tells one list from another in the record of who asked, which is sealed. */
export function digestOf(people: readonly OutsidePerson[]): string {
  return hash('sha256', JSON.stringify(people.map(({ staff, login, subject, department }) => [staff, login, subject, department])));
}
