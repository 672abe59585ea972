import type { MessagePort } from 'node:worker_threads';
import type { FromReport, ToReport } from './worker-protocol.js';

/** Chunks that have not been taken yet: more than this and writing pauses. */
const UNTAKEN = 4;
/** Bytes that are gathered before they are sent. */
const CHUNK = 64 * 1024;

/** How far reading has come. */
export interface Progress {
  readonly rows: number;
  readonly position: number;
}

/** The way out of a thread that writes a report: bytes go in chunks, and wait for whoever takes them. */
export interface Outlet {
  readonly send: (message: FromReport) => void;
  /** resolves with the word that running it has been recorded */
  readonly told: Promise<void>;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Sends what has been gathered. */
  readonly flush: () => Promise<void>;
}

export function openOutlet(port: MessagePort, progress: () => Progress, onProtected: (subject: string) => void = () => undefined): Outlet {
  let untaken = 0;
  let go = (): void => undefined;
  let taken = (): void => undefined;
  const told = new Promise<void>((resolve) => (go = resolve));
  port.on('message', (message: ToReport) => {
    if (message.kind === 'go') return go();
    if (message.kind === 'protected') return onProtected(message.subject);
    untaken -= 1;
    taken();
  });
  let gathered: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size === 0) return;
    const bytes = new Uint8Array(size); // of its own: it goes over to the other thread
    let at = 0;
    for (const piece of gathered) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    gathered = [];
    size = 0;
    untaken += 1;
    port.postMessage({ kind: 'chunk', bytes, ...progress() } satisfies FromReport, [bytes.buffer]);
    while (untaken >= UNTAKEN) await new Promise<void>((resolve) => (taken = resolve));
  };
  return {
    told, flush,
    send: (message) => port.postMessage(message),
    write: async (chunk) => {
      gathered.push(chunk);
      size += chunk.byteLength;
      if (size >= CHUNK) await flush();
    },
  };
}
