import type { Ledger } from '../ledger/ledger.js';
import type { Assessment } from './answers/assessment.js';
import { RULE_FORMS, declarationText } from './bindings/bindings.js';
import { newestOf } from './affair.js';
import { formatWareki } from '../codes/wareki.js';
import { versionOf } from './module.js';
import { inThread } from './work/in-thread.js';

type NotInForce = { readonly problem: 'unknown' | 'unpublished' | 'unbound' | 'ended' };
interface Published {
  readonly publishedOn: string;
  readonly digest: string;
  readonly revision: number;
  readonly affair: string;
  readonly boundBy: ReadonlySet<string>;
  readonly declaration: (version: number, effectiveFrom: string) => string;
  readonly unbacked: readonly string[];
  readonly newer?: string;
}

/** What putting a version in force has to know of it. */
export function publishedIn(ledger: () => Ledger) {
  return async (id: string): Promise<Published | NotInForce> => {
    const { drafted, published, bindings, steps } = await versionOf(ledger(), id);
    if (!drafted) return { problem: 'unknown' };
    const form = RULE_FORMS.find((one) => one === drafted.form);
    if (!published || !steps.publication) return { problem: 'unpublished' };
    if (drafted.kind === 'ending') return { problem: 'ended' };
    if (!bindings || form === undefined) return { problem: 'unbound' };
    const document = JSON.parse(published.document) as Assessment;
    const written = { number: drafted.number, form, title: document.title ?? '', publishedOn: steps.publication.on };
    const declaration = (version: number, effectiveFrom: string): string => declarationText(bindings.text, { ...written, version, effectiveFrom });
    const unbacked = await inThread({ kind: 'unbacked', document, declaration: declaration(1, written.publishedOn) });
    const newest = await newestOf(ledger(), drafted);
    return { publishedOn: written.publishedOn, digest: published.digest, revision: bindings.revision, affair: drafted.affair, boundBy: bindings.writers, declaration, unbacked, ...(newest && newest.id !== id && { newer: `この版より後に、別の版（${formatWareki(newest.on)}公表、版 ${newest.id}）が公表されています` }) };
  };
}
