import { event, type NewDomainEvent } from '../../ledger/event-type.js';
import type { Occasion } from '../../walks/context.js';
import { conflict, unacceptableAt } from '../../walks/problem.js';
import type { ChangePersonnel } from '../staff.js';
import { DesignateAsOfficer, DesignateOfficer, EndDesignation } from './commands.js';
import { DesignationEnded, DesignationMade } from './events.js';
import { covers, isStanding, type Designation } from './state.js';

/** What deciding about designations has to know beside the person's own events. */
export interface DesignationFacts {
  /** what whoever acts is designated as, in force today */
  readonly held?: readonly Designation[];
  readonly isFile?: (code: string) => boolean;
  /** whether some version of the written items has such a record item in one of the files, or in any when none is named */
  readonly isItem?: (files: readonly string[], code: string) => boolean;
}

export interface Designated {
  readonly designations: readonly Designation[];
  readonly departmentOn: (day: string) => string | undefined;
}

/** Of one person at a time: far more than any city writes down. */
const STANDING_MAX = 100;

type Wanted = DesignateOfficer | DesignateAsOfficer;

function designate(wanted: Wanted, { designations, departmentOn }: Designated, { today }: Occasion, { isFile = () => false, isItem = () => false }: DesignationFacts): readonly NewDomainEvent[] {
  const { kind, files, items, from, until } = wanted;
  if (from < today) throw unacceptableAt('/from', 'past', '指名の初日は今日以後の日で指定してください');
  if (until !== undefined && until < from) throw unacceptableAt('/until', 'order', '最終日は初日以後の日で指定してください');
  const department = departmentOn(from);
  if (department === undefined) throw conflict('not-in-post', 'その日に在職していない職員です');
  if (kind === 'handler' && files.length === 0) throw unacceptableAt('/files', 'required', '事務取扱担当者の指名には、対象の特定個人情報ファイルを指定してください');
  if (!files.every(isFile)) throw unacceptableAt('/files', 'unknown-file', '評価書に記載のない特定個人情報ファイルです');
  if (items && !items.every((item) => isItem(files, item))) throw unacceptableAt('/items', 'unknown-item', '評価書に記載のない記録項目です');
  const standing = designations.filter((one) => isStanding(one, today));
  if (standing.length >= STANDING_MAX) throw conflict('too-many-designations', `指名は${STANDING_MAX}件までです`);
  const isSame = (one: Designation): boolean => one.kind === kind && one.department === department && covers(one, wanted) && (one.endedOn ?? '9') > from && (one.until === undefined || (until !== undefined && until <= one.until)) && one.from <= from;
  if (standing.some(isSame)) throw conflict('already-designated', 'その範囲と期間では、すでに指名されています');
  return [event(DesignationMade, { kind, files: [...new Set(files)], ...(items && { items: [...new Set(items)] }), department, from, ...(until && { until }) }, {})];
}

/** 総括保護責任者 names 保護責任者 anywhere; a 保護責任者 the 事務取扱担当者 of their own section, within their own scope. */
function expectOfficer(wanted: DesignateAsOfficer, { departmentOn }: Designated, { department }: Occasion, { held = [] }: DesignationFacts): void {
  const has = (kind: Designation['kind']): boolean => held.some((own) => own.kind === kind && covers(own, wanted));
  if (wanted.kind === 'custodian') {
    if (!has('chief-custodian')) throw conflict('not-designated', '保護責任者は、総括保護責任者が自分の範囲で指名します');
    return;
  }
  if (wanted.kind !== 'handler') throw conflict('not-for-officers', '総括保護責任者・監査責任者は、情報システム部門の長又は情報セキュリティ管理者が指名します');
  if ((departmentOn(wanted.from) ?? department) !== department) throw conflict('other-department', '事務取扱担当者は、その日に所属する部署の保護責任者が指名します');
  if (!has('custodian')) throw conflict('not-designated', '事務取扱担当者は、その部署の保護責任者が自分の範囲で指名します');
}

/** What a command about designations leads to; nothing for any other. */
export function decideDesignations({ type, data }: { readonly type: string; readonly data: object }, person: Designated, occasion: Occasion): readonly NewDomainEvent[] | undefined {
  const facts = (occasion.facts ?? {}) as DesignationFacts;
  if (type === DesignateOfficer.name) return designate(data as DesignateOfficer, person, occasion, facts);
  if (type === DesignateAsOfficer.name) {
    expectOfficer(data as DesignateAsOfficer, person, occasion, facts);
    return designate(data as DesignateAsOfficer, person, occasion, facts);
  }
  if (type !== EndDesignation.name) return undefined;
  const { today } = occasion;
  const { designation, cause, on = today } = data as EndDesignation;
  if (on < today) throw unacceptableAt('/on', 'past', '終了日は今日以後の日で指定してください');
  const known = person.designations.find(({ id }) => id === designation);
  if (!known) throw unacceptableAt('/designation', 'unknown-designation', 'この職員にない指名です');
  if (!isStanding(known, today) || (known.endedOn ?? '9') <= on) throw conflict('designation-ended', 'この指名は終わっているか、終わる日が決まっています');
  return [event(DesignationEnded, { designations: [designation], on, cause }, {})];
}

/** With a move or the end of a post goes every designation from before it, in the same append; what was made for the new section stays. */
export function designationsEndedBy({ change, on, department }: Pick<ChangePersonnel, 'change' | 'on' | 'department'>, designations: readonly Designation[]): readonly NewDomainEvent[] {
  if (change === 'post-change' || change === 'return') return [];
  const stays = (one: Designation): boolean => change === 'transfer' && one.from >= on && one.department === department;
  const ended = designations.filter((one) => isStanding(one, on) && !stays(one)).map(({ id }) => id);
  return ended.length === 0 ? [] : [event(DesignationEnded, { designations: ended, on, cause: change }, {})];
}
