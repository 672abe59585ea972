import { UnitOpened, UnitRenamed } from '../../src/access/organisation/events.js';
import { todayInJapan } from '../../src/codes/plain-date.js';
import { isErased } from '../../src/ledger/event-type.js';
import { openSealed } from '../../src/ledger/ledger.js';
import type { Decoded } from '../../src/ledger/registry.js';
import type { VaultReader } from '../../src/vault/vault.js';
import type { Engine } from '../../src/walks/engine.js';
import type { Registers } from '../engine/registers.js';
import { OPERATIONS, sectionStreams } from '../registers/operations/query.js';

/** What a section was called, by its code. */
export interface Section {
  readonly code: string;
  readonly name: string;
}

/** Sections whose streams are read before others are let through. */
const AT_ONCE = 16;

interface NameSources {
  readonly engine: Pick<Engine, 'ledger' | 'alarm'>;
  readonly registers: Pick<Registers, 'query'>;
}

/**
 * Opens the names of the sections, as they had been entered by a position and hold on its day. The name of an office is no personal information
 * (個人情報保護法第2条第1項), so opening it is no handling; it is sealed only because it is text. A name that cannot be opened is left out,
 * and, unless it has been erased, raises the alarm.
 */
export async function openSectionNames({ engine, registers }: NameSources, position: number, at: string | null): Promise<readonly Section[]> {
  if (at === null) return [];
  const day = todayInJapan(new Date(at));
  const sections: Section[] = [];
  for (const [i, stream] of sectionStreams(registers.query(OPERATIONS), position).entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise(setImmediate);
    const known = (await engine.ledger.recorded(stream)).filter((one) => one.position <= position);
    const section = sectionIn(known, engine.ledger.vault, day, engine.alarm);
    if (section) sections.push(section);
  }
  return sections;
}

/** A section by the events of its stream, with the name that holds on a day. */
export function sectionIn(known: readonly Decoded[], vault: VaultReader, day: string, alarm?: NameSources['engine']['alarm']): Section | undefined {
  const opening = known.find(({ type }) => type === UnitOpened.type);
  if (!opening) return undefined;
  const last = known.filter(({ type, data }) => type === UnitRenamed.type && (data.on as string) <= day).reduce((latest, one) => (dayOfName(one) >= dayOfName(latest) ? one : latest), opening);
  const opened = openSealed(last, vault);
  if (typeof opened === 'string') {
    alarm?.(opened, { position: last.position });
    return undefined;
  }
  return isErased(opened) ? undefined : { code: opening.data.unit as string, name: opened.name as string };
}

/** From when on a section is called so; empty: from its beginning. */
function dayOfName({ type, data }: Decoded): string {
  return type === UnitRenamed.type ? (data.on as string) : '';
}
