/** Inlay hints of the worktrees that a phase will use (spec §3 `worktree`). */
import type { InlayHint } from 'vscode-languageserver';
import { member, type Range } from '../../runtime/analysis/json-node.ts';
import type { PhaseOutline } from '../../runtime/analysis/outline.ts';
import { planPlaces } from '../../runtime/plan/plan-places.ts';
import type { Phase } from '../../runtime/spec/workflow.ts';
import type { FeatureContext } from '../feature.ts';
import { counted, joinFew } from '../outline-text.ts';
import { previewWorkflow } from '../plan-preview.ts';
import type { Snapshot } from '../snapshot.ts';
import { hintAfter } from './hint.ts';

/** Slugs in the label, and in the tooltip. */
const maxShown = 2;
const maxListed = 50;

/** Editors ask for the part that they show; of a huge file asked for as a whole the first phases get hints. */
const maxPhases = 500;

/** One hint per phase, after its name; after its opening brace if it has none. */
export function worktreeHints(snapshot: Snapshot, wanted: Range, context: FeatureContext): InlayHint[] {
  const { phases } = snapshot.analysis.outline;
  const normalized = snapshot.once(previewWorkflow)?.phases ?? [];
  const shown = phases
    .map((phase, place) => ({ end: placeOf(phase), normal: normalized[place] }))
    .filter(({ end }) => wanted.start <= end && end <= wanted.end)
    .slice(0, maxPhases);
  return shown.flatMap(({ end, normal }) => {
    if (normal === undefined) return [];
    const slugs = slugsOf(snapshot, normal, context);
    if (slugs.length === 0) return [hintAfter(snapshot, end, 'in place')];
    // Of many workers the first are looked at: equal slugs are made different, so that each has one of its own.
    const count = Math.max(slugs.length, normal.workers.length - maxListed + slugs.length);
    const tooltip = slugs.join('\n');
    const rest = count - slugs.length;
    const label = `${counted(count, 'worktree')}: ${joinFew(slugs, maxShown, count)}`;
    return [hintAfter(snapshot, end, label, rest > 0 ? `${tooltip}\nand ${rest} more` : tooltip)];
  });
}

function placeOf({ node, isTopLevel }: PhaseOutline): number {
  return member(node, isTopLevel ? 'type' : 'name')?.range.end ?? node.range.start + 1;
}

/** The slugs of a phase's first workers, without repetitions. */
function slugsOf(snapshot: Snapshot, phase: Phase, { facts }: FeatureContext): readonly string[] {
  const workflow = snapshot.once(previewWorkflow);
  const requests = phase.workers.slice(0, maxListed).map(worker => ({
    worker,
    values: {
      ...(workflow?.task ? { task: workflow.task } : {}),
      name: workflow?.name ?? '',
      phase: phase.name,
      worker: worker.id,
    },
  }));
  const places = planPlaces(requests, {
    platform: facts.platform,
    repository:
      facts.repository(snapshot.uri)?.kind === 'none'
        ? { kind: 'none' }
        : { kind: 'found', root: '', commonDir: '', head: '', isDirty: false },
    worktreeBase: '',
    workspace: '',
  });
  return [...new Set(places.flatMap(place => (place.kind === 'worktree' ? [place.slug] : [])))];
}
