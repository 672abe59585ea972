import type { StreamingRead } from '@eventstore/db-client';

/** Everything that a read gives. The client lets go of the call only when it is read to its end, or cancelled. */
export async function collect<R, T>(stream: StreamingRead<R>, signal: AbortSignal, keep: (resolved: R) => T | undefined | void): Promise<readonly T[]> {
  const kept: T[] = [];
  const stop = (): void => void stream.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const resolved of stream) {
      const value = keep(resolved);
      if (value !== undefined) kept.push(value);
    }
    return kept;
  } catch (error) {
    void stream.cancel().catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
