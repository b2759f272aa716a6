/**
 * What the engine wants done. `decide(state)` names the commands that ought to be under way right now; the loop starts
 * those that are not, and aborts those that are no longer wanted. So a command must be safe to start again after a
 * crash: it looks first at what is already there (a worktree, a session of that id, a commit) and takes it over.
 */

import type { RunOutcome } from './events.ts';

/** A command, identified by `id`: the same id always means the same work. */
export type Command =
  /** Make the worktree (or take the place), apply the session plugins, run `setup`. → `worktree-ready` or `worker-ended`. */
  | { readonly kind: 'prepare'; readonly id: string; readonly worker: string; readonly attempt: number }
  /** Run one step. → `session-opened`, `step-ended`. */
  | {
      readonly kind: 'step';
      readonly id: string;
      readonly worker: string;
      readonly attempt: number;
      readonly step: string;
    }
  /** One turn of the worker's model. → `session-opened`, `turn-started`, …, `turn-ended`. */
  | {
      readonly kind: 'turn';
      readonly id: string;
      readonly worker: string;
      readonly attempt: number;
      /** 1-based; the second turn of a conversation goes on with the first. */
      readonly turn: number;
      readonly route: number;
      readonly input: TurnInput;
    }
  /** Commit the worker's changes on its branch. → `committed`. */
  | { readonly kind: 'commit'; readonly id: string; readonly worker: string; readonly attempt: number }
  /** Merge the worker's branch into the run branch. → `merged` or `merge-conflict`. */
  | { readonly kind: 'merge'; readonly id: string; readonly phase: string; readonly worker: string }
  /** Wake up at a time. → `unparked`. */
  | {
      readonly kind: 'wake';
      readonly id: string;
      readonly worker: string;
      readonly attempt: number;
      readonly at: string;
    }
  /**
   * Make sure that nothing of the attempt runs any more: whatever sessions of it are still there, also after a restart.
   * Runs beside the aborted command it follows. `now` kills at once. → `worker-quiet`.
   */
  | {
      readonly kind: 'stop';
      readonly id: string;
      readonly worker: string;
      readonly attempt: number;
      readonly how: 'polite' | 'now';
    }
  /**
   * The run is over: remove what may be removed. → `worktree-removed`, `worktree-kept`, `branch-removed`, `run-ended` with
   * this outcome and message.
   */
  | { readonly kind: 'finish'; readonly id: string; readonly outcome: RunOutcome; readonly message: string };

/** What a turn tells the model, before placeholders are filled in and the preamble is put before it (spec §5.1). */
export type TurnInput =
  /** The worker's own prompt. */
  | { readonly kind: 'prompt' }
  /** The worker's prompt, plus what an unavailable model before it already did (spec §4 failover). */
  | { readonly kind: 'takeover'; readonly from: string }
  /** The last answer did not fit the `output` schema. */
  | { readonly kind: 'misfit'; readonly errors: string };
