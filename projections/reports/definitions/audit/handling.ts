import { ModeChanged } from '../../../../src/declarations/events.js';
import { unwrittenRules } from '../../../../src/handling/broken-rules.js';
import { RULES } from '../../../../src/handling/rules.js';
import { outcomeOf } from '../../../words.js';
import { operationsUpTo } from '../../../registers/operations/query.js';
import { handlingCount, type LogLine } from '../../../handling-log/query.js';
import type { ReportSources } from '../../definition.js';
import { HANDLING_LOG, NOT_WRITTEN, handlingLines, personsOf } from '../lines.js';
import { OPERATIONS, dayOf } from './history.js';
import { many, question, type Answer, type Answers } from './question.js';
import type { AuditTerms } from './terms.js';

export function answerOf(line: LogLine, verdict: Answer['verdict'], matter: string, detail: string): Answer {
  return { verdict, matter, position: line.position, recordedAt: line.recordedAt, staff: line.staff, about: personsOf(line) || null, detail };
}

/** 問4: what went past the written items, by item and version, and what of them nothing is held against. */
export const audit4 = question<AuditTerms>({
  number: 4, title: '評価書に記載のない取扱いを、項目別・版別に何件拒否し何件通したか。照合対象外の項目は何か',
  about: '記載外で通した取扱いを違反として、拒否の件数と記載のない照合規則を参考として、照合しない項目を注意として、項目・版ごとに示す',
  registers: [HANDLING_LOG, OPERATIONS],
  cannotSee: ['照合規則のない評価書の項目に沿っているか（Ⅱ.2②本人の数、Ⅱ.3③入手の時期・頻度・④妥当性・⑤本人への明示・⑦使用者数・⑨使用開始日、Ⅱ.4の取扱者数・委託先名・再委託、Ⅱ.5②用途・④本人の数・⑦時期・頻度、Ⅱ.6②保管期間、Ⅲのリスク対策のうち照合規則のないもの）'],
  *answers(sources): Answers {
    const sums = new Map<string, { refused: number; deviations: number; last: LogLine; rule: string; version: number }>();
    let notWritten = 0;
    for (const lines of handlingLines(sources, { outcome: NOT_WRITTEN })) {
      notWritten += lines.length;
      for (const line of lines) {
        for (const { rule } of line.findings) {
          const key = `${line.declarationVersion} ${rule}`;
          const sum = sums.get(key) ?? { refused: 0, deviations: 0, last: line, rule, version: line.declarationVersion };
          if (line.outcome === 'refused') sum.refused += 1;
          else sum.deviations += 1;
          sums.set(key, { ...sum, last: line });
        }
      }
    }
    for (const { refused, deviations, last, rule, version } of sums.values()) {
      yield {
        verdict: deviations > 0 ? 'violation' : 'fact', matter: deviations > 0 ? '記載外の取扱い' : '拒否した取扱い', position: last.position, recordedAt: last.recordedAt, staff: null,
        about: sources.labels.rule(rule, version), detail: `第${version}版: 拒否 ${refused} 件、記載外 ${deviations} 件（位置は最後のもの）`,
      };
    }
    const changed = modesIn(sources);
    for (const { assessment, files } of sources.declarations) {
      for (const file of files) {
        const { code, items } = file;
        const unwritten = unwrittenRules(file);
        for (const rule of RULES) {
          const found = { position: null, recordedAt: null, staff: null, about: sources.labels.rule(rule, assessment.version), detail: `第${assessment.version}版、${sources.labels.of('file', code)}` };
          if (unwritten.includes(rule)) yield { ...found, verdict: 'fact', matter: '記載のない照合規則（該当する取扱いは認めない）' };
          const mode = modeAt(sources, changed.get(`${assessment.version} ${code} ${rule}`) ?? items[rule]?.mode);
          if (mode === 'unchecked' || mode === 'observe') yield { ...found, verdict: 'notice', matter: mode === 'unchecked' ? '照合対象外の項目' : '記録のみの項目' };
        }
      }
    }
    return `${many('取扱い', handlingCount(sources.register(HANDLING_LOG), sources.upTo))}（うち拒否・記載外 ${notWritten.toLocaleString('en-US')} 件）、${many('施行した版', sources.declarations.length)}`;
  },
});

type Held = { readonly mode: string; readonly until?: string };

/** The modes as they were changed since, by version, file and rule. */
function modesIn({ register, upTo }: ReportSources): ReadonlyMap<string, Held> {
  const changed = new Map<string, Held>();
  for (const { type, data } of operationsUpTo(register(OPERATIONS), upTo)) {
    if (type !== ModeChanged.type) continue;
    const { version, file, rule, mode, until } = data as { readonly version: number; readonly file: string; readonly rule: string } & Held;
    changed.set(`${version} ${file} ${rule}`, { mode, ...(until !== undefined && { until }) });
  }
  return changed;
}

/** What is only observed is enforced again after its last day. */
function modeAt({ at }: ReportSources, held: Held | undefined): string | undefined {
  return held?.mode === 'observe' && held.until !== undefined && at !== null && held.until < dayOf(at) ? 'enforce' : held?.mode;
}

