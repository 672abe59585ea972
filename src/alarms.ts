/** Something that somebody has to see to: a code, and what tells it from others of the code, without personal data. */
export interface Alarm {
  readonly code: string;
  readonly at: string;
  readonly detail: { readonly [name: string]: string | number };
}

/** Alarms since the start, as many as are kept. */
export interface Alarms {
  /** oldest first: the newest of each code */
  readonly kept: readonly Alarm[];
  /** how many there have been, kept or not */
  readonly raised: () => number;
  readonly add: (alarm: Alarm) => void;
}

const KEPT_OF_A_CODE = 100;

/** Counted by code: many of one, however long they go on, push out none of another that readiness goes by. Codes are a closed list of the program. */
export function keepAlarms(): Alarms {
  const kept: Alarm[] = [];
  let raised = 0;
  return {
    kept,
    raised: () => raised,
    add: (alarm) => {
      raised += 1;
      kept.push(alarm);
      if (kept.filter(({ code }) => code === alarm.code).length > KEPT_OF_A_CODE) kept.splice(kept.findIndex(({ code }) => code === alarm.code), 1);
    },
  };
}
