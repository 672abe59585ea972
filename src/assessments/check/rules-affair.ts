import type { FormNumber, Option } from '../forms/form.js';
import type { DocumentView } from './document.js';
import type { AffairDocuments, AffairRule } from './rule.js';
import { fold } from './text.js';

const SET = '規則・指針（様式２は必ず、様式３又は様式４のいずれかとともに。評価書番号は様式１による）';

/** Items that 様式２ asks in the same words as 様式３ and 様式４. */
const SAME: readonly string[] = [
  'cover.number',
  'cover.agency',
  'basic.affair.name',
  'basic.fileNames',
  'basic.numberUse.legalBasis',
  'basic.networkLink.status',
  'basic.networkLink.legalBasis',
  'basic.department.name',
  'basic.department.headTitle',
  'procedure.basic.threshold',
  'control.training.status',
];

/** The document kinds of 様式２ Ⅳ.1 and 様式１, and the form that goes with each. */
const DETAILED: Readonly<Record<string, FormNumber | undefined>> = { basic: undefined, basicAndFocused: '3', basicAndFull: '4' };

export const AFFAIR_RULES: readonly AffairRule[] = [
  {
    code: 'set-complete',
    level: 'contradiction',
    says: '一つの事務に、様式２と、様式３か様式４のどちらか一方だけがある',
    source: SET,
    *check(documents) {
      const first = (['2', '3', '4', '1'] as const).find((form) => documents[form]);
      if (!first) return;
      if (!documents['2']) yield { form: first, itemId: 'cover.title', message: '基礎項目評価書（様式２）がありません' };
      if (!documents['1']) yield { form: first, itemId: 'cover.number', message: '計画管理書（様式１）がありません' };
      if (documents['3'] && documents['4']) yield { form: '4', itemId: 'cover.title', message: '一つの事務に重点項目評価書と全項目評価書の両方があります' };
      const kind = documents['2']?.text('risk.documentKind');
      const asked = kind ? DETAILED[kind] : undefined;
      if (asked && !documents[asked]) yield { form: '2', itemId: 'risk.documentKind', message: `様式${asked}を提出するとしていますが、その評価書がありません` };
      if (kind === 'basic' && (documents['3'] ?? documents['4'])) yield { form: '2', itemId: 'risk.documentKind', message: '基礎項目評価書だけを提出するとしていますが、ほかの評価書があります' };
    },
  },
  {
    code: 'set-same-answer',
    level: 'contradiction',
    says: '様式２の記載が、様式３又は様式４の同じ項目の記載と同じである',
    source: SET,
    *check(documents) {
      const [basic, detailed] = [documents['2'], detailedOf(documents)];
      if (!basic || !detailed) return;
      for (const id of SAME) {
        const [one, other] = [basic.text(id), detailed.text(id)];
        if (one && other && fold(one) !== fold(other)) yield { form: '2', itemId: id, message: `様式${detailed.form.form}の${detailed.name(id)}と違います` };
      }
    },
  },
  {
    code: 'set-title',
    level: 'contradiction',
    says: '様式２と、様式３又は様式４の評価書名が、評価書の種類を除いて同じである',
    source: SET,
    *check(documents) {
      const titles = [documents['2'], detailedOf(documents)].map((document) => document?.text('cover.title'));
      const [one, other] = titles.map((title) => fold(title ?? '').replace(/\(?(?:基礎|重点|全)項目評価書\)?/g, ''));
      if (one && other && one !== other) yield { form: '2', itemId: 'cover.title', message: `様式${detailedOf(documents)!.form.form}の評価書名と違います` };
    },
  },
  {
    code: 'set-headcount',
    level: 'contradiction',
    says: '対象人数の区分が、様式２と様式３又は様式４で同じである',
    source: '様式２ Ⅱ.1、様式３・４ Ⅰ.1③',
    *check(documents) {
      const one = documents['2']?.option('threshold.headcount.band');
      const other = detailedOf(documents)?.option('basic.affair.headcount');
      if (one && other && (one.min !== other.min || one.below !== other.below)) yield { form: '2', itemId: 'threshold.headcount.band', message: `様式２は「${one.label}」、様式${detailedOf(documents)!.form.form}は「${other.label}」です` };
    },
  },
  {
    code: 'set-handlers',
    level: 'contradiction',
    says: '取扱者数（500人以上か）が、使用者数と委託先の取扱者数に合っている',
    source: '様式２ Ⅱ.2、様式３・４ Ⅱ.3 使用者数・Ⅱ.4 取扱者数',
    *check(documents) {
      const band = documents['2']?.text('threshold.handlers.band');
      const detailed = detailedOf(documents);
      if (!band || !detailed) return;
      const parts = ['file.use.userCount', 'file.entrustments.handlerCount'].flatMap((id) => detailed.all(id).map(({ at }) => detailed.option(id, at)));
      const least = parts.reduce((sum, part) => sum + (part?.min ?? 0), 0);
      const most = parts.every((part): part is Option & { below: number } => part?.below !== undefined) ? parts.reduce((sum, { below }) => sum + below - 1, 0) : undefined;
      if (band === 'lt500' && least >= 500) yield { form: '2', itemId: 'threshold.handlers.band', message: `500人未満としていますが、使用者数と委託先の取扱者数は少なくとも${least}人です` };
      if (band === 'ge500' && parts.length > 0 && most !== undefined && most < 500) yield { form: '2', itemId: 'threshold.handlers.band', message: `500人以上としていますが、使用者数と委託先の取扱者数は多くて${most}人です` };
    },
  },
  {
    code: 'set-incident',
    level: 'contradiction',
    says: '過去1年以内の重大事故（様式２）が、過去3年以内の重大事故（様式３・４）にも現れる',
    source: '様式２ Ⅱ.3、様式３ Ⅲ.7②、様式４ Ⅲ.7 リスク1⑨',
    *check(documents) {
      const detailed = detailedOf(documents);
      if (documents['2']?.text('threshold.incident.status') !== 'occurred') return;
      for (const { at, answer } of detailed?.all('risk.storage.leak.incident') ?? []) {
        if (answer === 'none') yield { form: detailed!.form.form, itemId: 'risk.storage.leak.incident', at, message: '様式２では過去1年以内に「発生あり」ですが、過去3年以内に「発生なし」とされています' };
      }
    },
  },
  {
    code: 'set-ratings',
    level: 'contradiction',
    says: '対策の評価が、様式２と様式３又は様式４で同じである',
    source: '様式２ Ⅳ、様式３・４ Ⅲ（リスクへの対策は十分か）',
    *check(documents) {
      const [basic, detailed] = [documents['2'], detailedOf(documents)];
      if (!basic || !detailed) return;
      for (const { item, answer } of basic.cells) {
        if (!item.id.endsWith('.sufficient') || answer === '' || answer === null) continue;
        const others = detailed.all(item.id).flatMap((cell) => (cell.answer ? [cell.answer] : []));
        if (others.length > 0 && !others.includes(answer)) yield { form: '2', itemId: item.id, message: `様式${detailed.form.form}の${detailed.name(item.id)}の評価と違います` };
      }
    },
  },
  {
    code: 'set-plan',
    level: 'contradiction',
    says: '計画管理書（様式１）に、評価書の番号と事務の名称がある',
    source: '様式１、記載要領（評価書番号は計画管理書による）',
    *check(documents) {
      const [plan, own] = [documents['1'], documents['2'] ?? detailedOf(documents)];
      if (!plan || !own) return;
      const form = own.form.form;
      const number = own.text('cover.number');
      if (!number) return;
      const row = plan.entries('plan').find((at) => fold(plan.text('plan.number', at) ?? '') === fold(number));
      if (!row) {
        yield { form, itemId: 'cover.number', message: 'この評価書番号は計画管理書にありません' };
        return;
      }
      const [affair, listed] = [own.text('basic.affair.name'), plan.text('plan.affair', row)];
      if (affair && listed && fold(affair) !== fold(listed)) yield { form: '1', itemId: 'plan.affair', at: row, message: `様式${form}の事務の名称と違います` };
      const [agency, planAgency] = [own.text('cover.agency'), plan.text('cover.agency')];
      if (agency && planAgency && fold(agency) !== fold(planAgency)) yield { form: '1', itemId: 'cover.agency', message: `様式${form}の評価実施機関名と違います` };
      const kind = plan.text('plan.documents', row);
      const asked = kind ? DETAILED[kind] : undefined;
      if (asked && !documents[asked]) yield { form: '1', itemId: 'plan.documents', at: row, message: `様式${asked}を作るとしていますが、その評価書がありません` };
    },
  },
];

function detailedOf(documents: AffairDocuments): DocumentView | undefined {
  return documents['4'] ?? documents['3'];
}
