/** Gets a prompt into a CLI's live terminal: a handshake, never a blind paste. */
import { appendFile } from 'node:fs/promises';
import type { Submission } from '../agents/terminal/terminal-cli.ts';
import type { LiveTerminal } from './live-terminal.ts';
import type { Clock } from './session-host.ts';

/** Longer prompts go by file: a composer is no place for them. */
const MAX_PASTE_BYTES = 32 * 1024;
/** A CLI that starts may look ready for a moment before it is. */
const STABLE_MS = 1000;
/** Between the paste and the key that sends it: together they would be taken for one paste. */
const SETTLE_MS = 150;
/** So long may a CLI take to acknowledge; then the key is pressed once more, and a busy machine is given time. */
const ACKNOWLEDGE_MS = [3000, 15_000] as const;

/** So long may a composer take to be painted after its CLI is up. */
const COMPOSER_MS = 60_000;

/** The same for a prompt by file: a CLI that still starts takes it up when it is ready. */
const QUEUE_MS = 60_000;

/** What a submission needs. */
export interface SubmitOptions {
  readonly terminal: LiveTerminal;
  readonly clock: Clock;
  readonly how: Submission;
  readonly prompt: string;
  /** A file with the same text. */
  readonly promptFile: string;
  type(text: string): Promise<void>;
}

/** How a submission ended; `refused`: the CLI did not take it. */
export type SubmitEnd = 'taken' | 'refused' | 'closed';

/** Submits a prompt to a terminal that takes one, and waits until the CLI says that it has it. */
export async function submitPrompt(options: SubmitOptions): Promise<SubmitEnd> {
  const { terminal, how } = options;
  const text = pasteText(options.prompt, options.promptFile);
  const before = acknowledgements(terminal);
  const since = terminal.verdict;
  const isTaken = (): boolean =>
    acknowledgements(terminal) > before || (terminal.verdict !== since && isBusy(terminal));
  if (how.kind === 'file') {
    await appendFile(how.file, how.line(text));
    return endOf(await terminal.waitFor(isTaken, QUEUE_MS));
  }
  if (how.whenSeen === true) {
    const end = await terminal.composerShown(COMPOSER_MS);
    if (end !== 'met') return endOf(end);
  }
  await options.type(CLEAR_LINE);
  await options.type(`${PASTE_START}${text}${PASTE_END}`);
  // Nothing is waited for here but time; a terminal that is gone ends the wait.
  if ((await terminal.waitFor(() => false, SETTLE_MS)) === 'closed') return 'closed';
  for (const patienceMs of ACKNOWLEDGE_MS) {
    await options.type('\r');
    const end = await terminal.waitFor(isTaken, patienceMs);
    if (end !== 'late') return endOf(end);
  }
  return 'refused';
}

/** Waits until a terminal takes a prompt, and has done so for a moment. */
export async function waitUntilReady(
  terminal: LiveTerminal,
  timeoutMs?: number,
): Promise<'ready' | 'late' | 'closed'> {
  for (;;) {
    const ready = await terminal.waitFor(() => takesPrompt(terminal), timeoutMs);
    if (ready !== 'met') return ready;
    const broken = await terminal.waitFor(() => !takesPrompt(terminal), STABLE_MS);
    if (broken === 'late') return 'ready';
    if (broken === 'closed') return 'closed';
  }
}

/** Whether what is typed now would be a prompt. */
export function takesPrompt({ verdict }: LiveTerminal): boolean {
  const { kind } = verdict.state;
  return kind === 'idle' || kind === 'done' || kind === 'error';
}

const CLEAR_LINE = '\x15';
const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/**
 * What goes into the CLI's composer, by paste or by its file: the prompt without what a terminal or a composer could take for
 * a command. What is too long, or begins with a sign that composers read as a command of theirs, goes by its file.
 */
export function pasteText(prompt: string, promptFile: string): string {
  const text = prompt.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  const isPlain = Buffer.byteLength(text) <= MAX_PASTE_BYTES && !/^\s*[/!#@&?$]/.test(text);
  return isPlain ? text : `Your task is in the file ${promptFile} — read all of it, then do what it says.`;
}

function acknowledgements({ facts }: LiveTerminal): number {
  return facts.filter(({ kind }) => kind === 'submitted').length;
}

function isBusy({ verdict }: LiveTerminal): boolean {
  return verdict.state.kind === 'working' || verdict.state.kind === 'waiting';
}

function endOf(end: 'met' | 'late' | 'closed'): SubmitEnd {
  if (end === 'met') return 'taken';
  return end === 'late' ? 'refused' : 'closed';
}
