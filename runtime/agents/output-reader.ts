import type { AgentEvent, ProcessExit, TurnOutcome, TurnReader } from './adapter.ts';
import { plainText } from './terminal-text.ts';

/** Most of an answer that is kept, in UTF-16 units: 16 M. What comes after is dropped, and the answer says so. */
export const MAX_ANSWER = 16 * 1024 * 1024;

/**
 * Reads a CLI that has no structured output: what it prints is the answer (as plain text), its exit code the verdict.
 * Used for `shell` (spec §4) and inline commands.
 */
export function createOutputReader(): TurnReader {
  const pieces: string[] = [];
  let kept = 0;
  let dropped = 0;
  let isReady = false;
  return {
    feed(chunk) {
      if (chunk === '') return [];
      const room = MAX_ANSWER - kept;
      const piece = chunk.length <= room ? chunk : chunk.slice(0, room);
      if (piece !== '') pieces.push(piece);
      kept += piece.length;
      dropped += chunk.length - piece.length;
      const first: AgentEvent[] = isReady ? [] : [{ kind: 'ready' }];
      isReady = true;
      return [...first, { kind: 'activity' }];
    },
    end(exit, stderrTail) {
      const note =
        dropped > 0 ? `\n[… ${dropped} more characters of output are only in the recording]\n` : '';
      return verdict(plainText(pieces.join('')) + note, exit, stderrTail);
    },
  };
}

function verdict(output: string, exit: ProcessExit, stderrTail: string): TurnOutcome {
  if (exit.code === 0) return { kind: 'answered', answer: output.trim() };
  const lastLine = lastNonEmptyLine(output) ?? lastNonEmptyLine(plainText(stderrTail)) ?? '';
  const words = lastLine === '' ? '' : `: ${lastLine}`;
  if (exit.code !== null) {
    return {
      kind: 'failed',
      reason: { kind: 'exit', code: exit.code },
      message: `ended with code ${exit.code}${words}`,
    };
  }
  const signal = exit.signal ?? 'unknown';
  return {
    kind: 'failed',
    reason: { kind: 'crashed', signal },
    message: `was ended by signal ${signal}${words}`,
  };
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
