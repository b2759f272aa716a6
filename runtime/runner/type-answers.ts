/** While a CLI in its live terminal waits, a person may answer from elsewhere: typed only where the keys are known for sure. */
import { repliesTo } from '../agents/terminal/asked-questions.ts';
import type { TerminalCli } from '../agents/terminal/terminal-cli.ts';
import { askedIn, countRequests } from './asked.ts';
import type { LiveTerminal } from './live-terminal.ts';
import type { GivenAnswer, TerminalTurnControl } from './terminal-turn-job.ts';

/** Between two keys: a dialog that has just changed may not listen yet, and what comes at once may be taken for a paste. */
const KEY_PAUSE_MS = 250;

/** A dialog that has just been painted does not listen yet; claude's takes no key for a while, against answers by accident. */
const DIALOG_PAUSE_MS = 1000;

/** A dialog that is not seen after so long is taken to stand all the same. */
const DIALOG_MS = 3000;
/** So long may a CLI take to go on. */
const TAKEN_MS = 5000;

/** Whose dialogs are answered, and how. */
export interface AnswerOptions {
  readonly terminal: LiveTerminal;
  readonly cli: TerminalCli;
  readonly control: TerminalTurnControl;
  /** Somebody may come to the terminal. */
  readonly isAttended: boolean;
  type(text: string): Promise<void>;
}

/**
 * Types every answer that is given while the terminal waits. `closed`: the terminal is gone; `stuck`: it waits on after an
 * answer, and nobody will come to it.
 */
export async function typeAnswers(options: AnswerOptions): Promise<'closed' | 'stuck'> {
  const { terminal, control } = options;
  const isWaiting = (): boolean => terminal.verdict.state.kind === 'waiting';
  for (;;) {
    if ((await terminal.waitFor(isWaiting)) === 'closed') return 'closed';
    const over = new AbortController();
    const passed = terminal.waitFor(() => !isWaiting());
    const given = control.nextAnswer?.(over.signal) ?? passed;
    const answer = await Promise.race([passed, given]);
    over.abort();
    const isAnswered = typeof answer !== 'object' || (await answerDialog(options, answer));
    if (isAnswered === 'stuck') return 'stuck';
    // An answer that could not be typed leaves the question open; one that was is given a moment to work.
    if (isAnswered && (await passed) === 'closed') return 'closed';
  }
}

/** Whether the answer could be typed; else the person is asked again, where there is one. */
async function answerDialog(options: AnswerOptions, answer: GivenAnswer): Promise<boolean | 'stuck'> {
  const { terminal, control, type } = options;
  const { state } = terminal.verdict;
  if (state.kind !== 'waiting') return true;
  const requests = countRequests(terminal.facts);
  const askAgain = (why: string): false => {
    const { text, ...choices } = askedIn(terminal.facts, terminal.verdict);
    const again = { text: `${why}: ${text}`, ...choices, evidence: why };
    control.onEvent?.({ kind: 'state', state: 'waiting', what: state.what, ...again });
    return false;
  };
  const keys = keysFor(options, state.what, answer);
  if (keys === undefined) {
    return askAgain('this answer does not fit what is asked, or can only be given in its terminal');
  }
  await terminal.dialogShown(DIALOG_MS);
  for (const [index, key] of keys.entries()) {
    // A dialog that somebody answers in its terminal meanwhile needs no key of ours.
    const isOver = (): boolean => index === 0 && terminal.verdict.state.kind !== 'waiting';
    const pause = index === 0 ? DIALOG_PAUSE_MS : KEY_PAUSE_MS;
    if ((await terminal.waitFor(isOver, pause)) !== 'late') return true;
    await type(key);
  }
  // The next request may follow without a pause.
  const isTaken = (): boolean =>
    terminal.verdict.state.kind !== 'waiting' || countRequests(terminal.facts) > requests;
  if (!answer.isGranted) await sendRefusal(options, isTaken);
  const end = await terminal.waitFor(isTaken, TAKEN_MS);
  if (terminal.verdict.state.kind === 'waiting' && end === 'met') return false;
  if (end !== 'late') return true;
  return options.isAttended ? askAgain('the answer was typed, but its terminal waits on') : 'stuck';
}

/** Gets a refusal past the dialog that it may open: its key means something else anywhere else, so that has to be seen. */
async function sendRefusal({ terminal, cli, type }: AnswerOptions, isTaken: () => boolean): Promise<void> {
  const { afterRefusal } = cli.consentKeys;
  for (let waited = 0; afterRefusal !== undefined && waited < TAKEN_MS; waited += KEY_PAUSE_MS) {
    if ((await terminal.waitFor(isTaken, KEY_PAUSE_MS)) !== 'late') return;
    if (afterRefusal.shows.test(await terminal.shown())) return type(afterRefusal.key);
  }
}

function keysFor(
  { terminal, cli }: AnswerOptions,
  what: 'permission' | 'question' | 'auth',
  { text, isGranted }: GivenAnswer,
): readonly string[] | undefined {
  const { allow, refuse } = cli.consentKeys;
  if (!isGranted) return [refuse];
  if (what === 'permission') return allow === undefined ? undefined : [allow];
  const { questions = [] } = terminal.facts.findLast(fact => fact.kind === 'asked') ?? {};
  const replies = repliesTo(questions, text);
  if (questions.length > 0) return replies && cli.answerKeys?.(questions, replies);
  // What is asked is not known, but the choices of all CLIs are numbered; words would go astray.
  return /^[1-9]$/.test(text.trim()) ? [text.trim()] : undefined;
}
