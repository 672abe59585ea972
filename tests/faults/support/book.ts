import { newId } from '../../../src/ledger/ids.js';
import type { Answer } from '../../support/city.js';
import { request } from './requests.js';

/** A request that stays the same however often it has to be sent. */
export interface Deed {
  readonly what: string;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
  readonly headers: { readonly [name: string]: string };
  readonly statuses: readonly number[];
  /** what follows for the one who sent it, once it is acknowledged */
  readonly done: (answer: Answer, repeated: boolean) => void;
}

export interface PersonKnown {
  readonly id: string;
  readonly addresseeNumber: string;
}

export interface RecordKnown {
  readonly id: string;
  readonly subject: string;
}

export interface OrderKnown {
  readonly id: string;
  readonly units: readonly { readonly category: string; readonly unit: string; readonly subject: string }[];
  stage: 'planned' | 'approved' | 'sent' | 'completed';
}

export interface ImportKnown {
  readonly id: string;
  readonly csv: string;
  readonly good: number;
  readonly bad: number;
  readonly type: 'SubjectRegistered' | 'ResidentChanged' | 'VaccinationRecorded';
  completed: boolean;
  /** its records have not been planned for erasure yet */
  fallsDue: boolean;
}

/** What the people at the counters know: what they were told, and what they never heard back of. It outlives every kill. */
export class Book {
  /** events that were acknowledged, and where they stand; null where the answer did not say */
  readonly acknowledged = new Map<string, number | null>();
  readonly unanswered = new Set<Deed>();
  /** every deed by its first event: the same key gives the same event for ever */
  readonly deeds: { readonly deed: Deed; readonly event: string }[] = [];
  readonly retired: (RecordKnown & { readonly category: string })[] = [];
  readonly orders: OrderKnown[] = [];
  readonly imports: ImportKnown[] = [];
  readonly differing: string[] = [];
  readonly begun = { address: '', counter: 0 };
  /** told of each deed as it goes out, and of each answer as it comes */
  onSend: (what: string) => void = () => undefined;
  onAnswer: () => void = () => undefined;

  count(): number {
    return (this.begun.counter += 1);
  }
}

/** The engine went away in the midst of it. */
export class Gone extends Error {}

/** Sends, and notes what is acknowledged. A deed without an answer stays in the book. @throws Gone */
export async function send(book: Book, deed: Omit<Deed, 'headers'> & { readonly headers?: Deed['headers'] }): Promise<Answer> {
  const whole: Deed = { headers: deed.method === 'POST' ? { 'idempotency-key': newId() } : { 'content-type': 'text/csv' }, ...deed };
  book.unanswered.add(whole);
  return deliver(book, whole);
}

export async function deliver(book: Book, deed: Deed): Promise<Answer> {
  const { what, method, path, token, body, headers, statuses, done } = deed;
  book.onSend(what);
  const answer = await request(book.begun.address, method, path, token, body, headers).catch((error: unknown) => {
    throw new Gone(what, { cause: error });
  });
  if (!statuses.includes(answer.status)) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  book.unanswered.delete(deed);
  const repeated = answer.body.repeated === true;
  noteAnswer(book, deed, answer);
  done(answer, repeated);
  book.onAnswer();
  return answer;
}

/** The events of an act stand one behind the other, the last one at the position that the answer tells. */
function noteAnswer(book: Book, deed: Deed, { status, body }: Answer): void {
  if (status === 403) book.acknowledged.set(body.event as string, null);
  if (status >= 300 || !Array.isArray(body.events)) return;
  const events = body.events as readonly string[];
  // An erasure answers with the position of its completion, not of its start.
  events.forEach((id, i) => book.acknowledged.set(id, 'order' in body ? null : (body.position as number) - events.length + 1 + i));
  if ('idempotency-key' in deed.headers && events.length > 0) book.deeds.push({ deed, event: events[0]! });
}

/** A look: what is shown must have been recorded. */
export async function look(book: Book, method: string, path: string, token: string, body?: unknown): Promise<Answer> {
  const answer = await request(book.begun.address, method, path, token, body).catch((error: unknown) => {
    throw new Gone(path, { cause: error });
  });
  if (![200, 403, 404].includes(answer.status)) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  if (answer.status === 200) book.acknowledged.set(answer.body.event as string, answer.body.position as number);
  if (answer.status === 403) book.acknowledged.set(answer.body.event as string, null);
  book.onAnswer();
  return answer;
}
