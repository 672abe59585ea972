import { SignInRefused } from '../../../../src/access/accounts/events.js';
import type { Grant } from '../../../../src/access/rights/grants.js';
import { SignedIn } from '../../../../src/access/sessions/events.js';
import { streamId } from '../../../../src/ledger/ids.js';
import { accessBlocks } from '../../../registers/access-log/query.js';
import { standingOn } from '../../../../src/access/rights/grants.js';
import { ENTRY_WORDS, EXTENT_WORDS, KINDS, REASON_WORDS, STANDING_WORDS, ROLE_LABELS, actOf, outcomeOf, wordOf } from '../../../words.js';
import { BLOCK, given, periodOf, type ReportSources } from '../../definition.js';
import { dayOf, peopleIn, setterOf } from '../audit/history.js';
import { ACCESS_LOG, handlingLines, personsOf } from '../lines.js';
import type { POPULATIONS, STRATA } from './choices.js';
import type { SampleTerms } from './terms.js';

/** One of a population, as the sample shows it. */
export interface Member {
  readonly position: number | null;
  readonly recordedAt: string | null;
  /** by which it is drawn */
  readonly id: string;
  readonly staff: string;
  readonly department: string;
  readonly matter: string;
  readonly about: string;
  readonly file: string;
  readonly outcome: string;
}

type Population = (typeof POPULATIONS)[number];
type Filter = Omit<SampleTerms, 'of' | 'seed' | 'size' | 'strata' | 'upTo'>;

interface Drawable {
  /** what it can be asked for by, and parted by */
  readonly filters: readonly (keyof Filter)[] | 'all';
  readonly strata: readonly (typeof STRATA)[number][];
  readonly members: (sources: ReportSources, filter: Filter) => Iterable<Member & { readonly strata: { readonly [by in (typeof STRATA)[number]]?: string } }>;
}

export const DRAWABLE: { readonly [population in Population]: Drawable } = {
  handlings: {
    filters: 'all',
    strata: ['kind', 'extent', 'outcome', 'file', 'department', 'staff'],
    *members(sources, filter) {
      for (const lines of handlingLines(sources, { ...filter })) {
        for (const line of lines) {
          const at = sources.labels.at(line.declarationVersion, line.file);
          const [file, department, outcome] = [at.of('file', line.file), at.of('department', line.department), outcomeOf(line)];
          yield {
            position: line.position, recordedAt: line.recordedAt, id: line.event, staff: line.staff, department, matter: actOf(line), about: personsOf(line), file, outcome,
            strata: { kind: wordOf(KINDS, line.kind), extent: line.extent === null ? '程度なし' : wordOf(EXTENT_WORDS, line.extent), outcome, file, department, staff: line.staff },
          };
        }
      }
    },
  },
  'sign-ins': {
    filters: ['from', 'to', 'staff'],
    strata: ['outcome', 'department', 'staff'],
    *members({ register, upTo, labels }, { staff, ...period }) {
      for (const lines of accessBlocks(register(ACCESS_LOG), given({ about: staff, ...periodOf(period) }), upTo, BLOCK)) {
        for (const { position, recordedAt, entry, about, department: code, reason, account } of lines) {
          if (entry !== SignedIn.type && entry !== SignInRefused.type) continue;
          const [who, department, outcome] = [about ?? '', labels.of('department', code), wordOf(ENTRY_WORDS, entry)];
          yield { position, recordedAt, id: String(position), staff: who, department, matter: reason === null ? outcome : `${outcome}（${wordOf(REASON_WORDS, reason)}）`, about: account ?? '', file: '', outcome, strata: { outcome, department, staff: who } };
        }
      }
    },
  },
  rights: {
    filters: ['staff', 'department', 'file'],
    strata: ['outcome', 'department', 'staff'],
    *members(sources, filter) {
      const { labels, at } = sources;
      const day = at === null ? '' : dayOf(at);
      const people = peopleIn(sources);
      const held = [...[...people.staff].map(([holder, { grants }]) => ({ holder, grants })), ...[...people.units].map(([stream, { grants }]) => ({ holder: streamId(stream), grants }))];
      for (const { holder, grants } of held) {
        for (const grant of grants.filter((one) => fits(one, holder, filter))) {
          const [department, outcome] = [labels.of('department', grant.department), STANDING_WORDS[standingOn(grant, day)]];
          yield { position: null, recordedAt: null, id: grant.id, staff: holder, department, matter: wordOf(ROLE_LABELS, grant.role), about: `申請 ${grant.appliedBy} 承認 ${grant.approvedBy ?? '－'} 設定 ${setterOf(people, grant) ?? '－'}`, file: grant.files.map((file) => labels.of('file', file)).join(' '), outcome, strata: { outcome, department, staff: holder } };
        }
      }
    },
  },
};

function fits({ department, files }: Grant, holder: string, filter: Filter): boolean {
  return (filter.staff ?? holder) === holder && (filter.department ?? department) === department && (filter.file === undefined || files.includes(filter.file));
}
