import { event, isErased, type DomainEvent, type EventOf, type NewDomainEvent } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, context, type HandlingFacts, type Occasion } from '../walks/context.js';
import { Checked, Choice, Code, Flag } from '../walks/fields.js';
import { conflict, refused, type Problem } from '../walks/problem.js';
import { IMPORT, IMPORT_KINDS, ImportAborted, ImportAdvanced, ImportCompleted, ImportConfirmed, ImportOpened, PersonnelFeedOpened, importEvents, type FileKind, type ImportKind } from './events.js';

const ENCODINGS = ['utf-8', 'cp932'] as const;
const DIGEST = { label: 'ファイルの SHA-256', code: 'digest', expects: '16進64桁で指定してください', test: (text: string) => /^[0-9a-f]{64}$/.test(text) } as const;

export class OpenImport extends Command {
  @Choice({ label: '取り込むファイルの種類', of: IMPORT_KINDS, example: 'residents' })
  kind!: ImportKind;

  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Checked(DIGEST)
  digest!: string;

  @Choice({ label: '文字コード', of: ENCODINGS, example: 'utf-8' })
  encoding!: (typeof ENCODINGS)[number];

  @Flag({ label: '移行（初期データの取込み）', required: false })
  migration?: boolean;
}

export class OpenPersonnelFeed extends Command {
  @Checked(DIGEST)
  digest!: string;

  @Choice({ label: '文字コード', of: ENCODINGS, example: 'utf-8' })
  encoding!: (typeof ENCODINGS)[number];
}

export class ConfirmImport extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;
}

export interface ImportState {
  readonly status: 'none' | 'open' | 'completed' | 'aborted' | 'confirmed';
  readonly kind: FileKind;
  readonly encoding: (typeof ENCODINGS)[number];
  readonly migration: boolean;
  readonly digest: string;
  readonly openedBy: string;
  /** rows dealt with so far */
  readonly row: number;
  readonly registered: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly abortedFor: string | null;
  /** how often another file came under this name: its rows stand under ids of their own */
  readonly mistaken: number;
  readonly takenBy: readonly string[];
}

export const initialImport = (): ImportState => ({
  status: 'none', kind: 'residents', encoding: 'utf-8', migration: false, digest: '', openedBy: '', row: 0, registered: 0, changed: 0, unchanged: 0, rejected: 0, abortedFor: null, mistaken: 0, takenBy: [],
});

export function evolveImport(state: ImportState, happened: DomainEvent): ImportState {
  switch (happened.type) {
    case ImportOpened.type: {
      const { data, sealed } = happened as EventOf<typeof ImportOpened>;
      return { ...state, status: 'open', kind: data.import, encoding: data.encoding, migration: data.migration, digest: isErased(sealed) ? '' : sealed.digest, openedBy: happened.actor };
    }
    case PersonnelFeedOpened.type: {
      const { data, sealed } = happened as EventOf<typeof PersonnelFeedOpened>;
      return { ...state, status: 'open', kind: 'personnel', encoding: data.encoding, digest: isErased(sealed) ? '' : sealed.digest, openedBy: happened.actor };
    }
    case ImportAdvanced.type: {
      const { row, registered, changed, unchanged, rejects } = (happened as EventOf<typeof ImportAdvanced>).data;
      return {
        ...state, status: state.status === 'aborted' ? 'open' : state.status, row, takenBy: [...new Set([...state.takenBy, happened.actor])],
        registered: state.registered + registered, changed: state.changed + changed, unchanged: state.unchanged + unchanged, rejected: state.rejected + new Set(rejects.map((reject) => reject.row)).size,
      };
    }
    case ImportCompleted.type:
      return { ...state, status: 'completed', abortedFor: null, takenBy: [...new Set([...state.takenBy, happened.actor])] };
    case ImportAborted.type: {
      const { reason } = (happened as EventOf<typeof ImportAborted>).data;
      const aborted = { ...state, status: 'aborted' as const, abortedFor: reason };
      return reason === 'digest-differs' ? { ...aborted, mistaken: state.mistaken + 1, row: 0, registered: 0, changed: 0, unchanged: 0, rejected: 0 } : aborted;
    }
    case ImportConfirmed.type:
      return { ...state, status: 'confirmed' };
    default:
      return state;
  }
}

function decide({ type, data }: { readonly type: string; readonly data: object }, state: ImportState, _: Occasion): readonly NewDomainEvent[] {
  if (type === 'OpenImport' || type === 'OpenPersonnelFeed') {
    if (state.status === 'completed' || state.status === 'confirmed') throw conflict('already-imported', 'このファイルはすでに取り込まれています');
    if (type === 'OpenPersonnelFeed') {
      const { encoding, digest } = data as OpenPersonnelFeed;
      return [event(PersonnelFeedOpened, { encoding }, { digest })];
    }
    const { kind, encoding, migration = false, digest } = data as OpenImport;
    return [event(ImportOpened, { import: kind, encoding, migration }, { digest })];
  }
  if (state.kind === 'personnel') throw conflict('personnel-feed', '人事異動ファイルの取込みには確認の手順がありません。失効は職員ごとに確認します');
  if (state.status === 'confirmed') throw refused('taken', notCompleted());
  if (state.status !== 'completed') throw notCompleted();
  return [event(ImportConfirmed, { rows: state.row }, {})];
}

function notCompleted(): Problem {
  return conflict('not-completed', '取込みが完了していません');
}

export const imports = context<ImportState>({
  category: IMPORT,
  label: '取込み',
  events: importEvents,
  decider: { initialState: initialImport, evolve: evolveImport, decide },
  commands: [
    command<ImportState, OpenImport>(OpenImport, 'POST /imports', {
      summary: 'ファイルの取込みを始める（同じファイルは同じ取込みになる）',
      right: 'import:run',
      idFrom: ({ kind, digest }) => ['import', kind, digest],
      saysAnew: ({ encoding, migration = false }, state) => (state.status === 'open' || state.status === 'aborted') && (encoding !== state.encoding || migration !== state.migration),
      handling: ({ file, migration }): HandlingFacts => ({ kind: 'acquisition', file, subjects: [], items: [], ...(migration && { unjudged: true }) }),
    }),
    command<ImportState, OpenPersonnelFeed>(OpenPersonnelFeed, 'POST /personnel-feeds', {
      summary: '人事異動ファイルの取込みを始める（中身は PUT /imports/:id/content で送る。同じファイルは同じ取込みになる）',
      right: 'staff:register',
      idFrom: ({ digest }) => ['import', 'personnel', digest],
      saysAnew: ({ encoding }, state) => (state.status === 'open' || state.status === 'aborted') && encoding !== state.encoding,
    }),
    command<ImportState, ConfirmImport>(ConfirmImport, 'POST /imports/:id/confirmations', {
      summary: '取込みの結果を確認する（取り込んだ人以外）',
      right: 'import:confirm',
      handling: ({ file }, { openedBy, takenBy }, { person }): HandlingFacts => ({ kind: 'use', file, subjects: [], items: [], ...((openedBy === person || takenBy.includes(person)) && { breaks: ['secondPerson'] as const }) }),
    }),
  ],
});
