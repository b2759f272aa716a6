/** What a view of a worker shows beyond its state: attempts, turns, times, notes and usage. Pure. */
import type { WorkerEvent } from './apply-worker.ts';
import type { RunEventOf } from './events.ts';
import { describeFailure } from './failure-texts.ts';
import type { AttemptView, FailureView, NoteView, StepView, TurnView, UsageView } from './projections.ts';

/** The history of one worker. */
export interface WorkerHistory {
  readonly attempts: readonly AttemptView[];
  readonly sessions: readonly string[];
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** When its state began. */
  readonly since?: string;
  readonly files?: number;
  readonly label?: string;
  readonly usage: UsageView;
  readonly notes: readonly NoteView[];
}

/** The history of a worker that was not started. */
export const NO_HISTORY: WorkerHistory = { attempts: [], sessions: [], usage: {}, notes: [] };

/** The history after one of the worker's events. */
export function recordWorkerEvent(history: WorkerHistory, event: WorkerEvent): WorkerHistory {
  switch (event.kind) {
    case 'worker-started':
      return startAttempt(history, event);
    case 'worker-ended':
      return endAttempt(history, event);
    case 'session-opened':
      return openSession(history, event);
    case 'turn-requested': {
      const { turn, label, route, at } = event;
      const opened: TurnView = { turn, label, route, startedAt: at };
      return {
        ...changeAttempt(history, attempt => ({ ...attempt, turns: [...attempt.turns, opened] })),
        label,
      };
    }
    case 'turn-started':
    case 'turn-alive':
      return event.conversation === undefined ? history : withConversation(history, event.conversation);
    case 'turn-ended': {
      const { at: endedAt, outcome, misfit } = event;
      const change = { endedAt, outcome, ...(misfit === undefined ? {} : { misfit }) };
      return changeTurn(history, turn => ({ ...turn, ...change }));
    }
    case 'step-ended':
      return changeAttempt(history, attempt => ({ ...attempt, steps: [...attempt.steps, stepView(event)] }));
    case 'committed':
      return { ...history, files: event.files };
    case 'usage':
      return { ...history, usage: addUsage(history.usage, event) };
    default:
      return noted(history, event);
  }
}

/** The sum of two usages; what neither reports stays unknown. */
export function addUsage(sum: UsageView, more: UsageView | RunEventOf<'usage'>): UsageView {
  const result: { -readonly [K in keyof UsageView]: UsageView[K] } = { ...sum };
  for (const key of USAGE_KEYS) {
    const value = more[key];
    if (value !== undefined) result[key] = (sum[key] ?? 0) + value;
  }
  const unpriced = (sum.unpriced ?? 0) + unpricedIn(more);
  return {
    ...result,
    ...(unpriced > 0 && { unpriced }),
    ...((sum.isEstimate || isEstimated(more)) && { isEstimate: true }),
  };
}

function unpricedIn(usage: UsageView | RunEventOf<'usage'>): number {
  if ('kind' in usage) return usage.costUsd === undefined ? 1 : 0;
  return usage.unpriced ?? 0;
}

function isEstimated(usage: UsageView | RunEventOf<'usage'>): boolean {
  return 'kind' in usage ? usage.costFrom === 'list' : usage.isEstimate === true;
}

/** A failure with the words for its reason. */
export function failureView(failure: {
  readonly reason: FailureView['reason'];
  readonly message: string;
  readonly tail?: string | undefined;
}): FailureView {
  const { reason, message, tail } = failure;
  return { reason, description: describeFailure(reason), message, ...(tail === undefined ? {} : { tail }) };
}

const USAGE_KEYS = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'costUsd'] as const;

/** Notes kept of one worker: a CLI that retries all night must not fill the memory. */
const MAX_NOTES = 20;

function startAttempt(history: WorkerHistory, event: RunEventOf<'worker-started'>): WorkerHistory {
  const { endedAt: _ofLastAttempt, ...rest } = history;
  const attempt: AttemptView = { attempt: event.attempt, startedAt: event.at, turns: [], steps: [] };
  return { ...rest, startedAt: history.startedAt ?? event.at, attempts: [...history.attempts, attempt] };
}

function endAttempt(history: WorkerHistory, event: RunEventOf<'worker-ended'>): WorkerHistory {
  const { at: endedAt, outcome } = event;
  const last = history.attempts.at(-1);
  // A worker that was skipped has no attempt to end.
  if (last?.attempt !== event.attempt) return { ...history, endedAt };
  return { ...changeAttempt(history, attempt => ({ ...attempt, endedAt, outcome })), endedAt };
}

function openSession(history: WorkerHistory, event: RunEventOf<'session-opened'>): WorkerHistory {
  const { session, purpose } = event;
  if (history.sessions.includes(session)) return history;
  const opened = { ...history, sessions: [...history.sessions, session] };
  return purpose === 'turn' ? changeTurn(opened, turn => ({ ...turn, session })) : opened;
}

function withConversation(history: WorkerHistory, conversation: string): WorkerHistory {
  return changeTurn(history, turn => ({ ...turn, conversation }));
}

function noted(history: WorkerHistory, event: WorkerEvent): WorkerHistory {
  const text = noteText(event);
  if (text === undefined) return history;
  const note: NoteView = { at: event.at, level: 'warning', text };
  return { ...history, notes: [...history.notes, note].slice(-MAX_NOTES) };
}

function noteText(event: WorkerEvent): string | undefined {
  switch (event.kind) {
    case 'agent-note':
      return event.text;
    case 'failover':
      return `another model takes over: ${event.message}`;
    case 'worktree-ready':
      return event.note;
    case 'worker-quiet':
      return event.survivors?.length
        ? `these processes could not be ended: ${event.survivors.join(', ')}`
        : undefined;
    default:
      return undefined;
  }
}

function stepView(event: RunEventOf<'step-ended'>): StepView {
  const { step, exit, durationMs, lines, matched, suggestions, failure, outputFile } = event;
  const shown = { step, exit, durationMs, lines, matched, suggestions, outputFile };
  return failure === undefined ? shown : { ...shown, failure: failureView(failure) };
}

function changeAttempt(history: WorkerHistory, change: (attempt: AttemptView) => AttemptView): WorkerHistory {
  const last = history.attempts.at(-1);
  return last === undefined ? history : { ...history, attempts: history.attempts.with(-1, change(last)) };
}

function changeTurn(history: WorkerHistory, change: (turn: TurnView) => TurnView): WorkerHistory {
  return changeAttempt(history, attempt => {
    const last = attempt.turns.at(-1);
    return last === undefined ? attempt : { ...attempt, turns: attempt.turns.with(-1, change(last)) };
  });
}
