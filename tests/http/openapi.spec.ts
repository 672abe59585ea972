import { creates, type CommandSpec } from '../../src/walks/context.js';
import { openCity, type City } from '../support/city.js';
import { JAPANESE, send } from './raw.js';

/** The API's description of itself at /docs-json. */
let city: City;
let document: OpenApi;
beforeAll(async () => {
  city = await openCity();
  document = (await city.call('GET', '/docs-json', null)).body as OpenApi;
});
afterAll(async () => city.close());

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Record<string, unknown>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly description?: string; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema: Schema }> }>;
}
interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema>; readonly securitySchemes: Record<string, { readonly type: string; readonly scheme: string }> };
}

const operations = () => Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
const commands = () => city.server.engine.contexts.flatMap(({ commands: own }) => own as readonly CommandSpec[]);
const bodyOf = ({ requestBody }: Operation): string | undefined => requestBody?.content['application/json']?.schema.$ref;
const named = (ref: string): Schema | undefined => document.components.schemas[ref.replace('#/components/schemas/', '')];

it('is OpenAPI 3 with title, version and what it is about', () => {
  expect(document.openapi).toMatch(/^3\.[01]\.\d+$/);
  expect(document.info).toEqual(expect.objectContaining({ title: expect.stringMatching(JAPANESE), description: expect.stringMatching(JAPANESE), version: expect.stringMatching(/^\d+\.\d+\.\d+$/) }));
  expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
});

it('tells of what kinds an answer to an item can be', () => {
  const { value } = (document.components.schemas['AmendItem'] as unknown as { properties: Record<string, object> }).properties;
  expect(value).toMatchObject({ oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'object' }], nullable: true });
  expect(value).not.toHaveProperty('type');
});

it('has an id of its own, a summary in Japanese, answers and the token for every operation', () => {
  const all = operations();
  expect(all.length).toBeGreaterThan(30);
  for (const { path, method, operation } of all) {
    const { summary, responses, security } = operation;
    expect([path, method, summary]).toEqual([path, method, expect.stringMatching(JAPANESE)]);
    expect([path, Object.keys(responses).length > 0 && Object.keys(responses).every((status) => /^[1-5]\d\d$|^default$/.test(status))]).toEqual([path, true]);
    for (const { description } of Object.values(responses)) expect([path, typeof description]).toEqual([path, 'string']);
    const toComeIn = ['get /sign-in', 'post /sign-in', 'post /sign-in/oidc', 'post /sign-in/oidc/requests', 'post /session/renewals'].includes(`${method} ${path}`);
    expect([path, method, security]).toEqual([path, method, toComeIn ? undefined : [{ bearer: [] }]]);
  }
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
});

it('says of every parameter what it is, in Japanese', () => {
  for (const { path, operation } of operations()) {
    for (const { name, in: where, description } of operation.parameters ?? []) if (where !== 'path') expect([path, name, description]).toEqual([path, name, expect.stringMatching(JAPANESE)]);
  }
});

it('has every command at its route, under its name, with its Japanese summary and the body of its class', () => {
  expect(commands().length).toBeGreaterThan(18);
  for (const spec of commands()) {
    const path = spec.route.slice('POST '.length).replaceAll(/:(\w+)/g, '{$1}');
    const operation = document.paths[path]?.post;
    expect([path, operation?.operationId, operation?.summary]).toEqual([path, spec.type, spec.summary]);
    expect([path, bodyOf(operation!)]).toEqual([path, `#/components/schemas/${spec.command.name}`]);
    const headers = operation!.parameters!.filter((parameter) => parameter.in === 'header').map(({ name }) => name).sort();
    expect([path, headers]).toEqual([path, [...(spec.idFrom ? [] : ['Idempotency-Key']), ...(creates(spec) ? [] : ['If-Match']), 'Prefer']]); // what its content tells again needs no key
  }
});

