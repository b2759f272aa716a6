import type { AgentAdapter, TurnReader } from '../agents/adapter.ts';
import { createOutputReader } from '../agents/output-reader.ts';

/**
 * Reads a CLI's own TUI: the screen is the user's, nothing is taken from it, and the session is over when the user ends
 * it. So the answer is empty.
 */
export function createLiveReader(adapter: AgentAdapter): TurnReader {
  return {
    feed: chunk => (chunk === '' ? [] : [{ kind: 'activity' }]),
    end(exit, stderrTail) {
      // A live shell exits with the code of its user's last command, which says nothing.
      const isFine = exit.code === 0 || (adapter.isShellPrompt && exit.code !== null);
      return isFine ? { kind: 'answered', answer: '' } : createOutputReader().end(exit, stderrTail);
    },
  };
}
