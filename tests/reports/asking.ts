import { request, type IncomingMessage } from 'node:http';
import type { Answer } from '../support/city.js';
import { expectStatus, type Stage } from '../walks/stage.js';

export interface Asked {
  readonly answer: Answer;
  /** each by the keys of its columns */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

/** A report as JSON. */
export async function reportOf(stage: Stage, name: string, terms: object = {}, token = stage.chief): Promise<Asked> {
  const answer = expectStatus(await stage.post(`/reports/${name}`, token, terms), 200);
  return { answer, rows: answer.body.rows };
}

/** The bytes of a report, as they came. */
export async function bytesOf(stage: Stage, name: string, format: string, terms: object = {}, token = stage.chief): Promise<Buffer> {
  const response = await fetch(`${stage.city.server.address}/reports/${name}?format=${format}`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(terms),
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Begins a report and hands out its answer before any of it has been read. */
export function begun(address: string, token: string, name: string, format: string, terms: object = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(`${address}/reports/${name}?format=${format}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }, resolve);
    asking.once('error', reject).end(JSON.stringify(terms));
  });
}
