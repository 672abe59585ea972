import { Book, VACCINES, type Dose, type Execution, type Vaccine } from './book.js';
import { dayOf } from './days.js';
import { STREAM, type Frame } from './frame.js';
import type { NamedKey, Person } from './person.js';
import { childhood, covid, elderly, voluntary } from './programmes.js';
import { Random } from './random.js';

/** The records that the demo tells of, whatever else is made. 湊's lot is the one that is corrected on that day. */
const TOLD: Readonly<Record<NamedKey, readonly Dose[]>> = {
  minato: [told('MR1', '2026-11-02', '定期', 'AB1234'), told('VARI', '2026-11-02', '定期')],
  aoi: [],
  hina: [],
  ando: [told('PPV', '2019-11-12', '定期'), told('COVID', '2021-06-10', '特例臨時')],
  inoue: [told('COVID', '2021-06-01', '特例臨時')],
  sakura: [],
};
/** Children of the demo who otherwise have what children have, but not these. */
const WITHOUT: Partial<Record<NamedKey, readonly Vaccine[]>> = { minato: ['MR1', 'VARI'], hina: ['MR2'] };

/** All doses of one person by day, up to the day before yesterday; those after the closing day are not yet in the city's file. */
export function dosesOf(frame: Frame, person: Person): Dose[] {
  const random = new Random().start(frame.seed, STREAM.schedule, person.index);
  const book = new Book(frame, person);
  const without = person.named && WITHOUT[person.named];
  if (!person.isFixed) {
    childhood(book, random);
    covid(book, random);
    elderly(book, random);
    voluntary(book, random);
  } else if (without) {
    childhood(book, random);
    book.doses = book.doses.filter(({ vaccine }) => !without.includes(vaccine));
  }
  if (person.named) book.doses.push(...TOLD[person.named]);
  return book.doses.sort((a, b) => a.day - b.day || VACCINES.indexOf(a.vaccine) - VACCINES.indexOf(b.vaccine) || a.number - b.number);
}

function told(vaccine: Vaccine, date: string, execution: Execution, lot?: string): Dose {
  return { vaccine, number: 1, day: dayOf(date), execution, tier: 'fixed', elsewhere: false, ...(lot !== undefined && { lot }) };
}
