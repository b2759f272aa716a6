/** Requests about the daemon itself. */

import type { Responses } from '../../protocol.ts';
import { ok } from '../../result.ts';
import type { Handlers } from '../call.ts';

/** What these requests need. */
export interface StatusPort {
  status(): Responses['daemon/status'];
  /** Prepares the end: names the runs that go on with the next start, after stopping them if asked to. */
  stop(stopRuns: boolean): Promise<readonly string[]>;
  /** Ends the daemon. */
  end(): void;
}

const END_MS = 1_000;

/** Answers `daemon/*`. */
export function statusHandlers(port: StatusPort): Pick<Handlers, 'daemon/status' | 'daemon/stop'> {
  return {
    'daemon/status': async () => ok(port.status()),
    'daemon/stop': async ({ stopRuns }, context) => {
      const unfinished = await port.stop(stopRuns);
      // The client closes when it has the answer; one that does not is not waited for.
      const timer = setTimeout(() => port.end(), END_MS);
      context.onClose(() => {
        clearTimeout(timer);
        port.end();
      });
      return ok({ unfinished });
    },
  };
}
