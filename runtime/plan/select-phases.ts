import { err, ok, type Result } from '../result.ts';
import type { Phase, Workflow } from '../spec/workflow.ts';
import type { PlanFailure, PlanOptions } from './facts.ts';
import { phasesOf } from './interactive-phase.ts';

/** The phases a run executes. */
export interface Selection {
  /** In file order. */
  readonly phases: readonly Phase[];
  /**
   * Phases, in file order, that the selected ones build on without being selected: an earlier run must have them
   * (design §6 `--phase`, `--from`). Empty for a whole file.
   */
  readonly takenFrom: readonly string[];
}

/** Picks the phases that `--phase` (one) or `--from` (that one and all after it in the file) asks for. */
export function selectPhases(
  workflow: Workflow,
  select: PlanOptions['select'],
): Result<Selection, PlanFailure> {
  if (select === undefined) return ok({ phases: phasesOf(workflow), takenFrom: [] });
  if (workflow.interactive !== undefined) return err({ reason: 'nothing-to-select', asked: select.phase });
  const index = findPhase(workflow.phases, select.phase);
  if (index === undefined) {
    const phases = workflow.phases.map(phase => phase.name);
    return err({ reason: 'no-such-phase', asked: select.phase, phases });
  }
  const end = select.kind === 'phase' ? index + 1 : workflow.phases.length;
  const phases = workflow.phases.slice(index, end);
  const before = ancestorsOf(
    workflow.phases,
    phases.map(phase => phase.name),
  );
  const isTaken = (phase: Phase) => before.has(phase.name) && !phases.includes(phase);
  return ok({ phases, takenFrom: workflow.phases.filter(isTaken).map(phase => phase.name) });
}

/** Names of all phases that have to end before any of the named ones starts, directly or through others. */
export function ancestorsOf(phases: readonly Phase[], names: readonly string[]): ReadonlySet<string> {
  const byName = new Map(phases.map(phase => [phase.name, phase]));
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const need of byName.get(name)?.needs ?? []) {
      if (!found.has(need)) open.push(need);
      found.add(need);
    }
  }
  return found;
}

/** A name wins over a number: a phase may be called "2". */
function findPhase(phases: readonly Phase[], asked: string): number | undefined {
  const byName = phases.findIndex(phase => phase.name === asked);
  if (byName >= 0) return byName;
  const number = /^[1-9]\d*$/.test(asked) ? Number(asked) : 0;
  return number >= 1 && number <= phases.length ? number - 1 : undefined;
}
