/** What the turns of a check say about an adapter. Pure. */
import type { AgentAdapter } from '../../agents/adapter.ts';
import { CHECK_TIMEOUT_MS, type CheckEvent } from './check-turns.ts';

/** What was found of one part of an adapter. */
export interface CheckRow {
  readonly part:
    | 'installed'
    | 'version'
    | 'starts'
    | 'answers'
    | 'usage'
    | 'resume'
    | `terminal ${'answers' | 'usage'}`
    | `permission ${string}`;
  /** `claimed`: the adapter says so, and the check did not come to try it. */
  readonly result: 'works' | 'fails' | 'none' | 'claimed';
  readonly detail: string;
  /** The last that the CLI showed in a turn that failed. */
  readonly shown?: string;
}

type TurnEnded = Extract<CheckEvent, { readonly kind: 'turn-ended' }>;

/** What two headless turns say. */
export function headlessRows(adapter: AgentAdapter, events: readonly CheckEvent[]): readonly CheckRow[] {
  const alive = events.find(event => event.kind === 'turn-alive');
  const [first, second] = events.flatMap(event => (event.kind === 'turn-ended' ? [event] : []));
  const answers = answerRow('answers', first);
  const hasAnswered = answers.result === 'works';
  return [
    alive === undefined && !hasAnswered
      ? { part: 'starts', result: 'fails', detail: whyOf(first) }
      : { part: 'starts', result: 'works', detail: alive?.evidence ?? 'it answers' },
    answers,
    usageRow(adapter, events, hasAnswered),
    resumeRow(adapter, second),
  ];
}

/** What a turn in its terminal says. */
export function terminalRows({ reports }: AgentAdapter, events: readonly CheckEvent[]): readonly CheckRow[] {
  const end = events.find(event => event.kind === 'turn-ended');
  const answers = answerRow('terminal answers', end);
  if (answers.result !== 'works') return [answers];
  const tokens = outputTokensOf(events);
  return [
    answers,
    tokens === 0
      ? {
          part: 'terminal usage',
          result: reports === 'nothing' ? 'none' : 'fails',
          detail: 'it told no tokens',
        }
      : { part: 'terminal usage', result: 'works', detail: `${tokens} tokens of output` },
  ];
}

/** Whether the first turn failed for something that a turn in its terminal would fail for, too, such as a missing login. */
export function isUnavailable(events: readonly CheckEvent[]): boolean {
  const first = events.find(event => event.kind === 'turn-ended');
  const { kind, what } = first?.outcome.reason ?? {};
  return kind === 'timed_out' || (what !== undefined && what !== 'no_start' && what !== 'stalled');
}

function answerRow(part: 'answers' | 'terminal answers', end: TurnEnded | undefined): CheckRow {
  const { kind, summary = '', tail } = end?.outcome ?? {};
  if (kind === 'answered' && summary !== '') return { part, result: 'works', detail: summary };
  if (kind === 'answered') return { part, result: 'fails', detail: 'its answer is empty' };
  return { part, result: 'fails', detail: whyOf(end), ...(tail === undefined ? {} : { shown: tail }) };
}

function whyOf(end: TurnEnded | undefined): string {
  const { message = 'it gave no sign of life', reason } = end?.outcome ?? {};
  return reason?.kind === 'timed_out' ? `it gave no answer within ${CHECK_TIMEOUT_MS / 1000} s` : message;
}

function outputTokensOf(events: readonly CheckEvent[]): number {
  const told = events.flatMap(event => (event.kind === 'usage' ? [event] : []));
  return told.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0);
}

function usageRow({ reports }: AgentAdapter, events: readonly CheckEvent[], hasAnswered: boolean): CheckRow {
  if (reports === 'nothing') return { part: 'usage', result: 'none', detail: 'it reports none' };
  if (!hasAnswered) return { part: 'usage', result: 'claimed', detail: 'not tried: there was no answer' };
  const told = events.flatMap(event => (event.kind === 'usage' ? [event] : []));
  const tokens = outputTokensOf(events);
  if (tokens === 0) return { part: 'usage', result: 'fails', detail: 'it told no tokens' };
  const hasCost = told.some(
    ({ costUsd, costFrom }) => costUsd !== undefined && costFrom !== 'list' && costFrom !== 'prices',
  );
  return {
    part: 'usage',
    result: 'works',
    detail: `${tokens} tokens of output, ${hasCost ? 'and their cost' : 'no cost'}`,
  };
}

function resumeRow({ canResume }: AgentAdapter, second: TurnEnded | undefined): CheckRow {
  if (!canResume) return { part: 'resume', result: 'none', detail: 'every turn starts a conversation' };
  if (second === undefined)
    return { part: 'resume', result: 'claimed', detail: 'not tried: there was no second turn' };
  return second.outcome.kind === 'answered'
    ? { part: 'resume', result: 'works', detail: 'a second turn went on with the first' }
    : { part: 'resume', result: 'fails', detail: whyOf(second) };
}
