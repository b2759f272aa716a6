import type { LiveTerminal } from './live-terminal.ts';
import { takesPrompt } from './submit-prompt.ts';

/** So long may a CLI take to say that it has broken off; then it is left to signals. */
const ACKNOWLEDGE_MS = 3000;

/**
 * Breaks a turn off by the CLI's own key and waits until it says so: so it ends its tools, and its conversation knows. A CLI
 * that is at nothing is left alone.
 */
export async function breakOff(
  terminal: LiveTerminal,
  keys: string,
  type: (text: string) => Promise<void>,
): Promise<void> {
  const { kind } = terminal.verdict.state;
  if (kind !== 'working' && kind !== 'waiting') return;
  await type(keys);
  await terminal.waitFor(() => takesPrompt(terminal), ACKNOWLEDGE_MS);
}
