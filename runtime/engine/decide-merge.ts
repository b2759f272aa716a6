/** What becomes of the branches of a phase whose workers have all ended (spec §5.4). Pure. */
import type { Plan, PlannedPhase } from '../plan/plan.ts';
import type { Command } from './commands.ts';
import type { Decision } from './decide.ts';
import type { NewEvent } from './events.ts';
import type { PhaseProgress, PhaseState, WorkerState } from './state.ts';
import { outcomeOf, phaseOutcomeOf } from './verdicts.ts';

/**
 * Merges the branches one at a time in worker order, asks for a choice, or ends the phase. A phase that is not good is
 * not merged: a retry runs its failed workers and then merges all in order. Merging goes on when the run is stopped:
 * it is short, and leaves the work of a good phase where it belongs.
 */
export function decideConclusion(
  plan: Plan,
  planned: PlannedPhase,
  phase: PhaseState,
  isStopped: boolean,
): Decision {
  const { name } = planned;
  if (phase.conflict !== undefined) {
    return append({
      kind: 'phase-ended',
      phase: name,
      outcome: 'failed',
      message: conflictMessage(phase.conflict),
    });
  }
  const outcome = phaseOutcomeOf(phase);
  const end: NewEvent = { kind: 'phase-ended', phase: name, outcome };
  const isGood = outcome === 'succeeded' || (planned.onFailure === 'continue' && outcome !== 'skipped');
  const candidates = isGood && planned.merge !== 'none' ? [...phase.workers].filter(canMerge) : [];
  const [next] = candidates;
  if (next === undefined) return append(end);
  if (planned.merge === 'auto') return perform(mergeCommand(name, next));
  if (isStopped) return append(unpicked(name));
  if (plan.isAttended) {
    return append({ kind: 'pick-opened', phase: name, candidates: candidates.map(({ key }) => key) });
  }
  const message =
    'a person has to pick one of its branches, and nobody is there; run with --detach, then niia pick';
  return append({ ...end, outcome: 'failed', message });
}

/** Waits for the choice, merges the chosen branch, ends the phase. */
export function decidePick(
  phase: PhaseState,
  { picked }: PhaseProgress & { kind: 'picking' },
  isStopped: boolean,
): Decision {
  if (phase.conflict !== undefined) {
    const message = conflictMessage(phase.conflict);
    return append({ kind: 'phase-ended', phase: phase.name, outcome: 'failed', message });
  }
  if (picked === undefined) return isStopped ? append(unpicked(phase.name)) : { append: [], commands: [] };
  const worker = [...phase.workers].find(({ key }) => key === picked);
  if (worker !== undefined && canMerge(worker)) return perform(mergeCommand(phase.name, worker));
  return append({ kind: 'phase-ended', phase: phase.name, outcome: phaseOutcomeOf(phase) });
}

/** A failed worker's branch is kept, not merged. A worker in place has no branch, so it never has a commit. */
function canMerge(worker: WorkerState): boolean {
  return worker.commit !== undefined && outcomeOf(worker)?.kind === 'succeeded';
}

function mergeCommand(phase: string, { key, attempt }: WorkerState): Command {
  return { kind: 'merge', id: `merge:${key}#${attempt}`, phase, worker: key };
}

function unpicked(phase: string): NewEvent {
  return { kind: 'phase-ended', phase, outcome: 'stopped', message: 'stopped before a branch was picked' };
}

function conflictMessage({ worker, branch, files }: NonNullable<PhaseState['conflict']>): string {
  return `the branch of ${worker} (${branch}) does not merge; conflicts in ${files.join(', ')}`;
}

function append(event: NewEvent): Decision {
  return { append: [event], commands: [] };
}

function perform(command: Command): Decision {
  return { append: [], commands: [command] };
}