it('has every route that answers: none is left out but what is open to all', async () => {
  const printed = city.server.app.getHttpAdapter().getInstance() as unknown as { printRoutes(options: { commonPrefix: boolean }): string };
  // The tree of routes as text; each line is `name (METHODS)` at its depth.
  const at: string[] = [];
  const routes = printed.printRoutes({ commonPrefix: false }).split('\n').flatMap((line) => {
    const [, indent, name, methods] = /^([│ ]*[├└]── )(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (indent === undefined) return [];
    const depth = indent.length / 4 - 1;
    at.splice(depth, at.length, name!);
    return (methods ?? '').split(', ').filter((method) => method !== '' && method !== 'HEAD').map((method) => `${method} ${at.join('')}`);
  });
  const open = /^GET \/(health\/(live|ready)|metrics|docs.*|)$/;
  const closed = routes.filter((route) => !open.test(route)).map((route) => route.replaceAll(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1'));
  const described = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  expect(closed.length).toBeGreaterThan(30);
  expect([...new Set(closed)].sort()).toEqual([...described].sort());
});

it('describes every member of every body, in Japanese, by a type', () => {
  const bodies = Object.entries(document.components.schemas);
  expect(bodies.length).toBeGreaterThan(20);
  for (const [name, { type, properties = {}, required = [] }] of bodies) {
    expect([name, type]).toEqual([name, 'object']);
    for (const [member, schema] of Object.entries(properties)) {
      expect([name, member, schema.description]).toEqual([name, member, expect.stringMatching(JAPANESE)]);
      expect([name, member, Boolean(schema.type ?? schema.$ref ?? schema.allOf ?? schema.oneOf)]).toEqual([name, member, true]);
    }
    for (const member of required) expect([name, member, member in properties]).toEqual([name, member, true]);
  }
});

it('refers to nothing that is not there', () => {
  for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) expect([ref, named(ref!) !== undefined]).toEqual([ref, true]);
});

it('holds nothing of the store it describes', () => {
  const { vault, store } = city.server.engine.ledger.vault.identity;
  const text = JSON.stringify(document);
  for (const inside of [vault, store, city.directory, 'node_modules']) expect(text).not.toContain(inside);
});

it('is shown to people at /docs, from this server alone', async () => {
  const page = await send(city.server.address, 'GET', '/docs');
  expect([page.status, page.headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
  expect(page.text).toContain('証（あかし） API');
  expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
  const [, script] = /src="([^"]*swagger-ui-bundle[^"]*)"/.exec(page.text)!;
  expect((await send(city.server.address, 'GET', new URL(script!, `${city.server.address}/docs`).pathname)).status).toBe(200);
});

it('says of every list how a part of it is asked for, and of every question how not to be answered from before', () => {
  const named = (path: string, method: string): readonly string[] => document.paths[path]![method]!.parameters!.map(({ name }) => name);
  for (const [path, method] of [['/registers/subjects', 'get'], ['/registers/vaccinations', 'get'], ['/subjects/{id}/vaccinations', 'get'], ['/subjects/search', 'post'], ['/handling-log/search', 'post']] as const) {
    expect([path, named(path, method)]).toEqual([path, expect.arrayContaining(['limit', 'cursor', 'Akashi-After'])]);
  }
});

it('says of every operation which problems it may answer with, in one form', () => {
  for (const { path, method, operation } of operations()) {
    const { responses, parameters = [], requestBody } = operation;
    const takes = (name: string): boolean => parameters.some((parameter) => parameter.name === name);
    const expected = ['400', '401', '403', '500', '503', ...(path.includes('{') ? ['404'] : []), ...(takes('If-Match') ? ['404', '409', '412'] : []), ...(requestBody ? ['413', '415', '422'] : []), ...(takes('Prefer') ? ['202'] : [])];
    expect([method, path, Object.keys(responses)]).toEqual([method, path, expect.arrayContaining(expected)]);
    for (const [status, { description, content }] of Object.entries(responses).filter(([one]) => Number(one) >= 400)) {
      expect([path, status, description]).toEqual([path, status, expect.stringMatching(JAPANESE)]);
      expect([path, status, content?.['application/problem+json']?.schema.$ref]).toEqual([path, status, '#/components/schemas/Problem']);
    }
  }
});
