import type { PolicyException } from '../access/policies/exceptions.js';
import type { ShownSetting } from '../access/policies/policies.js';
import type { SettingValue } from '../access/policies/tunable.js';
import { SETTINGS } from '../access/policy.js';
import { UsageError } from '../settings.js';
import type { Client } from './client.js';
import { japanTime, table } from './table.js';

/** The value of a setting as it is typed. @throws UsageError */
export function readValue(path: string, text: string): SettingValue {
  const setting = SETTINGS.get(path);
  if (!setting) throw new UsageError('この名の設定はありません。akashi policy で確かめられます。');
  const { kind, label } = setting.tunable;
  if (kind === 'choice') return text;
  if (kind === 'codes') return text === '' ? [] : text.split(',');
  if (kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === 'flag' || !/^\d{1,9}$/.test(text)) throw new UsageError(`「${label}」は${kind === 'flag' ? ' true か false ' : '整数'}で指定してください。`);
  return Number(text);
}

export interface PolicyNow {
  readonly settings: readonly ShownSetting[];
  readonly exceptions: readonly PolicyException[];
}

export function policyNow(client: Client, token: string): Promise<PolicyNow> {
  return client.send<PolicyNow>('GET', '/access-policy', token);
}

/** The table of settings, and below it what waits for a second person, and the exceptions. */
export function describePolicy({ settings, exceptions }: PolicyNow): string {
  const rows = settings.map(({ setting, label, value, unit, default: usual, floor, ceiling, of, since }) => [
    setting, label, `${shown(value)}${unit}`, `${shown(usual)}${unit}`, floor !== undefined ? `${floor}～${ceiling}${unit}` : (of?.join('、') ?? '－'), since === undefined ? '－' : japanTime(since),
  ]);
  const waiting = settings.flatMap(({ setting, unit, later, proposed }) => [
    ...later.map(({ value, since }) => `${setting}: ${japanTime(since)} から ${shown(value)}${unit}（承認済み）`),
    ...(proposed ? [`変更案 ${proposed.proposal}: ${setting} を ${shown(proposed.value)}${unit} に${proposed.from ? `（${proposed.from} から）` : ''}。職員 ${proposed.by}。承認待ち`] : []),
  ]);
  return [...table([['設定', '内容', '今の値', '既定値', '範囲', '変更した日時'], ...rows]), ...waiting, ...exceptions.map(described)].join('\n');
}

function described({ proposal, system, users, terminals, until, event }: PolicyException): string {
  return `共用ID ${proposal}: ${system}、職員 ${users.join('、')}、端末 ${terminals.join('、')}、${until} まで（${event === undefined ? '承認待ち' : '承認済み'}）`;
}

function shown(value: SettingValue): string {
  return Array.isArray(value) ? value.join('、') : String(value);
}
