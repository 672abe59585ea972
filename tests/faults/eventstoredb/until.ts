/** Asks until it is so; fails with what was waited for when it does not come about. */
export async function until(so: () => boolean | Promise<boolean>, what: string | (() => string | Promise<string>), withinMs = 15_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await so())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain until ${typeof what === 'string' ? what : await what()}`);
    await sleep(10);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
