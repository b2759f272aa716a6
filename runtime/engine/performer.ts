/** The port through which the loop gets things done: worktrees, processes, git. The engine itself has no effects. */
import type { Plan } from '../plan/plan.ts';
import type { Command } from './commands.ts';
import type { NewEvent } from './events.ts';
import type { RunState } from './state.ts';

/**
 * Why a command was aborted (`signal.reason`). `unwanted`: stop what was begun, politely, and report how it ended.
 * `closing`: the daemon goes away; leave every process running, report nothing, return: the next daemon starts the
 * same command again and takes over what it finds.
 */
export type AbortReason = 'unwanted' | 'closing';

/** What a performer gets with a command. */
export interface PerformContext {
  readonly plan: Plan;
  /** The state when the command was started. */
  readonly state: RunState;
  /** The latest state. */
  currentState(): RunState;
  /** Id of the run. */
  readonly run: string;
  /**
   * Reports what happened; done once it is on disk. While the disk is full it stays pending, until the run goes on. The
   * loop drops reports that come too late to mean anything: those of an aborted command whose worker has ended.
   */
  emit(event: NewEvent): Promise<void>;
  /** Aborted with an `AbortReason`. */
  readonly signal: AbortSignal;
}

/** Performs commands. */
export interface Performer {
  /**
   * Performs one command and settles when nothing of it goes on. Before that it has emitted the events that
   * `commands.ts` names for it, unless it was aborted. A rejection is a bug: the worker fails as `crashed`.
   */
  perform(command: Command, context: PerformContext): Promise<void>;
}
