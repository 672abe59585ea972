/**
 * Asks again until it is so; fails with what was waited for when it does not come about. With `everyMs: 0` it asks at each turn of the event
 * loop: for what is so for a moment only.
 */
export async function until(isSo: () => boolean | Promise<boolean>, what: string | (() => string | Promise<string>), { withinMs = 15_000, everyMs = 5 } = {}): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain until ${typeof what === 'string' ? what : await what()}`);
    await (everyMs === 0 ? new Promise((resolve) => setImmediate(resolve)) : sleep(everyMs));
  }
}

/** The first answer of which it is so. */
export async function untilAnswer<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean, what: string): Promise<T> {
  let answer!: T;
  await until(async () => isSo((answer = await ask())), what, { everyMs: 2 });
  return answer;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
