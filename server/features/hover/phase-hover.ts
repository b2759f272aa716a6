/** Hover over a phase, its workers and its worktrees: who runs where, on what, building on which answers. */
import type { MemberOutline, PhaseOutline } from '../../../runtime/analysis/outline.ts';
import { parseTemplate, placeholdersOf } from '../../../runtime/analysis/placeholders.ts';
import { workerBranch } from '../../../runtime/git/run-branches.ts';
import type { PlannedPhase, PlannedWorker } from '../../../runtime/plan/plan.ts';
import type { WorkspaceFacts } from '../../facts.ts';
import { previewPhase } from '../../plan-preview.ts';
import type { Snapshot } from '../../snapshot.ts';
import { bullets, code } from './markdown.ts';

/** Markdown about a phase. */
export function phaseHover(phase: PhaseOutline, snapshot: Snapshot, facts: WorkspaceFacts): string {
  const planned = previewPhase(snapshot, phase.index, facts);
  if (planned === undefined) return `**phase ${code(phase.name)}**`;
  const count = planned.workers.length;
  const order = planned.maxParallel < count ? `, at most ${planned.maxParallel} at once` : '';
  const title = `**phase ${code(phase.name)}** · ${count} ${count === 1 ? 'worker' : nounOf(phase)}${order}`;
  return [title, bullets(planned.workers.map(workerLine)), ...stepsText(planned), readsText(planned)].join(
    '\n\n',
  );
}

/** Markdown about one worker, participant or agent. */
export function memberHover(
  member: MemberOutline,
  phase: PhaseOutline,
  snapshot: Snapshot,
  facts: WorkspaceFacts,
): string {
  const workers =
    previewPhase(snapshot, phase.index, facts)?.workers.filter(({ id }) => id === member.id) ?? [];
  const title = `**${code(member.id)}** of phase ${code(phase.name)}`;
  return [title, bullets(workers.map(workerLine))].join('\n\n');
}

/** Markdown about the worktrees that a slug becomes: every path and branch. */
export function worktreeHover(
  phases: readonly PhaseOutline[],
  usesSlug: (phase: PhaseOutline, worker: PlannedWorker) => boolean,
  snapshot: Snapshot,
  facts: WorkspaceFacts,
): string {
  const workers = phases.flatMap(phase =>
    (previewPhase(snapshot, phase.index, facts)?.workers ?? []).filter(worker => usesSlug(phase, worker)),
  );
  if (workers.length === 0) return 'No worker uses this worktree.';
  const count = new Set(workers.flatMap(({ place }) => (place.kind === 'worktree' ? [place.dir] : []))).size;
  const title = count === 1 ? 'Worktree' : count === 0 ? 'In place' : `${count} worktrees`;
  return [`**${title}**`, bullets(workers.map(worktreeLine), maxWorktrees)].join('\n\n');
}

const maxWorktrees = 50;

function stepsText({ steps }: PlannedPhase): readonly string[] {
  if (steps.length === 0) return [];
  const commands = steps.map(step => code([step.binary, ...step.args].join(' ')));
  return [`First: ${commands.join(', ')}`];
}

function nounOf(phase: PhaseOutline): string {
  return { workers: 'workers', dialogue: 'participants', meeting: 'participants', mesh: 'agents' }[
    phase.kind
  ];
}

function workerLine(worker: PlannedWorker): string {
  const models = worker.routes.map(route => route.label).join(' → ');
  return [code(worker.id), ...(models ? [models] : []), `${worker.permission}, ${placeText(worker)}`].join(
    ' · ',
  );
}

function placeText({ place }: PlannedWorker): string {
  return place.kind === 'worktree' ? `worktree ${code(place.slug)}` : 'in the workspace folder itself';
}

function worktreeLine(worker: PlannedWorker): string {
  if (worker.place.kind !== 'worktree') return `${code(worker.key)}: ${placeText(worker)}, without commits`;
  const branch = workerBranch('{run}', worker.phase, worker.id).replace(/^niia\/[^/]+\//, 'niia/{run}/');
  return `${code(worker.key)}: ${code(worker.place.dir)}, branch ${code(branch)}`;
}

/** What a phase builds on: the merged work of the phases before it, and the answers its prompts take. */
function readsText(planned: PlannedPhase): string {
  const texts = planned.workers.flatMap(({ prompt, role }) =>
    [prompt, role].filter(text => text !== undefined),
  );
  const references = new Set(
    [...new Set(texts)].flatMap(text =>
      placeholdersOf(parseTemplate(text)).flatMap(part => (part.kind === 'answers' ? [part.reference] : [])),
    ),
  );
  if (planned.needs.length === 0) return 'Starts at once, from your HEAD.';
  const answers =
    references.size > 0 ? ` Its prompts take the answers of ${[...references].map(code).join(', ')}.` : '';
  const after = planned.needs.slice(-maxNeeds).map(code).join(', ');
  const more = planned.needs.length > maxNeeds ? ` and ${planned.needs.length - maxNeeds} more` : '';
  return `After ${after}${more}, from their merged work.${answers}`;
}

const maxNeeds = 8;
