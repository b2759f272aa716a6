/** Requests about the daemon itself. */

import type { Responses } from '../../protocol.ts';
import { ok } from '../../result.ts';
import type { Handlers } from '../call.ts';

/** What these requests need. */
export interface StatusPort {
  status(): Responses['daemon/status'];
  /** Ends the daemon after the answer is out. Names the runs that go on with the next start. */
  stop(stopRuns: boolean): Promise<readonly string[]>;
}

/** Answers `daemon/*`. */
export function statusHandlers(port: StatusPort): Pick<Handlers, 'daemon/status' | 'daemon/stop'> {
  return {
    'daemon/status': async () => ok(port.status()),
    'daemon/stop': async ({ stopRuns }) => ok({ unfinished: await port.stop(stopRuns) }),
  };
}
