import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assessment } from '../assessments/answers/assessment.js';
import { cellsOf } from '../assessments/answers/cells.js';
import { formOf } from '../assessments/forms/editions.js';
import type { Position } from '../assessments/forms/form.js';
import type { ThresholdResult } from '../assessments/threshold/rules.js';
import type { Client } from '../cli/client.js';

/** One edit of the amendment of the day. */
interface Edit {
  readonly itemId: string;
  readonly at: readonly Position[];
  readonly value: unknown;
  readonly judgement?: { readonly ground: string; readonly reason: string };
}

interface Amendment {
  readonly edits: readonly Edit[];
}

/** Who does what of an assessment: tokens, asked for anew at each step. */
export interface Assessors {
  /** 保護評価担当, who writes */
  readonly author: () => string;
  /** 課長・保護責任者, who judges, decides and puts in force */
  readonly chief: () => string;
}

const COMMON = { affair: 'vaccination', number: 12 };
const FULL = { ...COMMON, edition: 'form4-2025-05' };
const BASIC = { ...COMMON, edition: 'form2-2024-10' };
const PRINTS = [['form2', '様式2 基礎項目評価書', 'pdf'], ['form4', '様式4 全項目評価書', 'pdf'], ['form4', '様式4 全項目評価書', 'xlsx']] as const;
/** The box of the form that the medium of the entrustee is. */
const MEDIA = { code: 'media', label: '電子記録媒体（フラッシュメモリを除く。）' };

function documentOf(name: string): string {
  return readFileSync(new URL(`./assessments/${name}.json`, import.meta.url), 'utf8');
}

/** 評価書 of the fictional city: taken over as they were published, amended on the day, and printed. */
export class Assessing {
  private readonly versions = new Map<'form2' | 'form4', string>();

  constructor(
    private readonly client: Client,
    private readonly by: Assessors,
    private readonly declaration: string,
  ) {}

  /** The published documents, and 全項目評価書 第3版 in force. */
  async takeOver(): Promise<void> {
    for (const [name, about, bindings] of [['form4', FULL, this.declaration], ['form2', BASIC, undefined]] as const) {
      const { id } = await this.client.send<{ id: string }>('POST', '/assessments', this.by.author(), { ...about, kind: 'taken-over', document: documentOf(name === 'form4' ? 'form4-v3' : 'form2'), ...(bindings && { bindings }) });
      this.versions.set(name, id);
    }
    await this.client.send('POST', '/declarations/in-force/assessments', this.by.chief(), { assessment: this.versions.get('form4'), version: 3 });
  }

  /** 修正: what was done otherwise than written is written, judged, decided, submitted (a rehearsal) and published. Answers with the day's rows of 別添3. */
  async amend(today: string, subjects: number): Promise<readonly { readonly itemPath: string; readonly submission: string; readonly explanation: string }[]> {
    const before = this.versions.get('form4')!;
    const { id } = await this.client.send<{ id: string }>('POST', '/assessments', this.by.author(), { ...FULL, kind: 'amendment', basedOn: before });
    const { entries } = await this.client.send<{ entries: readonly { repeat: string; within?: string; entry: string }[] }>('GET', `/assessments/${id}`, this.by.author());
    const entryAt = (at: readonly Position[]): readonly string[] => at.reduce<readonly string[]>((path, { repeat, index }) => [...path, entries.filter((one) => one.repeat === repeat && one.within === path.at(-1))[index - 1]!.entry], []);
    const { edits } = JSON.parse(documentOf('form4-v4-amendment')) as Amendment;
    for (const { itemId, at, value } of edits) await this.client.send('POST', `/assessments/${id}/amendments`, this.by.author(), { item: itemId, entries: entryAt(at), revision: 0, value, cause: '予診票データの受渡し方法の見直し' });
    for (const { itemId, at, value } of await this.headcounts(before, subjects)) await this.client.send('POST', `/assessments/${id}/amendments`, this.by.author(), { item: itemId, entries: entryAt(at), revision: 0, value, cause: '対象人数の計数' });
    for (const { itemId, at, judgement } of edits) if (judgement) await this.client.send('POST', `/assessments/${id}/judgements`, this.by.chief(), { item: itemId, entries: entryAt(at), ...judgement });
    const rules = JSON.parse(this.declaration) as { files: [{ items: { method: object & { values: object[] } } }] };
    rules.files[0].items.method = { values: [...rules.files[0].items.method.values, MEDIA] }; // and from now on it is enforced
    await this.client.send('POST', `/assessments/${id}/bindings`, this.by.author(), { revision: 0, bindings: JSON.stringify(rules) });
    await this.publish(id, today);
    await this.client.send('POST', '/declarations/in-force/assessments', this.by.chief(), { assessment: id });
    this.versions.set('form4', id);
    const { changeLog } = await this.client.send<{ changeLog: readonly { changedOn: string; itemPath: string; submission: string; explanation: string }[] }>('GET', `/assessments/${id}/document`, this.by.author());
    return changeLog.filter(({ changedOn }) => changedOn === today);
  }

  /** Where the number of persons is written in another band than that of the ledger. */
  private async headcounts(version: string, subjects: number): Promise<readonly Edit[]> {
    const form = formOf(FULL.edition)!;
    const document = await this.client.send<Assessment>('GET', `/assessments/${version}/document`, this.by.author());
    return cellsOf(form, document).flatMap(({ item, at, answer }): readonly Edit[] => {
      const band = item.id.toLowerCase().endsWith('headcount') ? item.options.find(({ min, below = Infinity }) => min !== undefined && subjects >= min && subjects < below) : undefined;
      return band === undefined || answer === '' || answer === band.code ? [] : [{ itemId: item.id, at, value: band.code }];
    });
  }

  /** 基礎項目評価書 anew: しきい値判断 with the figures of the ledger itself. */
  async judgeThreshold(today: string): Promise<{ readonly subjects: number; readonly handlers: number; readonly result: ThresholdResult }> {
    const { id } = await this.client.send<{ id: string }>('POST', '/assessments', this.by.author(), { ...BASIC, kind: 'renewal', basedOn: this.versions.get('form2') });
    await this.client.send('POST', `/assessments/${id}/thresholds`, this.by.author(), { on: today, noIncident: true });
    const { procedure } = await this.client.send<{ procedure: readonly [{ done: { subjects: number; handlers: number; result: ThresholdResult } }] }>('GET', `/assessments/${id}`, this.by.author());
    await this.publish(id, today);
    this.versions.set('form2', id);
    return procedure[0].done;
  }

  private async publish(id: string, on: string): Promise<void> {
    await this.client.send('POST', `/assessments/${id}/decisions`, this.by.chief(), { on });
    await this.client.send('POST', `/assessments/${id}/submissions`, this.by.author(), { on, simulated: true });
    await this.client.send('POST', `/assessments/${id}/publications`, this.by.author(), { on, where: '市の公式サイト（架空）' });
  }

  /** The newest published documents as the official forms, and as the workbooks that are submitted; by what each is. */
  async print(directory: string): Promise<readonly (readonly [string, string])[]> {
    const written: [string, string][] = [];
    for (const [form, words, format] of PRINTS) {
      const path = join(directory, `assessment-${form}.${format}`);
      writeFileSync(path, await this.client.bytes(`/assessments/${this.versions.get(form)}/form?format=${format}`, this.by.author()), { mode: 0o600 });
      written.push([`${words}（${format.toUpperCase()}）`, path]);
    }
    return written;
  }
}
