/** The client's end of `run/follow`: notifications as an async iterable, bounded however slow the consumer is. */
import type { RunEvent } from '../engine/events.ts';
import type { Params, Responses, RpcFailure } from '../protocol.ts';
import type { Result } from '../result.ts';
import { ok } from '../result.ts';

/** Events kept for a consumer that is behind. What comes after is asked for again once it has caught up. */
const MAX_QUEUE = 4_096;

/** What following needs of the connection. */
export interface FollowPort {
  follow(params: Params<'run/follow'>): Promise<Result<Responses['run/follow'], RpcFailure>>;
  /** Ends the subscription unless somebody else on this connection still follows the run. */
  unfollow(run: string): Promise<void>;
  /** Calls the listener with each event of the run; returns what ends that. */
  onRunEvent(run: string, listener: (event: RunEvent) => void): () => void;
  readonly closed: Promise<void>;
}

/**
 * Events of a run from `fromSeq`, then as they come. Ends after the `run-ended` that is the last event, when the
 * connection ends, when the signal aborts, or when the consumer leaves its loop.
 */
export async function followRun(
  port: FollowPort,
  run: string,
  fromSeq: number,
  signal?: AbortSignal,
): Promise<Result<AsyncIterable<RunEvent>, RpcFailure>> {
  const inbox = createInbox(port, run, signal);
  const first = await port.follow({ run, fromSeq });
  if (!first.ok) {
    inbox.close();
    return first;
  }
  return ok(read(port, run, inbox, { next: fromSeq, lastSeq: first.value.lastSeq }));
}

async function* read(
  port: FollowPort,
  run: string,
  inbox: Inbox,
  position: { next: number; lastSeq: number },
): AsyncGenerator<RunEvent> {
  try {
    for (;;) {
      const event = await inbox.take();
      if (event === 'over') return;
      if (event === 'behind') {
        const again = await port.follow({ run, fromSeq: position.next });
        if (!again.ok) return;
        continue;
      }
      // After a re-follow, messages of the subscription before may still arrive: they come again in order.
      if (event.seq !== position.next) continue;
      position.next = event.seq + 1;
      yield event;
      if (event.kind === 'run-ended' && event.seq >= position.lastSeq) return;
    }
  } finally {
    inbox.close();
    await port.unfollow(run);
  }
}

interface Inbox {
  /** The next event; `behind`: the queue ran over and is empty by now; `over`: none will come. */
  take(): Promise<RunEvent | 'behind' | 'over'>;
  close(): void;
}

function createInbox(port: FollowPort, run: string, signal: AbortSignal | undefined): Inbox {
  let queue: RunEvent[] = [];
  let hasOverflown = false;
  let isOver = false;
  let wake: (() => void) | undefined;
  const stop = port.onRunEvent(run, event => {
    if (hasOverflown || queue.length >= MAX_QUEUE) hasOverflown = true;
    else queue.push(event);
    wake?.();
  });
  const end = (): void => {
    isOver = true;
    wake?.();
  };
  void port.closed.then(end);
  signal?.addEventListener('abort', end, { once: true });
  let position = 0;
  return {
    async take() {
      for (;;) {
        const event = queue[position];
        if (event !== undefined && signal?.aborted !== true) {
          position += 1;
          return event;
        }
        queue = [];
        position = 0;
        if (isOver || signal?.aborted === true) return 'over';
        if (hasOverflown) {
          hasOverflown = false;
          return 'behind';
        }
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    },
    close() {
      stop();
      signal?.removeEventListener('abort', end);
      end();
    },
  };
}
