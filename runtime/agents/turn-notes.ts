import type { ProcessExit, TurnOutcome, TurnRequest, Usage } from './adapter.ts';
import { classifyFailure, type FailureHint } from './failure-classes.ts';
import { lastNonEmptyLine } from './output-reader.ts';
import { plainText } from './terminal-text.ts';

/** What is remembered of a turn while a CLI's output lines come in; each CLI's reader fills in what its lines tell. */
export interface TurnNotes {
  conversation?: string | undefined;
  /** What the model said last: the answer, if the turn ends well. */
  answer?: string | undefined;
  usage?: Usage | undefined;
  /** The CLI said that the turn is over. */
  isOver: boolean;
  /** The CLI said that it failed. */
  failure?: FailureHint | undefined;
  /** What its newest retry was for: the reason, if the CLI is ended while it waits. */
  retry?: FailureHint | undefined;
  /** Tool calls under way or done, by id: name of the tool. */
  readonly calls: Map<string, string>;
  /** Tools that were refused for lack of permission. */
  readonly denied: Set<string>;
  /** Whether the newest tool result was such a refusal. */
  isLastRefused: boolean;
  /** Whether a tool that is no mere reader succeeded. */
  hasActed: boolean;
}

/** Notes of a turn that has said nothing yet. */
export function emptyNotes(): TurnNotes {
  return { isOver: false, calls: new Map(), denied: new Set(), isLastRefused: false, hasActed: false };
}

/** How a turn ended, for the verdict. */
export interface TurnEnding {
  /** Name of the CLI, for messages. */
  readonly name: string;
  readonly request: TurnRequest;
  readonly exit: ProcessExit;
  readonly stderrTail: string;
}

/**
 * The verdict on a turn: by what the CLI said, and by how it ended only where it said nothing. Exit codes lie: some CLIs
 * end with 0 after a failure or a kill, so without a word that the turn is over nothing counts as an answer.
 */
export function judgeTurn(notes: TurnNotes, ending: TurnEnding): TurnOutcome {
  const about = aboutOf(notes, ending.request);
  const failure = failureOf(notes, ending);
  if (failure !== undefined) {
    const message = firstLine(plainText(failure.message)) || `${ending.name} failed without a word`;
    const reason = classifyFailure(failure, ending.exit.at, ending.exit.code ?? 1);
    return { kind: 'failed', reason, message, ...about };
  }
  if (!notes.isOver || notes.answer === undefined) return { ...unfinished(ending), ...about };
  if (isEndedByRefusal(notes, ending.request)) {
    const tools = [...notes.denied].join(', ');
    const message = `permission "${ending.request.permission}" does not allow ${tools}: ${firstLine(notes.answer)}`;
    return { kind: 'failed', reason: { kind: 'permission_denied' }, message, ...about };
  }
  return { kind: 'answered', answer: notes.answer, ...about };
}

function aboutOf(
  { usage, conversation: told }: TurnNotes,
  request: TurnRequest,
): { readonly usage?: Usage; readonly conversation?: string } {
  const conversation = told ?? request.conversation?.id;
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(conversation === undefined ? {} : { conversation }),
  };
}

/** What the CLI says went wrong; where it was ended in the middle of its own retries, what they were for. */
function failureOf(notes: TurnNotes, { exit, stderrTail }: TurnEnding): FailureHint | undefined {
  if (notes.failure !== undefined) return notes.failure;
  if (notes.isOver && notes.answer !== undefined) return undefined;
  const words = lastWords(stderrTail);
  if (notes.retry?.message === '') return { message: words ?? '', context: plainText(stderrTail) };
  if (notes.retry !== undefined) return notes.retry;
  if (words === undefined || exit.code === null || exit.code === 0) return undefined;
  return { message: words, context: plainText(stderrTail) };
}

function unfinished({ name, exit, stderrTail }: TurnEnding): TurnOutcome & { kind: 'failed' } {
  if (exit.code === null) {
    const signal = exit.signal ?? 'unknown';
    const message = `${name} was ended by signal ${signal}`;
    return { kind: 'failed', reason: { kind: 'crashed', signal }, message };
  }
  if (exit.code === 0) {
    const message = lastWords(stderrTail) ?? `${name} ended without an answer that this version can read`;
    return { kind: 'failed', reason: { kind: 'crashed' }, message };
  }
  const message = `${name} ended with code ${exit.code} before it answered`;
  return { kind: 'failed', reason: { kind: 'exit', code: exit.code }, message };
}

/** Of several lines the one that names the error or its class, else the last: after it often comes only advice. */
function lastWords(stderrTail: string): string | undefined {
  const tail = plainText(stderrTail);
  const lines = tail.split('\n').map(line => line.trim());
  const telling = lines.findLast(line => /^(\w*Error|error|fatal|failed)\b.{4}|\[API Error: /i.test(line));
  const classified = lines.findLast(line => classifyFailure({ message: line }).kind !== 'exit');
  return telling ?? classified ?? lastNonEmptyLine(tail);
}

/**
 * No CLI says that it gave up for lack of permission: a refused tool is an error to the model, which goes on and ends
 * "successfully". So we say it where the turn's last tool call was refused and none before it did anything but read. A
 * worker who edited and was only kept from running its tests has answered; a `read-only` worker has too, as its author
 * asked for nothing but words.
 */
function isEndedByRefusal(notes: TurnNotes, request: TurnRequest): boolean {
  return notes.isLastRefused && !notes.hasActed && request.permission !== 'read-only';
}

function firstLine(answer: string): string {
  const line = answer.trim().split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
