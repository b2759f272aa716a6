import type { AgentEvent, ProcessExit, TurnOutcome, TurnReader } from './adapter.ts';
import { CollectedText } from './collected-text.ts';
import { classifyFailure } from './failure-classes.ts';
import { lastNonEmptyLine } from './output-reader.ts';
import { plainText, printable } from './terminal-text.ts';

/** Reads a CLI that prints its answer as plain text to a pipe; why it failed is in its last words. */
export function createTextReader(name: string): TurnReader {
  const output = new CollectedText();
  let isReady = false;
  return {
    feed(chunk) {
      if (chunk === '') return [];
      output.add(chunk);
      const first: AgentEvent[] = isReady ? [] : [{ kind: 'ready' }];
      isReady = true;
      return [...first, { kind: 'transcript', text: printable(chunk) }, { kind: 'activity' }];
    },
    end: (exit, stderrTail) => verdict(name, output.text().trim(), exit, stderrTail),
  };
}

function verdict(name: string, output: string, exit: ProcessExit, stderrTail: string): TurnOutcome {
  if (exit.code === 0 && output !== '') return { kind: 'answered', answer: output };
  const words = lastNonEmptyLine(plainText(stderrTail)) ?? lastNonEmptyLine(output);
  if (exit.code === null) {
    const signal = exit.signal ?? 'unknown';
    return {
      kind: 'failed',
      reason: { kind: 'crashed', signal },
      message: `${name} was ended by signal ${signal}`,
    };
  }
  const message = words ?? `${name} printed nothing`;
  const reason = classifyFailure({ message }, exit.at, exit.code);
  // Code 0 without a word is no answer, and no `exit` failure either.
  return {
    kind: 'failed',
    reason: exit.code === 0 && reason.kind === 'exit' ? { kind: 'crashed' } : reason,
    message,
  };
}
