/** Reports of a performer in order: adapters tell what they learn in a synchronous callback, the journal takes its time. */
import type { NewEvent } from '../engine/events.ts';
import type { PerformContext } from '../engine/performer.ts';

/** Emits events one after the other. */
export interface ReportQueue {
  add(event: NewEvent): void;
  /** Settles when everything added so far is on disk. Rejects if the engine refused one: a bug. */
  flush(): Promise<void>;
}

/** A queue in front of `context.emit`. */
export function createReportQueue(context: Pick<PerformContext, 'emit'>): ReportQueue {
  let last: Promise<void> = Promise.resolve();
  return {
    add(event) {
      last = last.then(() => context.emit(event));
      // A rejection is for `flush`; without this it would count as unhandled until then.
      last.catch(() => {});
    },
    flush: () => last,
  };
}
