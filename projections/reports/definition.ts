import type Database from 'better-sqlite3';
import type { AccessPolicy } from '../../src/access/policy.js';
import type { SuspicionPolicy } from '../../src/access/findings/thresholds.js';
import type { Declaration } from '../../src/handling/declaration.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import type { CommandClass } from '../../src/walks/command-class.js';
import type { Engine, ThreadSources } from '../../src/walks/engine.js';
import type { Labels } from './labels.js';
import type { Column, ReportRow } from './report.js';
import type { PeriodTerms, ReportTerms } from './terms.js';

/** What a report reads from. */
export interface ReportSources {
  /** the file of a register, opened for reading */
  readonly register: (name: string) => Database.Database;
  /** rows count that stand at this position or before */
  readonly upTo: number;
  /** when that position was recorded; null of an empty ledger */
  readonly at: string | null;
  /** what codes are called in the versions of the assessment that were in force by then */
  readonly labels: Labels;
  /** those versions, by number */
  readonly declarations: readonly Declaration[];
  /** the member of staff who asks: whether there is a finding about oneself, one is not told */
  readonly asker: string;
  /** tells how far reading has come */
  readonly reached: (position: number) => void;
  /** what `gather` came to */
  readonly gathered?: unknown;
}

/** What a report that cannot do with registers alone is given besides. */
export interface Beside {
  readonly sources: ThreadSources;
  readonly suspicion: SuspicionPolicy;
}

/** What terms can be held against before a report is begun. */
export interface ReportBasis {
  readonly engine: Pick<Engine, 'ledger'>;
  readonly position: number;
  /** the versions of the written items that were in force by it */
  readonly declarations: readonly Declaration[];
}

/**
 * One report as a value: route, OpenAPI, verb of the command line and the way it runs follow from it. `read` runs in a worker thread, goes
 * through its register once, and gives the same rows for the same position whatever has come since.
 */
export interface ReportDefinition<T extends ReportTerms = ReportTerms> {
  /** in the URL, in the file name, and, open, in the ledger: a code */
  readonly name: string;
  /** Japanese */
  readonly title: string;
  /** what it shows, in a sentence, Japanese */
  readonly about: string;
  readonly right: string;
  /** rights that it takes beside, for some terms or for all */
  readonly further?: (terms: T) => readonly string[];
  /** what no field can say by itself; @throws Problem */
  readonly check?: (terms: T) => void;
  /** what the ledger has to hold by the position for the terms to be about anything; @throws Problem 422 */
  readonly expect?: (terms: T, basis: ReportBasis) => void | Promise<void>;
  readonly registers: readonly string[];
  /** its parameters; loaded where they are checked, and not by the thread that reads */
  readonly terms: () => Promise<CommandClass<T>>;
  /** parameters that are left out, by the policy in force: the report, and the event of its run, name them beside what was asked for, and say whose they are */
  readonly byDefault?: (policy: AccessPolicy) => Partial<T>;
  /** for terms that must not be written down as they came: what the thread that reads is given, and what is recorded and printed of them */
  readonly prepare?: (ledger: Pick<Ledger, 'vault'>, terms: T) => Promise<{ readonly terms: object; readonly said: object }>;
  /** the 特定個人情報ファイル that running it is recorded under */
  readonly file: (terms: T) => string;
  /** the person it is about, if it is about one */
  readonly subject?: (terms: T) => string | undefined;
  readonly columns: (terms: T) => readonly Column[];
  readonly notes: readonly string[];
  /**
   * Read beforehand from store and vault, in the same thread, once running the report has been recorded: for what no register holds in the
   * open. Its head names the last erasure of all, since what was erased after the position cannot be opened any more. It has to be small, and is given out as XLSX and PDF without its rows being counted first.
   */
  readonly gather?: (sources: ReportSources, terms: T, beside: Beside) => Promise<unknown>;
  readonly read: (sources: ReportSources, terms: T) => Iterable<readonly ReportRow[]>;
}

/** A definition whose terms the compiler has checked, as one among others. */
export function report<T extends ReportTerms>(definition: ReportDefinition<T>): ReportDefinition {
  return definition as unknown as ReportDefinition;
}

/** Lines that are read, labelled and written in one go. */
export const BLOCK = 1000;

/** One after the other in blocks, the last of which may be short or empty. */
export function* inBlocks<R>(all: Iterable<R>, size = BLOCK): Generator<readonly R[]> {
  let block: R[] = [];
  for (const one of all) {
    block.push(one);
    if (block.length < size) continue;
    yield block;
    block = [];
  }
  yield block;
}

/** The ends of a period as the registers have instants: RFC 3339 in UTC with milliseconds. */
export function periodOf({ from, to }: PeriodTerms): { readonly from?: string; readonly to?: string } {
  return { ...(from !== undefined && { from: new Date(from).toISOString() }), ...(to !== undefined && { to: new Date(to).toISOString() }) };
}

/** Without what is undefined. */
export function given<T extends object>(terms: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)) as never;
}
