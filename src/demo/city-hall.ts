import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type Client } from '../cli/client.js';
import { describeImport, importFile } from '../cli/import.js';
import type { ImportSummary } from '../imports/progress.js';
import type { DemoDesk } from './desk.js';
import { STAFF, type StaffKey } from './staff.js';

export interface Views<V> {
  readonly views: readonly V[];
  readonly position: number;
  readonly next?: string;
}
export interface SubjectView {
  readonly subject: string;
  readonly identity?: { readonly name: string; readonly address?: string };
  readonly warning?: string;
}
export interface RecordView {
  readonly vaccination: string;
  readonly status: string;
  readonly pending?: string;
  readonly revision: number;
  readonly note?: string;
  readonly record?: { readonly vaccine: string; readonly dose: number; readonly vaccinatedOn: string; readonly lot?: string; readonly executionClass: string };
}

export const FILE = 'vaccination';

/** Who works in the city, and what each asks of the engine through HTTP. */
export class CityHall {
  protected readonly ids = new Map<StaffKey, string>();
  protected readonly desks = new Map<StaffKey, DemoDesk>();
  private readonly passes = new Map<StaffKey, string>();

  constructor(
    protected readonly client: Client,
    protected readonly clock: () => number,
    protected readonly say: (text?: string) => void,
    private readonly progress: boolean,
  ) {}

  /** The next day: everybody signs in anew. */
  async signIn(): Promise<void> {
    for (const [key, desk] of this.desks) await desk.signIn(STAFF[key].purpose);
    await this.freshen();
  }

  async signOut(): Promise<void> {
    for (const desk of this.desks.values()) await desk.signOut();
  }

  /** Tokens are short-lived: they are renewed from step to step. */
  protected async freshen(): Promise<void> {
    for (const [key, desk] of this.desks) this.passes.set(key, await desk.pass());
  }

  staffOf(key: StaffKey): string {
    return this.ids.get(key)!;
  }

  /** A register that is behind says 503: it is asked again. */
  protected async onceCaughtUp<T>(ask: () => Promise<T>, left = 20): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 503 || left === 0) throw error;
      await sleep(500);
      return this.onceCaughtUp(ask, left - 1);
    }
  }

  protected as(key: StaffKey): string {
    const token = this.passes.get(key);
    if (!token) throw new Error(`${key} has not signed in yet`);
    return token;
  }

  protected async take(who: StaffKey, kind: 'residents' | 'vaccinations', path: string, how: { source: string; method: string; migration?: boolean; reason?: string }) {
    await this.freshen();
    const began = performance.now();
    const summary = await importFile(this.client, this.as(who), { kind, path, file: FILE, encoding: 'utf-8', purpose: 'record-keeping', ...how }, this.progress);
    const seconds = (performance.now() - began) / 1000;
    const rate = summary.already ? '' : `（${seconds.toFixed(1)} 秒、${Math.round(summary.rows / seconds).toLocaleString()} 行/秒）`;
    const [counts, ...deviations] = describeImport(summary, how.reason).split('\n');
    for (const line of [`${counts}${rate}`, ...deviations]) this.say(`  ${line}`);
    return summary;
  }

  protected async showRejects(who: StaffKey, { id }: ImportSummary): Promise<void> {
    const csv = await this.client.text(`/imports/${id}/rejects`, this.as(who));
    for (const line of csv.trim().split('\r\n').slice(1)) {
      const [row, , item, , reason] = line.split(',');
      this.say(`  取り込めなかった行: ${row}行目 ${item} — ${reason}`);
    }
  }

  protected async search(who: StaffKey, terms: object, after?: number): Promise<readonly SubjectView[]> {
    const headers = after === undefined ? {} : { 'akashi-after': String(after) };
    return (await this.client.send<Views<SubjectView>>('POST', `/subjects/search?file=${FILE}`, this.as(who), terms, headers)).views;
  }

  protected async subjectOf(who: StaffKey, addresseeNumber: string): Promise<SubjectView> {
    const [found] = await this.search(who, { addresseeNumber });
    if (!found) throw new Error('a named person of the demo is not registered');
    return found;
  }

  protected async subjectAt(who: StaffKey, addresseeNumber: string): Promise<{ readonly subject: string; readonly position: number }> {
    const { views, position } = await this.client.send<Views<SubjectView>>('POST', `/subjects/search?file=${FILE}`, this.as(who), { addresseeNumber });
    return { subject: views[0]!.subject, position };
  }

  protected async recordsOf(who: StaffKey, subject: string, after?: number): Promise<readonly RecordView[]> {
    const headers = after === undefined ? {} : { 'akashi-after': String(after) };
    return (await this.client.send<Views<RecordView>>('GET', `/subjects/${subject}/vaccinations?file=${FILE}`, this.as(who), undefined, headers)).views;
  }

  protected async expectRefusal(what: string, attempt: () => Promise<unknown>): Promise<void> {
    const refused = await attempt().then(() => undefined, (error: unknown) => error);
    if (!(refused instanceof ApiError) || refused.status !== 403) throw new Error(`not refused as expected: ${what}${refused instanceof Error ? ` (${refused.message})` : ''}`);
    this.say(`  × ${what} → ${refused.problem.detail}`);
  }
}
