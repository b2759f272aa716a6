/** How phases, their members and whole workflows read in lists: symbols, hierarchies, hints. */
import { effectiveModel } from '../runtime/analysis/inheritance.ts';
import { member, textOf } from '../runtime/analysis/json-node.ts';
import { type MemberOutline, needsModel, type PhaseOutline } from '../runtime/analysis/outline.ts';
import type { Snapshot } from './snapshot.ts';
import { baseNameOf } from './uris.ts';

/** `2 workers · claude, codex`. */
export function describePhase(phase: PhaseOutline, { analysis }: Snapshot): string {
  const models = phase.members.flatMap(worker => modelOf(phase, worker, analysis.names) ?? []);
  return [countOf(phase), joinFew([...new Set(models)])].filter(text => text !== '').join(' · ');
}

/** The model text of a worker; undefined if it only runs steps or another connector file. */
export function modelOf(
  phase: PhaseOutline,
  worker: MemberOutline,
  names: Snapshot['analysis']['names'],
): string | undefined {
  return needsModel(phase, worker) ? effectiveModel(phase, worker, names)?.text : undefined;
}

/** How many workers, participants or agents a phase has. */
export function sizeOf(phase: PhaseOutline): number {
  return phase.members.reduce((sum, { count }) => sum + count, 0);
}

/** `1 worker`, `3 workers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The name of the workflow, or what stands for it (spec §2). */
export function workflowNameOf({ analysis, uri }: Snapshot): string {
  const name = textOf(member(analysis.outline.root, 'name'));
  return name || baseNameOf(uri).replace(/(\.connector)?\.jsonc?$/i, '') || 'connector';
}

/** `a, b, c and 4 more`; `count` is how many there are, if not all are among the names. */
export function joinFew(names: readonly string[], limit = 3, count = names.length): string {
  const rest = count - limit;
  return rest > 0 ? `${names.slice(0, limit).join(', ')} and ${rest} more` : names.join(', ');
}

const nouns = { workers: 'worker', dialogue: 'participant', meeting: 'participant', mesh: 'agent' } as const;

function countOf(phase: PhaseOutline): string {
  const isStepsOnly = phase.steps.length > 0 && phase.members.every(worker => !needsModel(phase, worker));
  if (isStepsOnly && sizeOf(phase) === 1) return counted(phase.steps.length, 'step');
  return counted(sizeOf(phase), nouns[phase.kind]);
}
