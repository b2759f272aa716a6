import type { TurnReader } from './adapter.ts';
import { createTextReader } from './text-reader.ts';
import { knownUsage } from './usage-notes.ts';

/** Of `--verbose`, on stderr at the end. A prompt that was kept from before is not counted. */
const PROMPT = /^prompt eval count:\s+(\d+) token/m;
const ANSWER = /^eval count:\s+(\d+) token/m;

/** Reads `ollama run --verbose`, by its documentation and source: the answer, and on stderr what it took. */
export function createOllamaReader(): TurnReader {
  const plain = createTextReader('ollama');
  return {
    ...plain,
    end(exit, stderrTail) {
      const count = (pattern: RegExp): number | undefined => {
        const found = pattern.exec(stderrTail)?.[1];
        return found === undefined ? undefined : Number(found);
      };
      const usage = knownUsage({ inputTokens: count(PROMPT), outputTokens: count(ANSWER) });
      const outcome = plain.end(exit, stderrTail);
      return Object.keys(usage).length === 0 ? outcome : { ...outcome, usage };
    },
  };
}
