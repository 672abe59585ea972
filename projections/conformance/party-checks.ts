import type { CodedLabel, Recipient } from '../../src/handling/declaration.js';
import type { Rule } from '../../src/handling/rules.js';
import { happenedOf } from './awaited.js';
import { handlersOf, isTicked, ofKind, type ItemCheck, type Written } from './item-check.js';
import { together, type Act } from './practice.js';
import { LOG_QUERY, among, count, lookAt, ownFacts, unchecked, type Outcome, type Scene } from './verdict.js';

const NO_PARTY = '記載事項に、この欄に対応する相手方の符号がない';

/** What was handed to one party. */
export const ofParty = (of: string, check: (scene: Scene, acts: readonly Act[], party: CodedLabel, written: Written) => Outcome): ItemCheck => (scene, written) => {
  if (!written.party) return unchecked(NO_PARTY);
  const code = written.party.code;
  return check(scene, ofKind(scene.done, of).filter((act) => act.counterpart === code), written.party, written);
};

/** Whether anything was handed to a party. */
export function atAll(scene: Scene, of: string, acts: readonly Act[], { code }: CodedLabel): Outcome {
  const sum = together(acts);
  return { verdict: sum.count > 0 ? 'agrees' : 'nothing', shown: sum.count > 0 ? `${count(sum.count)}（延べ${count(sum.persons, '人')}）` : '実績なし（0件）', sum, query: LOG_QUERY, look: lookAt(scene, { kind: of, counterpart: code }) };
}

export const partyAtAll = (of: string): ItemCheck => ofParty(of, (scene, acts, party) => atAll(scene, of, acts, party));

/** What was handed to a party, on what ground or how, against what is written of it. */
export const partyList = (of: string, column: 'ground' | 'items' | 'method', allowedOf: (party: Recipient) => readonly string[], rule: Rule): ItemCheck => ofParty(of, (scene, acts, party, written) => {
  const allowed = new Set('grounds' in party ? allowedOf(party as Recipient) : []);
  const list = column === 'items' ? 'item' : column;
  const outcome = among(scene, { acts, by: (act) => act[column] ?? 'unknown', isWritten: (code) => allowed.has(code) && (column !== 'method' || isTicked(written, code)), labelOf: (code) => scene.label(list, code), kind: of, rule });
  return { ...outcome, look: lookAt(scene, { kind: of, counterpart: party.code }) };
});

/** 提供方法 of what an entrustee was given. */
export const delivery: ItemCheck = ofParty('entrustment', (scene, acts, party, written) => ({
  ...among(scene, { acts, by: (act) => act.method, isWritten: (code) => isTicked(written, code), labelOf: (code) => scene.label('method', code), kind: 'entrustment' }), look: lookAt(scene, { kind: 'entrustment', counterpart: party.code }),
}));

/** 再委託の有無: permits, and the people of a sub-entrustee at work. That there is none shows nothing: who works where, outside the engine, no ledger tells. */
export const subEntrusted: ItemCheck = (scene, { answer }) => {
  const workers = handlersOf(scene, ['sub-entrusted']).size;
  const permits = happenedOf(ownFacts(scene).happened, ['SubEntrustmentApproved']);
  const isSeen = workers > 0 || permits.count > 0;
  const base = { shown: `再委託先の従業者による取扱い ${count(workers, '人')}、再委託の許諾 ${count(permits.count)}`, sum: permits, query: '取扱者と許諾の記録の集計' };
  if (answer === 'notSubEntrust') return { ...base, verdict: isSeen ? 'differs' : 'nothing', ...(!isSeen && { note: '再委託のないことは、この台帳からは確かめられない' }) };
  if (answer === 'subEntrust') return { ...base, verdict: isSeen ? 'agrees' : 'nothing' };
  return { ...base, verdict: 'unchecked', note: '書かれていない、又は読み取れない' };
};
