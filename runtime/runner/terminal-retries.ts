/** Finds a CLI in its live terminal that does nothing but try again, by what its channels and its screen say. */
import type { FailureHint } from '../agents/failure-classes.ts';
import type { Retry, TerminalCli } from '../agents/terminal/terminal-cli.ts';
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
  readRetry?: TerminalCli['readRetry'],
): Promise<FailureHint | undefined> {
  let hint: FailureHint | undefined;
  let isGivenUp = false;
  using patience = new RetryPatience(clock, limitMs, () => {
    isGivenUp = true;
  });
  const watch = new RetryWatch(terminal, readRetry);
  for (;;) {
    if ((await terminal.waitFor(() => isGivenUp, LOOK_MS)) === 'closed') return undefined;
    if (isGivenUp) return hint;
    const { getsOn, retries } = await watch.look();
    if (getsOn) patience[Symbol.dispose]();
    for (const { kind, attempt = 1, delayMs, ...why } of retries) {
      const { message } = why;
      patience.take([{ kind, attempt, message, ...(delayMs === undefined ? {} : { delayMs }) }]);
      hint = delayMs === undefined ? why : { ...why, until: timeAfter(clock, delayMs) };
    }
  }
}

/** Finds what is new at each look. */
class RetryWatch {
  readonly #terminal: RetryingTerminal;
  readonly #readRetry: (line: string) => Retry | undefined;
  readonly #news = new ScreenNews();
  #facts: number;
  #uses: number;
  /** The attempt that the screen spoke of last. */
  #attempt: number | undefined;

  constructor(terminal: RetryingTerminal, readRetry: TerminalCli['readRetry']) {
    this.#terminal = terminal;
    this.#readRetry = readRetry ?? (() => undefined);
    this.#facts = terminal.facts.length;
    this.#uses = terminal.uses.length;
  }

  async look(): Promise<{ readonly getsOn: boolean; readonly retries: readonly Retry[] }> {
    const lines = await this.#terminal.shownAtWork();
    const { facts, uses, verdict } = this.#terminal;
    const isBusy = ['working', 'unknown'].includes(verdict.state.kind);
    const isNews = this.#news.isIn(lines.filter(line => this.#readRetry(line) === undefined));
    const getsOn = !isBusy || isNews || uses.length > this.#uses;
    const told = facts.slice(this.#facts).filter(fact => fact.kind === 'retrying');
    [this.#facts, this.#uses] = [facts.length, uses.length];
    return { getsOn, retries: isBusy ? [...told, ...this.#shown(lines)] : [] };
  }

  #shown(lines: readonly string[]): readonly Retry[] {
    const retry = lines.map(this.#readRetry).findLast(shown => shown !== undefined);
    if (retry === undefined || retry.attempt === this.#attempt) return [];
    this.#attempt = retry.attempt;
    return [retry];
  }
}

function timeAfter(clock: Clock, ms: number): string {
  return new Date(clock.now() + ms).toISOString();
}
