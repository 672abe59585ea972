import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projections } from '../../projections/all.js';
import { Registers } from '../../projections/engine/registers.js';
import { registerDigest } from '../../projections/engine/register-file.js';
import { isPlainDate } from '../codes/plain-date.js';
import { registry } from '../event-registry.js';
import { recordedSince } from '../store/recorded-since.js';
import { UsageError, type Settings } from '../settings.js';
import { ledgerAside } from './data.js';
import { japanTime, table } from './table.js';

export interface Replayed {
  readonly position: number;
  readonly at: string;
  readonly events: number;
  readonly registers: readonly { readonly name: string; readonly label: string; readonly rows: number; readonly digest: string }[];
}

/** Folds the ledger anew into scratch registers up to a moment; opens no value for anybody and changes nothing. */
export async function replay(settings: Settings, { asOf, position }: { readonly asOf?: string; readonly position?: string }): Promise<Replayed> {
  const store = await ledgerAside(settings);
  const head = await store.head();
  if (position !== undefined && (!/^\d{1,15}$/.test(position) || Number(position) > head)) {
    await store.close();
    throw new UsageError(`位置は0から${head}までの番号で指定してください。`);
  }
  const scratch = mkdtempSync(join(settings.data, 'replay-'));
  const registers = Registers.scratchOnly({ store, vault: settings.vault, directory: scratch, alarm: () => undefined });
  try {
    const upTo = position !== undefined ? Number(position) : asOf !== undefined ? await store.positionAt(instantOf(asOf)) : head;
    let events = 0;
    let at = '-';
    for await (const recorded of recordedSince(store, 0)) {
      if (recorded.position > upTo) break;
      events += 1;
      if (recorded.position === upTo) at = registry.decode(recorded).recordedAt;
    }
    const folded = [];
    for (const { name, label } of projections) folded.push({ name, label, ...registerDigest(await registers.asOf(name, upTo)) });
    return { position: upTo, at, events, registers: folded };
  } finally {
    await registers.stop();
    await store.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function describeReplay({ position, at, events, registers }: Replayed): string {
  const rows = registers.map(({ label, rows: count, digest }) => [`  ${label}`, `${count.toLocaleString()} 行`, digest]);
  return [events === 0 ? 'この時点までの記録はありません。' : `位置 ${position}（${japanTime(at)}）まで ${events.toLocaleString()} 件`, ...table(rows)].join('\n');
}

function instantOf(asOf: string): string {
  const ms = Date.parse(isPlainDate(asOf) ? `${asOf}T23:59:59.999+09:00` : asOf);
  if (Number.isNaN(ms)) throw new UsageError('時点は日付（YYYY-MM-DD）か時差付きの日時で指定してください。');
  return new Date(ms).toISOString();
}
