import assert from 'node:assert/strict';
import { apply, fold } from '../../../runtime/engine/apply.ts';
import { ChunkedList } from '../../../runtime/engine/chunked-list.ts';
import type { Command } from '../../../runtime/engine/commands.ts';
import { decide } from '../../../runtime/engine/decide.ts';
import type { NewEvent, RunEvent, WorkerOutcome } from '../../../runtime/engine/events.ts';
import type { RequestResult } from '../../../runtime/engine/requests.ts';
import { initialState, type RunState } from '../../../runtime/engine/state.ts';
import type { Plan } from '../../../runtime/plan/plan.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A run without processes, git, files or time: every event takes a second, every command waits until it is told how it ends. */
export class SimulatedRun {
  readonly plan: Plan;
  readonly events: RunEvent[] = [];
  state: RunState;
  /** Seconds since the run started. */
  clock = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.state = initialState(plan);
    this.report({ kind: 'run-started', run: 'r', name: 'demo', file: plan.file, planHash: '', depth: 0 });
  }

  /** Commands that ought to be under way. */
  get commands(): readonly Command[] {
    return decide(this.plan, this.state).commands;
  }

  /** Reports events, lets the engine decide what follows, and returns that as text: what it appended, what it wants. */
  report(...events: readonly NewEvent[]): string {
    for (const event of events) this.#append(event);
    const from = this.events.length;
    for (let pass = 0; ; pass++) {
      assert.ok(pass < 1000, 'the engine does not settle');
      const { append } = decide(this.plan, this.state);
      if (append.length === 0) break;
      for (const event of append) this.#append(event);
    }
    const appended = this.events.slice(from).map(event => `+ ${renderEvent(event)}`);
    return [...appended, ...this.commands.map(command => `= ${command.id}`)].join('\n');
  }

  /** Lets a wanted command end well, or with these events. */
  finish(id: string, ...events: readonly NewEvent[]): string {
    const command = this.commands.find(each => each.id === id);
    assert.ok(command, `"${id}" is not wanted; wanted: ${this.commands.map(each => each.id).join(', ')}`);
    return this.report(...(events.length > 0 ? events : successOf(command)));
  }

  /** Lets commands end well until none is wanted that passes the filter, or the run waits for a person. */
  finishAll(isWanted: (command: Command) => boolean = () => true): void {
    for (;;) {
      const command = this.commands.find(isWanted);
      if (command === undefined) return;
      this.report(...successOf(command));
    }
  }

  /** Carries out what somebody asks for; fails the test where it is refused. */
  request(result: RequestResult): string {
    assert.ok(result.ok, result.ok ? '' : result.failure.message);
    return this.report(...result.value);
  }

  /** The daemon dies and comes back: nothing is left but the events. */
  restart(): string {
    this.state = fold(this.plan, this.events);
    return this.report({ kind: 'run-resumed', why: 'the daemon was restarted' });
  }

  /** Rendered events, without those whose kind is not named (all, if none is). */
  log(...kinds: readonly RunEvent['kind'][]): string {
    return this.events
      .filter(event => kinds.length === 0 || kinds.includes(event.kind))
      .map(renderEvent)
      .join('\n');
  }

  #append(event: NewEvent): void {
    this.clock++;
    const at = new Date(START + this.clock * 1000).toISOString();
    const stamped: RunEvent = { v: 1, seq: this.events.length + 1, at, ...event };
    this.state = apply(this.state, stamped);
    this.events.push(stamped);
  }
}

