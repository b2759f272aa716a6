/** Inlay hints: what aliases lead to, who takes over, where workers work, how many sessions there are. */
import { t } from '@vscode/l10n';
import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import { type JsonNode, member, type Range, type StringNode } from '../../runtime/analysis/json-node.ts';
import type { Occurrence } from '../../runtime/analysis/occurrences.ts';
import { countWorkers, memberKeys } from '../../runtime/analysis/outline.ts';
import { labelOf } from '../../runtime/plan/plan-routes.ts';
import type { FeatureContext } from '../feature.ts';
import { chainOf, chainText } from '../model-facts.ts';
import { nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { hintAfter } from './hint.ts';
import { worktreeHints } from './worktree-hints.ts';

/** Nobody looks at more; an editor that asks for the whole of a huge file gets the first ones. */
const maxHints = 2000;

/** The hints of a part of the document. */
export function inlayHints(
  snapshot: Snapshot,
  params: InlayHintParams,
  context: FeatureContext,
): InlayHint[] {
  if (!context.settings.inlayHints) return [];
  const wanted = snapshot.positions.offsetsOf(params.range);
  return [
    ...sessionsHint(snapshot, wanted),
    ...modelHints(snapshot, wanted, context),
    ...worktreeHints(snapshot, wanted, context),
  ].slice(0, maxHints);
}

/** `4 phases · 12 sessions`, where the list of phases (or participants, agents) opens. */
function sessionsHint(snapshot: Snapshot, wanted: Range): InlayHint[] {
  const { outline } = snapshot.analysis;
  const { root, phases } = outline;
  const [first] = phases;
  if (first === undefined) return [];
  const list = first.isTopLevel
    ? member(root, memberKeys[first.kind])
    : member(member(root, 'pipeline'), 'phases');
  if (list?.kind !== 'array' || !isIn(list.range.start, wanted)) return [];
  const count = countWorkers(outline);
  const sessions = count === 1 ? t('1 session') : t('{0} sessions', count);
  const inPhases = phases.length === 1 ? t('1 phase') : t('{0} phases', phases.length);
  const label = first.isTopLevel ? sessions : `${inPhases} · ${sessions}`;
  return [hintAfter(snapshot, list.range.start + 1, label)];
}

/** After every model text: what an alias leads to, and who takes over for a literal model. */
function modelHints(snapshot: Snapshot, wanted: Range, context: FeatureContext): InlayHint[] {
  const labels = new Map<string, string | undefined>();
  return nameIndexOf(snapshot).all.flatMap(occurrence => {
    const { entity, role, node } = occurrence;
    if (role !== 'use' || node.kind !== 'string' || !isIn(node.range.end, wanted)) return [];
    if (entity.kind !== 'alias' && entity.kind !== 'model') return [];
    const isPart = isPartOfRoute(node);
    const key = `${isPart}:${entity.kind}:${entity.name}`;
    if (!labels.has(key)) labels.set(key, modelLabel(snapshot, occurrence, isPart, context));
    const label = labels.get(key);
    return label === undefined ? [] : [hintAfter(snapshot, node.range.end, label)];
  });
}

/** What stands in a list or object of a route is one choice among others: who takes over is written beside it. */
function isPartOfRoute(node: StringNode): boolean {
  const path = ancestorsOf(node);
  return path.at(-1)?.key === 'models' && path.length > 2 && path.at(-1)?.parent?.parent === undefined;
}

function modelLabel(
  snapshot: Snapshot,
  { entity }: Occurrence,
  isPart: boolean,
  context: FeatureContext,
): string | undefined {
  const chain = chainOf(snapshot, entity.name, context.facts);
  const [first, ...rest] = chain.entries;
  // Who takes over for a name that means nothing is of no interest: the file does not run.
  if (first === undefined || chain.unknown.includes(entity.name)) return undefined;
  if (entity.kind === 'alias') return `= ${isPart ? labelOf(first) : chainText(chain)}`;
  return isPart || rest.length === 0 ? undefined : `→ ${chainText({ entries: rest, unknown: [] })}`;
}

/** From the node itself to the value under the root. */
function ancestorsOf(node: JsonNode): readonly JsonNode[] {
  const path: JsonNode[] = [];
  for (let at: JsonNode | undefined = node; at?.parent !== undefined; at = at.parent) path.push(at);
  return path;
}

function isIn(offset: number, { start, end }: Range): boolean {
  return start <= offset && offset <= end;
}
