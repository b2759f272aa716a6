import type { Command } from './commands.ts';
import type { NewEvent } from './events.ts';
import type { RunState } from './state.ts';
import { workerOf } from './state.ts';

/**
 * What follows when a performer breaks (a bug): the worker or phase fails as `crashed`, the run goes on, and the log of
 * the run says what happened. `state` is one that wants the command.
 */
export function crashEvents(command: Command, state: RunState, message: string): readonly NewEvent[] {
  const text = `internal error in ${command.id}: ${message}`;
  const subject = 'worker' in command ? { worker: command.worker } : {};
  return [{ kind: 'note', level: 'error', text, ...subject }, resultOf(command, state, text)];
}

function resultOf(command: Command, state: RunState, message: string): NewEvent {
  const crashed = { kind: 'failed', reason: { kind: 'crashed' }, message } as const;
  switch (command.kind) {
    case 'finish':
      return { kind: 'run-ended', outcome: command.outcome, message: command.message };
    case 'merge':
      return { kind: 'phase-ended', phase: command.phase, outcome: 'failed', message };
    case 'turn': {
      // Like any other end of a turn: what the worker did so far is then committed.
      const { worker, attempt, turn } = command;
      return { kind: 'turn-ended', worker, attempt, turn, outcome: crashed };
    }
    default: {
      const attempt = workerOf(state, command.worker)?.attempt ?? command.attempt;
      return { kind: 'worker-ended', worker: command.worker, attempt, outcome: crashed };
    }
  }
}
