/** Finds a CLI in its live terminal that does nothing but try again, by what its channels say. */
import type { FailureHint } from '../agents/failure-classes.ts';
import type { LiveTerminal } from './live-terminal.ts';
import { RetryPatience } from './retry-patience.ts';
import { ScreenNews } from './screen-news.ts';
import type { Clock } from './session-host.ts';

/** What is watched of a terminal. */
export type RetryingTerminal = Pick<LiveTerminal, 'verdict' | 'facts' | 'uses' | 'shownAtWork' | 'waitFor'>;

/** Time between two looks. */
const LOOK_MS = 2500;

/**
 * Settles with what a CLI has tried again for, once that is all it did for `limitMs`; undefined: the terminal is gone. It
 * gets on when its model is used, and when words come onto the screen that were not there before.
 */
export async function untilGivenUp(
  terminal: RetryingTerminal,
  clock: Clock,
  limitMs: number,
): Promise<FailureHint | undefined> {
  let hint: FailureHint | undefined;
  let isGivenUp = false;
  using patience = new RetryPatience(clock, limitMs, () => {
    isGivenUp = true;
  });
  const news = new ScreenNews();
  let [factsSeen, usesSeen] = [terminal.facts.length, terminal.uses.length];
  for (;;) {
    if ((await terminal.waitFor(() => isGivenUp, LOOK_MS)) === 'closed') return undefined;
    if (isGivenUp) return hint;
    const isBusy = ['working', 'unknown'].includes(terminal.verdict.state.kind);
    const isNews = news.isIn(await terminal.shownAtWork());
    const { facts, uses } = terminal;
    const retries = facts.slice(factsSeen).filter(fact => fact.kind === 'retrying');
    if (!isBusy || isNews || uses.length > usesSeen) patience[Symbol.dispose]();
    [factsSeen, usesSeen] = [facts.length, uses.length];
    for (const { kind, attempt = 1, delayMs, ...why } of isBusy ? retries : []) {
      const { message } = why;
      patience.take([{ kind, attempt, message, ...(delayMs === undefined ? {} : { delayMs }) }]);
      hint = delayMs === undefined ? why : { ...why, until: timeAfter(clock, delayMs) };
    }
  }
}

function timeAfter(clock: Clock, ms: number): string {
  return new Date(clock.now() + ms).toISOString();
}
