/** The signs of states: one table for terminal tabs, lenses and the command line. */
import type { PhaseStateName, RunView, WorkerStateName } from './projections.ts';

/** State of a run, a phase or a worker, or how it ended. */
type StateName = Exclude<
  WorkerStateName | PhaseStateName | RunView['state'] | RunView['outcome'],
  'ended' | undefined
>;

const BUSY = '◌';

/** One cell wide each, told apart without colours. */
const signs: Readonly<Record<StateName, string>> = {
  succeeded: '✓',
  failed: '✗',
  no_model: '✗',
  limited: '✗',
  waiting: '?',
  gated: '?',
  picking: '?',
  parked: '‖',
  stopped: '■',
  skipped: '–',
  queued: '·',
  pending: '·',
  unknown: '!',
  working: '●',
  preparing: BUSY,
  starting: BUSY,
  running: BUSY,
  stopping: BUSY,
};

/** The sign of a state or outcome by its name; one that only a later version knows gets on, for all we know. */
export function stateSign(state: string): string {
  // A journal's names come as text.
  return Object.hasOwn(signs, state) ? signs[state as StateName] : BUSY;
}

/** Whether a state goes on by itself: views that are drawn again and again let its sign move. */
export function isMoving(state: string): boolean {
  return state === 'working' || stateSign(state) === BUSY;
}
