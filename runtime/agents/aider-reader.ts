import type { AgentEvent, ProcessExit, TurnOutcome, TurnReader, Usage } from './adapter.ts';
import { CollectedText } from './collected-text.ts';
import { classifyFailure } from './failure-classes.ts';
import { createLineSplitter } from './line-splitter.ts';
import { plainText, printable } from './terminal-text.ts';
import { createTextReader } from './text-reader.ts';
import { knownUsage } from './usage-notes.ts';

/** `Tokens: 12k sent, 1.5k cache write, 290 received.` and `Cost: $0.03 message, $0.05 session.`, of the message so far. */
const TOKENS = /^Tokens: (\S+) sent(?:, \S+ cache write)?(?:, \S+ cache hit)?, (\S+) received\./;
const COST = /(?:^| )Cost: \$([\d.]+) message, \$[\d.]+ session\.$/;
/** How it tells what its library says of a failed request. */
const FAILED = /^litellm\.(\w+(?:Error|Timeout)\b.*)/;
const RETRY = /^Retrying in ([\d.]+) seconds/;
/** Longest line that can be one of these, in UTF-16 units: an error may hold what the provider sent. */
const MAX_LINE = 1024 * 1024;

/**
 * Reads what aider prints, by its documentation and source. It ends with code 0 whatever happened, so an error that no
 * report of tokens comes after is the end of the turn.
 */
export function createAiderReader(): TurnReader {
  const plain = createTextReader('aider');
  const output = new CollectedText();
  const lines = createLineSplitter(MAX_LINE);
  let attempts = 0;
  let failure = '';
  const read = (line: string): readonly AgentEvent[] => {
    if (TOKENS.test(line)) failure = '';
    failure = FAILED.exec(line)?.[1] ?? failure;
    const seconds = RETRY.exec(line)?.[1];
    if (seconds === undefined) return [];
    attempts += 1;
    return [{ kind: 'retrying', attempt: attempts, message: failure, delayMs: Number(seconds) * 1000 }];
  };
  return {
    feed(chunk) {
      output.add(chunk);
      return [...plain.feed(chunk), ...lines.feed(chunk).flatMap(line => read(plainText(line)))];
    },
    end(exit, stderrTail) {
      const usage = usageIn(output.text());
      const about = usage === undefined ? {} : { usage };
      return { ...verdict(plain.end(exit, stderrTail), failure, exit), ...about };
    },
  };
}

function verdict(outcome: TurnOutcome, failure: string, exit: ProcessExit): TurnOutcome {
  if (failure !== '') {
    const message = printable(failure);
    return { kind: 'failed', reason: classifyFailure({ message }, exit.at, exit.code ?? 1), message };
  }
  return outcome.kind === 'answered' ? { ...outcome, answer: answerIn(outcome.answer) } : outcome;
}

/** What the model said: without the lines about the program at the beginning, and those about what it used. */
function answerIn(output: string): string {
  const said = /^Aider v/.test(output) ? output.slice(Math.max(0, output.indexOf('\n\n'))) : output;
  const lines = said.split('\n').filter(line => !TOKENS.test(line) && !COST.test(line));
  return lines.join('\n').trim();
}

/** The last report is of all of the message. Costs are only told of models whose price it knows. */
function usageIn(output: string): Usage | undefined {
  const lines = output.split('\n');
  const [, sent, received] = lines.map(line => TOKENS.exec(line)).findLast(found => found !== null) ?? [];
  if (sent === undefined || received === undefined) return undefined;
  const cost = lines.map(line => COST.exec(line)).findLast(found => found !== null)?.[1];
  return knownUsage({
    inputTokens: countOf(sent),
    outputTokens: countOf(received),
    costUsd: cost === undefined ? undefined : Number(cost),
  });
}

/** `290`, `1.5k`, `12k`. */
function countOf(text: string): number | undefined {
  const [, digits, thousands] = /^([\d.]+)(k?)$/.exec(text.replaceAll(',', '')) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (thousands === 'k' ? 1000 : 1));
}
