/** How a turn in a live terminal ended, from what was learnt of it. Pure. */
import type { FailureReason, TurnOutcome } from '../agents/adapter.ts';
import { classifyFailure, type FailureHint } from '../agents/failure-classes.ts';
import type { Verdict } from '../agents/terminal/detector.ts';
import type { TurnFact } from '../agents/terminal/terminal-cli.ts';
import type { SessionEnd } from './run-session.ts';
import { failureText } from './run-turn.ts';

/** The CLI did not come to the point of working on the prompt. */
export function noStart(message: string): TurnOutcome {
  return failed({ kind: 'unavailable', what: 'no_start' }, message);
}

/** The CLI has stopped to get on. */
export function stalled(name: string, afterMs: number): TurnOutcome {
  const message = `${name} gave no sign of life for ${afterMs / 1000} s`;
  return failed({ kind: 'unavailable', what: 'stalled' }, message);
}

/** The CLI did nothing but try again. Words that do not tell what for are about its provider: nothing else is tried again. */
export function onlyRetried(name: string, hint: FailureHint): TurnOutcome {
  const reason = classifyFailure(hint);
  const isTold = reason.kind === 'unavailable';
  return failed(
    isTold ? reason : { kind: 'unavailable', what: 'overloaded' },
    `${name} did nothing but try again: ${hint.message}`,
  );
}

/** A turn without an answer that nobody can go on with. */
export function brokenOff(name: string): TurnOutcome {
  return failed({ kind: 'permission_denied' }, `${name} asked for what nobody was there to allow`);
}

/** The turn ended well; its answer is the last one of these facts. */
export function answeredOutcome(facts: readonly TurnFact[]): TurnOutcome {
  const answer = facts.findLast(fact => fact.kind === 'answer')?.text ?? '';
  return { kind: 'answered', answer, ...learnt(facts) };
}

/** The turn ended well by its signs, but nothing told what was said: no answer is no success. */
export function withoutAnswer(name: string): TurnOutcome {
  return failed({ kind: 'crashed' }, `${name} ended its turn and told no answer`);
}

/** The CLI itself says that the turn failed; `at` (ms since 1970) is when. */
export function failedOutcome(facts: readonly TurnFact[], { evidence }: Verdict, at: number): TurnOutcome {
  const failure = facts.findLast(fact => fact.kind === 'failure');
  const said = evidence.find(({ text }) => text.startsWith('error: '))?.text.slice('error: '.length);
  const message = failure?.message ?? said ?? 'the turn ended with an error; the terminal shows it';
  const reason = failure?.reason ?? classifyFailure({ ...failure, message }, new Date(at).toISOString());
  return { kind: 'failed', reason, message, ...learnt(facts) };
}

/** The terminal ended before the turn had an outcome. A CLI that ends before it takes the prompt cannot be used as it is. */
export function terminalGone(end: SessionEnd, name: string, isSubmitted: boolean): TurnOutcome {
  switch (end.kind) {
    case 'lost':
      return failed({ kind: 'lost' }, `the terminal host is gone: ${end.message}`);
    case 'not_started': {
      const isMissing = end.failure.kind === 'spawn_failed' && end.failure.code === 'ENOENT';
      const reason = isMissing
        ? ({ kind: 'unavailable', what: 'not_installed' } as const)
        : ({ kind: 'crashed' } as const);
      return failed(reason, failureText(end.failure));
    }
    case 'left':
      return failed({ kind: 'lost' }, 'the turn was left before its end');
    case 'ended': {
      if (end.by === 'timed_out') {
        return failed({ kind: 'timed_out' }, 'stopped, with everything it had started');
      }
      const { code = null, signal = null } = end.exit ?? {};
      if (!isSubmitted && code !== null)
        return noStart(`${name} ended with exit code ${code} before it took the prompt`);
      const reason: FailureReason =
        code === null ? { kind: 'crashed', ...(signal === null ? {} : { signal }) } : { kind: 'exit', code };
      return failed(reason, `${name} ended before it answered`);
    }
  }
}

function failed(reason: FailureReason, message: string): TurnOutcome {
  return { kind: 'failed', reason, message };
}

function learnt(facts: readonly TurnFact[]): { readonly conversation?: string } {
  const conversation = facts.findLast(fact => fact.kind === 'conversation')?.id;
  return conversation === undefined ? {} : { conversation };
}
