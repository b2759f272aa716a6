import type { RunEvent } from './events.ts';

/** Thrown for an event that cannot have happened in the state it is applied to: a bug, or a journal that was changed. */
export class ImpossibleEvent extends Error {
  override readonly name = 'ImpossibleEvent';
  readonly event: RunEvent;

  constructor(event: RunEvent, why: string) {
    const subject = 'worker' in event ? ` of ${event.worker}` : 'phase' in event ? ` of ${event.phase}` : '';
    super(`event ${event.seq} "${event.kind}"${subject} is impossible here: ${why}`);
    this.event = event;
  }
}
