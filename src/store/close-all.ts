/**
 * Closes one thing after the other, each whatever became of those before it: a lock or a lease is let go of even when something else could not
 * be put in order. @throws the first error, when all have been closed
 */
export async function closeAll(...steps: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
