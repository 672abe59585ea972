import { addDays } from '../codes/plain-date.js';
import { confirmationsAt } from '../handling/evidence.js';
import { event } from '../ledger/event-type.js';
import { Command } from '../walks/command-class.js';
import { command, context, type Context, type HandlingFacts, type Occasion } from '../walks/context.js';
import { Choice, Code, Codes, Ids, Text, Whole } from '../walks/fields.js';
import { conflict, refused, unacceptable, unacceptableAt } from '../walks/problem.js';
import { NUMBER_ITEM } from '../walks/terminals.js';
import { DISPOSALS, PRINT, PRINT_SUBJECTS_MAX, PrintDisposed, PrintProduced, printEvents } from './events.js';
import { otherFile, type OutputFacts } from './facts.js';
import { FORMS, FORM_CODES, type FormCode } from './lists.js';
import { NoteOverdue, decideOverdue } from './note-overdue.js';
import { evolvePrint, noPrint, type PrintState } from './states.js';

const SHEETS_MAX = 100_000;

export class ProducePrint extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Choice({ label: '帳票', of: FORM_CODES, example: 'notice' })
  form!: FormCode;

  @Whole({ label: '枚数', min: 1, max: SHEETS_MAX })
  sheets!: number;

  @Ids({ label: '対象者', max: PRINT_SUBJECTS_MAX })
  subjects!: string[];

  @Choice({ label: '廃棄・引渡しの予定', of: DISPOSALS, example: 'shredded' })
  plan!: (typeof DISPOSALS)[number];

  @Codes({ label: '画面に表示されていた項目（画面のハードコピーのとき）', max: 200, required: false })
  items?: string[];
}

export class DisposePrint extends Command {
  @Code({ label: '特定個人情報ファイル', example: 'vaccination' })
  file!: string;

  @Choice({ label: '廃棄・引渡しの方法', of: DISPOSALS })
  how!: (typeof DISPOSALS)[number];

  @Whole({ label: '枚数', min: 1, max: SHEETS_MAX })
  sheets!: number;

  @Text({ label: '備考', max: 500, required: false })
  note?: string;
}

const itemsOf = ({ form, items = [] }: ProducePrint): readonly string[] => (form === 'screen' ? items : FORMS[form].items);

/** 帳票出力: a print is one until the last of its sheets has been disposed of before another person's eyes. */
export function prints(facts: OutputFacts): Context<PrintState> {
  /** What is sent to somebody under 支援措置 stops until a named person has confirmed where it goes: when it is printed, and when it leaves. */
  const sending = async ({ file, evidence = [] }: ProducePrint | DisposePrint, how: (typeof DISPOSALS)[number], subjects: readonly string[], at: string): Promise<Pick<HandlingFacts, 'breaks'>> => {
    const sent = how === 'shredded' ? [] : await facts.protectedAmong(subjects);
    const confirmed = sent.length > 0 ? await confirmationsAt(facts.ledger(), evidence, file, at) : [];
    const open = sent.filter((subject) => !confirmed.some((fact) => fact.subjects.includes(subject)));
    return open.length > 0 ? { breaks: ['protection'] } : {};
  };
  const printing = async (given: ProducePrint, _: PrintState, { now }: Occasion): Promise<HandlingFacts> => {
    const { file, form, plan } = given;
    const [subjects, items] = [[...new Set(given.subjects)], [...new Set(itemsOf(given))]];
    const recordFile = await otherFile(facts, subjects, file);
    return {
      kind: 'use', extent: 'printed', file, subjects, items, ...(recordFile !== undefined && { recordFile }), ...(await sending(given, plan, subjects, now)),
      ...(items.includes(NUMBER_ITEM) && { rights: ['number:show'] }), ...(form === 'screen' && !facts.policy().hardCopy && { offByPolicy: true }),
    };
  };
  const disposing = async (given: DisposePrint, { subjects }: PrintState, { now }: Occasion): Promise<HandlingFacts> => ({ kind: 'use', file: given.file, subjects, items: [], ...(await sending(given, given.how, subjects, now)) });
  return context<PrintState>({
    category: PRINT,
    label: '帳票出力',
    events: printEvents,
    decider: {
      initialState: () => noPrint,
      evolve: evolvePrint,
      decide: ({ type, data }, state, { person, today, facts: known }) => {
        if (type === NoteOverdue.name) return decideOverdue(state, today);
        if (type === ProducePrint.name) {
          const given = data as ProducePrint;
          const { form, sheets, subjects, plan } = given;
          if (subjects.length === 0) throw unacceptableAt('/subjects', 'subjects-required', '対象者を指定してください');
          if ((form === 'screen') !== (given.items !== undefined)) throw unacceptableAt('/items', 'items-of-screen', '項目は、画面のハードコピーのときにだけ指定します');
          return [event(PrintProduced, { form, sheets, subjects: [...new Set(subjects)], plan, due: addDays(today, (known as { days?: number } | undefined)?.days ?? 0) }, {})];
        }
        const { how, sheets, note } = data as DisposePrint;
        if (state.status !== 'open') throw refused('taken', conflict('print-settled', 'すべて処分された印刷物です'));
        if (state.by === person) throw refused('samePerson', conflict('same-person', '印刷した本人は、廃棄・引渡しの確認ができません。別の職員が確認してください'));
        if (sheets > state.left) throw unacceptable('more-than-left', `残りは${state.left}枚です`);
        return [event(PrintDisposed, { how, sheets }, note ? { note } : {})];
      },
    },
    commands: [
      command<PrintState, ProducePrint>(ProducePrint, 'POST /prints', { summary: '帳票を印刷する', right: 'print:produce', handling: printing, facts: async () => ({ days: facts.policy().printDays }) }),
      command<PrintState, DisposePrint>(DisposePrint, 'POST /prints/:id/disposals', {
        summary: '印刷物の廃棄・引渡しを、印刷した人以外が確認して記録する', right: 'output:dispose', handling: disposing,
      }),
    ],
  });
}
