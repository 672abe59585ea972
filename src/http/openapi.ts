import type { OpenAPIObject } from '@nestjs/swagger';

/** Why a request is answered with a problem, by status. */
const PROBLEMS: { readonly [status: string]: string } = {
  400: '入力・ヘッダー・クエリに誤りがある（errors に項目ごとの理由）',
  401: 'サインインしていない（トークンがないか、無効か、期限切れ）',
  403: '取扱いが認められない（記載事項と版を示す。試みは記録される）',
  404: '対象が見つからない',
  408: 'ファイルの送信が途中で切れた',
  409: 'いまの状態では行えない',
  412: 'If-Match の版の後に変更があった',
  413: '送られた本文が大きすぎる',
  415: '本文の形式（Content-Type）を受け付けない',
  422: '形式は正しいが、その値では行えない',
  500: '処理中の誤り。情報システム担当に連絡する',
  503: '混み合っているか、記録できないため止めている（Retry-After の秒数を待つ）',
};

const PROBLEM = {
  type: 'object',
  description: '誤り（RFC 9457）。送られた値は繰り返さない',
  required: ['type', 'title', 'status', 'code', 'correlationId'],
  properties: {
    type: { type: 'string', description: '種類（urn:akashi:problem:code）' },
    title: { type: 'string', description: '何が起きたか（日本語）' },
    status: { type: 'integer', description: 'HTTP の状態コード' },
    code: { type: 'string', description: '変わらない符号' },
    correlationId: { type: 'string', format: 'uuid', description: '要求の相関 ID' },
    detail: { type: 'string', description: '詳しい理由（日本語）' },
    errors: {
      type: 'array', description: '入力の誤りの場所と理由',
      items: { type: 'object', properties: { path: { type: 'string', description: '場所' }, code: { type: 'string', description: '符号' }, message: { type: 'string', description: '理由（日本語）' }, item: { type: 'string', description: '評価書の項目' }, entries: { type: 'array', description: '項目のある繰返し（外側から）', items: { type: 'string', format: 'uuid' } } } },
    },
    findings: { type: 'array', description: '認められない理由（照合規則・評価書の項目）', items: { type: 'object' } },
    declarationVersion: { type: 'integer', description: '照合した評価書の版' },
    event: { type: 'string', format: 'uuid', description: '拒否を記録した事象の ID' },
  },
} as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

/** Which problems an operation may answer with follows from what it takes: nothing of it is written at the routes. */
function problemsOf(path: string, method: string, { parameters = [], requestBody }: Operation): readonly number[] {
  const takes = (name: string): boolean => parameters.some((parameter) => 'name' in parameter && parameter.name === name);
  const isFile = requestBody !== undefined && 'content' in requestBody && 'text/csv' in requestBody.content;
  return [
    400, 401, 403, 500, 503,
    ...(path.includes('{') ? [404] : []),
    ...(method !== 'get' && (path.includes('{') || takes('Idempotency-Key')) ? [409] : []),
    ...(method !== 'get' || takes('asOf') ? [422] : []),
    ...(takes('If-Match') ? [412] : []),
    ...(requestBody ? [413, 415] : []),
    ...(isFile ? [408] : []),
  ];
}

/** Adds to the description of every operation what else than its own answer may come. */
export function describeAnswers(document: OpenAPIObject): OpenAPIObject {
  (document.components!.schemas ??= {}).Problem = PROBLEM as never;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
      const own = Object.keys(operation.responses).map(Number).filter((status) => status >= 400);
      for (const status of [...problemsOf(path, method, operation), ...own]) operation.responses[status] = { description: PROBLEMS[status]!, content };
      const waits = operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === 'Prefer');
      if (waits) operation.responses[202] = { description: '記録した。台帳への反映は、待つ時間（Prefer）に間に合わなかった' };
    }
  }
  return document;
}
