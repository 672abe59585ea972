import {
  ACCOUNT, AccountDisabled, AccountLocked, AccountOpened, AccountUnlocked, FactorsIssued, FactorsReleased, IdentityLinked, PasswordChanged, PasswordRehashed, SignInAccepted, SignInRefused,
} from '../../../src/access/accounts/events.js';
import { GATE, UnauthenticatedCounted } from '../../../src/access/events.js';
import { CaseChosen, CaseCleared, PurposeChosen, SessionEnded, SessionLocked, SessionUnlocked, SignedIn } from '../../../src/access/sessions/events.js';
import { ErasureOrdered } from '../../../src/ledger/erasure.js';
import { streamId } from '../../../src/ledger/ids.js';
import { SESSION } from '../../../src/walks/events.js';
import { dictionary } from '../../engine/dictionary.js';
import { EMPTY_BLOCK, SEALED_COLUMNS, type Projection } from '../../engine/projection.js';

const OF_SESSIONS = [SignedIn, SessionLocked, SessionUnlocked, PurposeChosen, CaseChosen, CaseCleared, SessionEnded].map(({ type }) => type);
const OF_ACCOUNTS = [AccountOpened, FactorsIssued, IdentityLinked, FactorsReleased, PasswordChanged, PasswordRehashed, SignInAccepted, SignInRefused, AccountLocked, AccountUnlocked, AccountDisabled].map(({ type }) => type);
/** What an entry of the log can be: types of events. */
export const ENTRIES: readonly string[] = [...OF_SESSIONS, ...OF_ACCOUNTS, UnauthenticatedCounted.type];

const OWN_TYPES: ReadonlySet<string> = new Set(ENTRIES);
const OWN_STREAMS = [SESSION, ACCOUNT, GATE].map((category) => `${category}-`);
/** Sealed in them are passwords, what authenticators are made of, and who somebody is elsewhere: no register carries those along. */
const WITHOUT_BLOCK: ReadonlySet<string> = new Set([FactorsIssued.type, FactorsReleased.type, IdentityLinked.type, PasswordChanged.type, PasswordRehashed.type]);

/** アクセスログ: a row for each thing that happened to a session, to an account, or before anybody had signed in. From where somebody asked is sealed. */
export const accessLog: Projection = {
  name: 'access-log',
  label: 'アクセスログ',
  version: 1,
  schema: `
    CREATE TABLE IF NOT EXISTS words (key INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS accounts (account TEXT PRIMARY KEY, staff INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS entries (
      position INTEGER PRIMARY KEY,
      entry INTEGER NOT NULL, stream TEXT NOT NULL, recorded_at TEXT NOT NULL,
      about INTEGER,                         -- the member of staff whose session or account it is
      account TEXT, session TEXT,
      staff INTEGER NOT NULL, actor_kind INTEGER NOT NULL, department INTEGER NOT NULL, role INTEGER NOT NULL, terminal INTEGER,
      reason INTEGER,                        -- of a refusal, an end, a disablement
      count INTEGER,                         -- requests without a token; minutes of a lock
      status TEXT NOT NULL,                  -- current · erased
      ${SEALED_COLUMNS}
    );
  `,
  indexes: `
    CREATE INDEX IF NOT EXISTS entries_by_about ON entries (about, position);
    CREATE INDEX IF NOT EXISTS entries_by_stream ON entries (stream);
  `,
  concerns: ({ type, stream }) => OWN_TYPES.has(type) || (type === ErasureOrdered.type && OWN_STREAMS.some((own) => stream.startsWith(own))),

  prepare: (db) => {
    const word = dictionary(db, 'words', 'word');
    const ownerOf = db.prepare<[string], number>('SELECT staff FROM accounts WHERE account = ?').pluck();
    const open = db.prepare('INSERT INTO accounts VALUES (?, ?)');
    const insert = db.prepare(`INSERT INTO entries VALUES (${Array.from({ length: 20 }, () => '?').join(', ')})`);
    const erase = db.prepare("UPDATE entries SET status = 'erased', event = NULL, type = NULL, schema = NULL, key_slot = NULL, sealed = NULL WHERE stream = ?");
    return (event) => {
      const { type, stream, position, actor, sealed } = event;
      if (type === ErasureOrdered.type) {
        erase.run(stream);
        return;
      }
      const data = event.data as { readonly staff?: string; readonly account?: string; readonly session?: string; readonly reason?: string; readonly requests?: number; readonly minutes?: number };
      const ofAccount = stream.startsWith(`${ACCOUNT}-`);
      const account = ofAccount ? streamId(stream) : (data.account ?? null);
      if (type === AccountOpened.type) open.run(account, word(data.staff!));
      const about = stream.startsWith(`${GATE}-`) ? null : ofAccount ? (ownerOf.get(account!) ?? null) : word(actor.staff);
      const session = ofAccount ? (data.session ?? null) : about === null ? null : actor.session;
      const block = sealed && !WITHOUT_BLOCK.has(type) ? [event.id, type, event.writtenSchema, sealed.key, sealed.bytes] : EMPTY_BLOCK;
      insert.run(
        position, word(type), stream, event.recordedAt, about, account, session,
        word(actor.staff), word(actor.kind), word(actor.department), word(actor.role), actor.terminal === null ? null : word(actor.terminal),
        data.reason === undefined ? null : word(data.reason), data.requests ?? data.minutes ?? null, 'current', ...block,
      );
    };
  },
};