/** ISO time so many seconds after the start of a simulated run. */
export function timeAt(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

/** What a command reports when all goes well. */
export function successOf(command: Command): readonly NewEvent[] {
  switch (command.kind) {
    case 'prepare':
      return [{ kind: 'worktree-ready', ...of(command), dir: `/w/${command.worker}`, slug: command.worker }];
    case 'step':
      return [stepEnd(command)];
    case 'turn':
      return [
        { kind: 'turn-alive', ...of(command), evidence: 'it speaks' },
        turnEnd(command, { kind: 'answered', answerFile: `answers/${command.worker}.md`, summary: 'done' }),
      ];
    case 'commit':
      return [{ kind: 'committed', ...of(command), commit: `commit-of-${command.id}`, files: 1 }];
    case 'merge':
      return [
        { kind: 'merged', phase: command.phase, worker: command.worker, head: `head-with-${command.worker}` },
      ];
    case 'wake':
      return [{ kind: 'unparked', ...of(command) }];
    case 'stop':
      return [{ kind: 'worker-quiet', ...of(command) }];
    case 'finish':
      return [{ kind: 'run-ended', outcome: command.outcome, message: command.message }];
  }
}

type TurnCommand = Extract<Command, { kind: 'turn' }>;
type StepCommand = Extract<Command, { kind: 'step' }>;
type TurnEnd = Extract<NewEvent, { kind: 'turn-ended' }>;

/** The end of a turn. */
export function turnEnd(command: TurnCommand, outcome: TurnEnd['outcome'], misfit?: string): NewEvent {
  const { turn } = command;
  return { kind: 'turn-ended', ...of(command), turn, outcome, ...(misfit === undefined ? {} : { misfit }) };
}

/** The end of a step. */
export function stepEnd(
  command: StepCommand,
  rest: Partial<Extract<NewEvent, { kind: 'step-ended' }>> = {},
): NewEvent {
  return {
    kind: 'step-ended',
    ...of(command),
    step: command.step,
    exit: { code: 0, signal: null },
    durationMs: 1,
    lines: 0,
    matched: [],
    suggestions: [],
    next: [],
    outputFile: `steps/${command.step}.txt`,
    ...rest,
  };
}

/** A failed turn. */
export function failure(reason: (WorkerOutcome & { kind: 'failed' })['reason']): TurnEnd['outcome'] {
  return { kind: 'failed', reason, message: `it failed: ${reason.kind}` };
}

function of({ worker, attempt }: { worker: string; attempt: number }): { worker: string; attempt: number } {
  return { worker, attempt };
}

/** One event as one line. */
export function renderEvent(event: RunEvent): string {
  const attempt = 'attempt' in event ? `#${event.attempt}` : '';
  const subject = 'worker' in event ? `${event.worker}${attempt}` : 'phase' in event ? event.phase : '';
  return [event.kind, subject, renderDetail(event)].filter(part => part !== '').join(' ');
}

function renderDetail(event: RunEvent): string {
  switch (event.kind) {
    case 'worker-ended':
    case 'turn-ended':
      return renderOutcome(event.outcome);
    case 'turn-requested':
      return `${event.turn} ${event.label} ${Object.values(event.input).join(' ')}`;
    case 'failover':
      return `${event.from} to ${event.to}: ${event.why.kind === 'unavailable' ? event.why.what : event.why.kind}`;
    case 'model-down':
      return `${event.label}${event.until === undefined ? '' : ` until ${event.until.slice(11, 19)}`}`;
    case 'model-up':
      return event.label;
    case 'parked':
      return event.until.slice(11, 19);
    case 'answer-needed':
    case 'answer-given':
      return event.text;
    case 'phase-ended':
      return event.message === undefined ? event.outcome : `${event.outcome}: ${event.message}`;
    case 'run-ended':
      return `${event.outcome}: ${event.message}`;
    case 'limit-reached':
      return event.message;
    default:
      return '';
  }
}

function renderOutcome(outcome: WorkerOutcome | TurnEnd['outcome']): string {
  if (outcome.kind === 'failed') return `failed(${outcome.reason.kind}): ${outcome.message}`;
  return outcome.kind === 'skipped' ? `skipped: ${outcome.why}` : outcome.kind;
}

/** A state as plain data, to compare: lists with shared structure as arrays, without the plan. */
export function plainState(state: RunState): unknown {
  return JSON.parse(
    JSON.stringify({ ...state, index: undefined }, (_key, value) => {
      if (value instanceof ChunkedList) return [...value];
      return value instanceof Map ? [...value] : value;
    }),
  );
}
