/** Finds a CLI in its live terminal that has stopped to get on, though its interface goes on to move. */
import type { LiveTerminal } from './live-terminal.ts';
import { ScreenNews } from './screen-news.ts';
import type { Clock } from './session-host.ts';

/** What is watched of a terminal. */
export type WatchedTerminal = Pick<LiveTerminal, 'verdict' | 'records' | 'shownAtWork' | 'waitFor'>;

/** Looks in the time that a CLI may be silent. */
const LOOKS = 8;
const MAX_LOOK_MS = 30_000;

/**
 * Settles when a terminal at work has given no sign of life for so long, or is gone. A sign is anything on the CLI's own
 * channels and any words on the screen that were not there before in this stretch of work; what turns, counts and blinks is
 * none. While a person is waited for the time stands still.
 */
export async function untilStalled(
  terminal: WatchedTerminal,
  clock: Clock,
  stallTimeoutMs: number,
): Promise<'stalled' | 'closed'> {
  const isBusy = (): boolean => ['working', 'unknown'].includes(terminal.verdict.state.kind);
  const lookMs = Math.min(MAX_LOOK_MS, stallTimeoutMs / LOOKS);
  for (;;) {
    if ((await terminal.waitFor(isBusy)) === 'closed') return 'closed';
    const news = new ScreenNews();
    let records = terminal.records;
    let aliveAt = clock.now();
    for (;;) {
      const end = await terminal.waitFor(() => !isBusy(), lookMs);
      if (end === 'closed') return 'closed';
      if (end === 'met') break;
      const isNews = news.isIn(await terminal.shownAtWork());
      if (isNews || terminal.records !== records) aliveAt = clock.now();
      else if (clock.now() - aliveAt >= stallTimeoutMs) return 'stalled';
      records = terminal.records;
    }
  }
}
