import { DECLARATION } from '../support/city.js';

/** A second file of the same assessment, in which nearly nothing is checked and more may be handed out. */
export const LAX = 'statistics-file';

interface Written {
  readonly files: { code: string; label: string; items: Record<string, { mode: object }>; recipients: { code: string }[]; evidence: object[] }[];
}

export function withLaxFile(): string {
  const declaration = JSON.parse(DECLARATION) as Written;
  const strict = declaration.files[0]!;
  const lax = structuredClone(strict);
  lax.code = LAX;
  lax.label = '統計ファイル（架空）';
  for (const rule of ['secondPerson', 'approval', 'purpose', 'department']) if (lax.items[rule]) lax.items[rule].mode = { mode: 'unchecked', reason: '架空の取扱い' };
  lax.evidence = [];
  strict.recipients = strict.recipients.filter(({ code }) => code !== 'prefecture');
  declaration.files.push(lax);
  return JSON.stringify(declaration);
}

/** Status and rules of an answer. */
export const refusedFor = ({ status, body }: { readonly status: number; readonly body: { readonly findings?: readonly { rule: string }[] } }): unknown[] => [status, body.findings?.map(({ rule }) => rule)];
