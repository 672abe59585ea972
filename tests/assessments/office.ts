import { readFileSync } from 'node:fs';
import { DECLARATION, type Answer } from '../support/city.js';
import { expectStatus, openStage, type Stage } from '../walks/stage.js';

/** The city's own assessment, as it was published before the engine came. */
export const V3 = readFileSync(new URL('../../src/demo/assessments/form4-v3.json', import.meta.url), 'utf8');
export const METHODS = 'file.acquisition.methods';
export const MEASURES = 'risk.acquisition.leak.measures';
export const BOXES = { ticked: ['paper', 'media', 'internalLink', 'infoNetwork'], text: {} };
export const TODAY = '2026-11-20';

/** Who draws up the assessments of the city, over HTTP, with the published one taken over as `first`. */
export interface Office {
  readonly stage: Stage;
  readonly author: string;
  readonly colleague: string;
  /** the version that was taken over */
  readonly first: string;
  /** An act on a version. */
  act(id: string, end: string, token: string, body?: object): Promise<Answer>;
  putInForce(body: object): Promise<Answer>;
  view(id: string): Promise<Answer['body']>;
  documentOf(id: string): Promise<Answer['body']>;
  check(id: string): Promise<Answer['body']>;
  entryOf(id: string, repeat: string, index?: number): Promise<string>;
  /** An amendment of the version published last, or whatever else is asked for. */
  draft(over?: object): Promise<string>;
  /** Decided, submitted and published today. */
  publish(id: string): Promise<void>;
  register(query?: string): Promise<Answer['body']>;
  newestOf(): Promise<string>;
  inForce(): Promise<Answer['body']>;
}

export async function openOffice(): Promise<Office> {
  const stage = await openStage({ inForce: false });
  const author = stage.compliance;
  const taken = { kind: 'taken-over', affair: 'vaccination', edition: 'form4-2025-05', number: 12, document: V3, bindings: DECLARATION };
  const get = async (path: string, headers?: Record<string, string>): Promise<Answer['body']> => expectStatus(await stage.get(path, author, headers), 200).body;
  const office: Office = {
    stage, author,
    colleague: await stage.token({ role: 'compliance', department: 'general-affairs' }),
    first: expectStatus(await stage.post('/assessments', author, taken), 201).body.id as string,
    act: (id, end, token, body = {}) => stage.post(`/assessments/${id}/${end}`, token, body),
    putInForce: (body) => stage.post('/declarations/in-force/assessments', stage.chief, body),
    view: (id) => get(`/assessments/${id}`),
    documentOf: (id) => get(`/assessments/${id}/document`),
    check: (id) => get(`/assessments/${id}/check`),
    entryOf: async (id, repeat, index = 0) => ((await office.view(id)).entries as { repeat: string; entry: string }[]).filter((one) => one.repeat === repeat)[index]!.entry,
    draft: async (over = {}) => expectStatus(await stage.post('/assessments', author, { kind: 'amendment', affair: 'vaccination', edition: 'form4-2025-05', number: 12, basedOn: await office.newestOf(), ...over }), 201).body.id as string,
    publish: async (id) => {
      expectStatus(await office.act(id, 'decisions', stage.chief, { on: TODAY, reason: '点検済み' }), 200);
      expectStatus(await office.act(id, 'submissions', author, { on: TODAY }), 200);
      expectStatus(await office.act(id, 'publications', author, { on: TODAY }), 200);
    },
    register: async (query = '') => get(`/registers/assessments${query}`, { 'akashi-after': String(await stage.head()) }),
    newestOf: async () => (await office.register()).versions.findLast(({ form, steps }: { form: string; steps: { step: string }[] }) => form === '4' && steps.some(({ step }) => step === 'publication')).version as string,
    inForce: () => get('/declarations/in-force'),
  };
  return office;
}

/** The document without its dates and its rows of changes. */
export const contentOf = ({ answers, recordItems }: Answer['body']): unknown => [{ ...answers, 'cover.publicationDate': '' }, recordItems];
