/**
 * Streams a run's events to one client. The journal itself is the queue: a follower holds a position and one message
 * under way, so a client that does not read costs no memory, however long it stays away, and loses nothing.
 */
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { RunEvent } from '../engine/events.ts';

/** Events of one run, by number. */
export interface EventSource {
  /** Number of the last event there is; 0 = none. */
  readonly lastSeq: number;
  /** Events from `fromSeq` in order, at most `limit`; empty = there are none yet. */
  read(fromSeq: number, limit: number): Promise<readonly RunEvent[]>;
  /** Calls back after each append, until the returned function is called. */
  onAppend(listener: () => void): () => void;
}

/** Events read from the source at once. */
const BATCH = 64;

/** Sends events from `fromSeq` on as `run/event` until the returned function is called or the connection ends. */
export function follow(
  connection: MessageConnection,
  run: string,
  source: EventSource,
  fromSeq: number,
  onError: (error: unknown) => void,
): () => void {
  let isOver = false;
  let wake: (() => void) | undefined;
  const stopListening = source.onAppend(() => wake?.());
  const end = (): void => {
    isOver = true;
    stopListening();
    wake?.();
  };
  const pump = async (): Promise<void> => {
    let next = fromSeq;
    while (!isOver) {
      const news = new Promise<void>(resolve => {
        wake = resolve;
      });
      const events = await source.read(next, BATCH);
      for (const event of events) {
        if (isOver) return;
        // Resolves when the socket took the message: this is the backpressure.
        await connection.sendNotification('run/event', { run, event });
        next = event.seq + 1;
      }
      if (events.length === 0) await news;
    }
  };
  pump().catch(error => {
    end();
    onError(error);
  });
  return end;
}
