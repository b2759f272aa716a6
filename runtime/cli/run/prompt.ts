/** Asks the person at the terminal. */
import { createInterface } from 'node:readline/promises';
import type { Terminal } from '../terminal.ts';

/** How to ask. */
export interface PromptOptions {
  /** Takes the question back, for instance because somebody answered it elsewhere. */
  readonly signal?: AbortSignal;
  /** Ctrl-C while the question stands. */
  readonly onInterrupt?: () => void;
}

/** Asks on stderr and reads one line; undefined if it was taken back, or the input ended. */
export async function ask(
  terminal: Terminal,
  question: string,
  options: PromptOptions = {},
): Promise<string | undefined> {
  const prompt = createInterface({ input: terminal.stdin, output: process.stderr, terminal: true });
  const ended = new AbortController();
  const signals = [ended.signal, ...(options.signal ? [options.signal] : [])];
  prompt.on('close', () => ended.abort());
  prompt.on('SIGINT', () => {
    options.onInterrupt?.();
    prompt.close();
  });
  try {
    return (await prompt.question(question, { signal: AbortSignal.any(signals) })).trim();
  } catch {
    // Aborted: the only way `question` fails.
    terminal.stderr.write('\n');
    return undefined;
  } finally {
    prompt.close();
    terminal.stdin.pause();
  }
}
