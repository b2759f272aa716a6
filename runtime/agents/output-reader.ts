import type { AgentEvent, ProcessExit, TurnOutcome, TurnReader } from './adapter.ts';
import { CollectedText } from './collected-text.ts';
import { plainText } from './terminal-text.ts';

/**
 * Reads a CLI that has no structured output: what it prints is the answer (as plain text), its exit code the verdict.
 * Used for `shell` (spec §4) and inline commands.
 */
export function createOutputReader(): TurnReader {
  const output = new CollectedText();
  let isReady = false;
  return {
    feed(chunk) {
      if (chunk === '') return [];
      output.add(chunk);
      const first: AgentEvent[] = isReady ? [] : [{ kind: 'ready' }];
      isReady = true;
      return [...first, { kind: 'activity' }];
    },
    end: (exit, stderrTail) => verdict(output.text(), exit, stderrTail),
  };
}

function verdict(output: string, exit: ProcessExit, stderrTail: string): TurnOutcome {
  if (exit.code === 0) return { kind: 'answered', answer: output.trim() };
  const message = lastNonEmptyLine(output) ?? lastNonEmptyLine(plainText(stderrTail)) ?? 'it printed nothing';
  if (exit.code !== null) {
    const reason = { kind: 'exit', code: exit.code } as const;
    return { kind: 'failed', reason, message };
  }
  const signal = exit.signal ?? 'unknown';
  return { kind: 'failed', reason: { kind: 'crashed', signal }, message };
}

const MAX_MESSAGE = 300;

/** The last line with something in it, shortened for a one-line message. */
export function lastNonEmptyLine(text: string): string | undefined {
  // Only the end matters, and a single line may be megabytes long.
  const line = text
    .slice(-4000)
    .split('\n')
    .map(part => part.trim())
    .findLast(part => part !== '');
  if (line === undefined) return undefined;
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}