/** 問5: what went over the network stands on a row of law and has a permit. */
export const audit5 = question<AuditTerms>({
  number: 5, title: '情報連携: 全件に許可証・照合リスト・根拠があるか',
  about: '情報連携による提供のうち、法令上の根拠又は提供許可証のないものを違反として示す',
  registers: [HANDLING_LOG],
  cannotSee: ['情報照会、照合リスト、中間サーバーの記録との一件ごとの突合、自動応答不可の人による確認（情報連携の記録は未搭載）'],
  *answers(sources): Answers {
    let provided = 0;
    const links = new Set(sources.declarations.flatMap(({ legalGrounds }) => legalGrounds.filter(({ kind }) => kind === 'link').map(({ code }) => code)));
    for (const lines of handlingLines(sources, { kind: 'provision' })) {
      for (const line of lines) {
        if (line.outcome === 'refused') continue;
        provided += 1;
        if (line.legalGround === null) yield answerOf(line, 'violation', '根拠のない提供', '法令上の根拠の記録がない');
        else if (links.has(line.legalGround) && !line.evidence.some(({ kind }) => kind === 'permit')) yield answerOf(line, 'violation', '提供許可証のない情報連携', sources.labels.at(line.declarationVersion, line.file).of('ground', line.legalGround));
      }
    }
    return many('提供', provided);
  },
});

/** 問6: entrustment, as far as handlings tell. */
export const audit6 = question<AuditTerms>({
  number: 6, title: '委託: 名簿外・期間外・方法外・許諾なき再委託、受渡しと返還・消去、月次報告',
  about: '委託の取扱いを示し、記載にない委託先・方法によるものを違反として示す',
  registers: [HANDLING_LOG],
  cannotSee: ['従事者名簿・期間・許諾・受渡し・返還・月次報告（委託の台帳は未搭載）'],
  *answers(sources): Answers {
    let entrusted = 0;
    for (const lines of handlingLines(sources, { kind: 'entrustment' })) {
      entrusted += lines.length;
      for (const line of lines) yield answerOf(line, line.outcome === 'deviation' ? 'violation' : 'fact', `委託（${outcomeOf(line)}）`, line.counterpart === null ? '相手方の記録なし' : sources.labels.at(line.declarationVersion, line.file).of('counterpart', line.counterpart));
    }
    return many('委託の取扱い', entrusted);
  },
});

/** 問8: erasures, step by step. */
export const audit8 = question<AuditTerms>({
  number: 8, title: '期間を過ぎて残るもの、早く消したもの、保留中のもの、消去の四者と外部複製',
  about: '承認や計画のない消去の実施と、確認の済まない消去を違反として、実施の済まない計画を注意として示す',
  registers: [HANDLING_LOG, OPERATIONS],
  cannotSee: ['保管期間の規則による期限、保留、外部複製、復元後の再消去（保管の台帳は未搭載）'],
  *answers(sources): Answers {
    let [looked, ordered] = [0, 0];
    const plans = new Map<string, { planned?: LogLine; approved?: LogLine; started?: LogLine }>();
    const units = new Map<string, LogLine>();
    // Planning and approving are uses of what is planned for: the steps go by their types, not by the kind of handling.
    for (const lines of handlingLines(sources, {})) {
      looked += lines.length;
      for (const line of lines) {
        if (line.type === 'ErasureOrdered') ordered += 1;
        takeErasure(line, plans, units);
      }
    }
    const completed = new Set([...operationsUpTo(sources.register(OPERATIONS), sources.upTo)].filter(({ type }) => type === 'ErasureCompleted').map(({ stream }) => stream));
    for (const [stream, { planned, approved, started }] of plans) {
      if (started && !completed.has(stream)) yield answerOf(started, 'violation', '実施が完了していない消去', '');
      if (started && !planned) yield answerOf(started, 'violation', '計画のない消去', '');
      if (started && !approved) yield answerOf(started, 'violation', '承認のない消去', '');
      if (planned && !started) yield answerOf(planned, 'notice', '実施していない消去の計画', approved ? '承認済み' : '承認待ち');
    }
    for (const line of units.values()) yield answerOf(line, 'violation', '確認の済まない消去', '消去の指示の後、鍵の破棄の確認が記録されていない');
    return `${many('取扱い', looked)}、${many('消去の計画', plans.size)}、${many('消去を指示した単位', ordered)}`;
  },
});

/** Orders go by their own stream, units by theirs: what is left of the units is what nobody has verified. */
function takeErasure(line: LogLine, plans: Map<string, { planned?: LogLine; approved?: LogLine; started?: LogLine }>, units: Map<string, LogLine>): void {
  if (line.outcome === 'refused') return;
  const steps = { ErasurePlanned: 'planned', ErasureApproved: 'approved', ErasureStarted: 'started' } as const;
  if (Object.hasOwn(steps, line.type)) plans.set(line.stream, { ...plans.get(line.stream), [steps[line.type as keyof typeof steps]]: line });
  if (line.type === 'ErasureOrdered') units.set(line.stream, line);
  if (line.type === 'ErasureVerified') units.delete(line.stream);
}
