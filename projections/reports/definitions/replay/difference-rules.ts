import { IN_FORCE, ModeChanged } from '../../../../src/declarations/events.js';
import type { Declaration } from '../../../../src/handling/declaration.js';
import { RULES, type Rule } from '../../../../src/handling/rules.js';
import type { Operation } from '../../../registers/operations/query.js';
import type { ReportSources } from '../../definition.js';
import { compared, eventsOf, type Change } from './change.js';
import { operationsBetween, type Moment } from './moments.js';
import { rulesAt } from './rules-then.js';

const MODES = { enforce: '照合する', observe: '記録のみ', unchecked: '照合しない' } as const;

/** The written items in force at a moment, by file and rule: each with how it is held to, and what is written. */
interface Written {
  readonly version: number;
  readonly items: ReadonlyMap<string, { readonly file: string; readonly rule: Rule; readonly mode: string; readonly values: readonly string[] }>;
}

function writtenAt(sources: ReportSources, { position, at }: Moment): Written {
  const { labels } = sources;
  const rules = rulesAt(sources, position);
  const inForce: Declaration | undefined = at === null ? undefined : rules.guard.inForce(at);
  const items = new Map<string, { file: string; rule: Rule; mode: string; values: readonly string[] }>();
  if (!inForce || at === null) return { version: 0, items };
  const { version } = inForce.assessment;
  for (const { code: file, items: written } of inForce.files) {
    for (const rule of RULES) {
      const item = written[rule];
      const mode = rules.guard.modeOf(version, file, rule, at);
      if (item && mode) items.set(`${file} ${rule}`, { file: labels.of('file', file), rule, mode: mode.mode === 'observe' ? `${MODES.observe}（${mode.until} まで）` : MODES[mode.mode], values: item.values.map(({ label }) => label) });
    }
  }
  return { version, items };
}

/** What is written otherwise, or held to otherwise. */
export function* changedRules(sources: ReportSources, before: Moment, after: Moment): Generator<Change> {
  const [stood, stands] = [writtenAt(sources, before), writtenAt(sources, after)];
  const between = [...operationsBetween(sources, before, after)];
  const eventsFor = (concerns: (operation: Operation) => boolean): ReturnType<typeof eventsOf> => eventsOf(between.filter(concerns).map(({ position }) => position));
  const putInForce = ({ type, data }: Operation): boolean => IN_FORCE.has(type) && data.version === stands.version;
  const version = compared(stood.version === 0 ? undefined : { 版: String(stood.version) }, stands.version === 0 ? undefined : { 版: String(stands.version) });
  if (version) yield { ...version, ...eventsFor(putInForce), sort: '施行中の版', id: '', file: '' };
  for (const key of [...new Set([...stood.items.keys(), ...stands.items.keys()])].sort()) {
    const [was, is] = [stood.items.get(key), stands.items.get(key)];
    const change = compared(rowOf(was, is), rowOf(is, was));
    const [file, rule] = key.split(' ');
    const events = eventsFor((operation) => (stood.version !== stands.version && putInForce(operation)) || (operation.type === ModeChanged.type && operation.data.version === stands.version && operation.data.file === file && operation.data.rule === rule));
    if (change) yield { ...change, ...events, sort: '記載事項', id: sources.labels.rule((is ?? was)!.rule, stands.version || stood.version), file: (is ?? was)!.file };
  }
}

/** A written item with those of its values alone that the other one has not. */
function rowOf(item: ReturnType<Written['items']['get']>, other: ReturnType<Written['items']['get']>): Readonly<Record<string, string>> | undefined {
  return item && { 方式: item.mode, 記載: item.values.filter((value) => !other?.values.includes(value)).join('、') };
}
