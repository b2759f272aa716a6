/** While a CLI in its live terminal waits, a person may answer from elsewhere: typed only where the key is known for sure. */
import type { TerminalCli } from '../agents/terminal/terminal-cli.ts';
import type { LiveTerminal } from './live-terminal.ts';
import type { GivenAnswer, TerminalTurnControl } from './terminal-turn-job.ts';

/** Whose dialogs are answered, and how. */
export interface AnswerOptions {
  readonly terminal: LiveTerminal;
  readonly cli: TerminalCli;
  readonly control: TerminalTurnControl;
  type(text: string): Promise<void>;
}

/** Types every answer that is given while the terminal waits; settles when the terminal is gone. */
export async function typeAnswers(options: AnswerOptions): Promise<void> {
  const { terminal, control } = options;
  const isWaiting = (): boolean => terminal.verdict.state.kind === 'waiting';
  for (;;) {
    if ((await terminal.waitFor(isWaiting)) === 'closed') return;
    const over = new AbortController();
    const passed = terminal.waitFor(() => !isWaiting());
    const given = control.nextAnswer?.(over.signal) ?? passed;
    const answer = await Promise.race([passed, given]);
    over.abort();
    const keys = typeof answer === 'object' && isWaiting() ? keysFor(options, answer) : undefined;
    if (keys !== undefined) await options.type(keys);
    else if (typeof answer === 'object') askAgain(options);
    // An answer that could not be typed leaves the question open; one that was is given a moment to work.
    const end = keys === undefined && typeof answer === 'object' ? 'late' : await passed;
    if (end === 'closed') return;
  }
}

function askAgain({ terminal, control }: AnswerOptions): void {
  const { state } = terminal.verdict;
  if (state.kind !== 'waiting') return;
  const evidence = 'this can only be answered in its terminal';
  control.onEvent?.({ kind: 'state', state: 'waiting', what: state.what, evidence });
}

function keysFor({ terminal, cli }: AnswerOptions, { text, isGranted }: GivenAnswer): string | undefined {
  const { state } = terminal.verdict;
  if (state.kind !== 'waiting') return undefined;
  const { allow, refuse } = cli.consentKeys;
  if (!isGranted) return refuse;
  if (state.what === 'permission') return allow;
  // A question's choices are numbered; words would go astray.
  return /^[1-9]$/.test(text.trim()) ? text.trim() : undefined;
}
