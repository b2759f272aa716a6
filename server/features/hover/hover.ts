/** Hover: what the thing under the cursor means for a run. */
import type { Hover, HoverParams } from 'vscode-languageserver';
import { sessionLayers, sessionValue } from '../../../runtime/analysis/inheritance.ts';
import { booleanOf, type JsonNode, pathOf, type Range, textOf } from '../../../runtime/analysis/json-node.ts';
import type { Occurrence } from '../../../runtime/analysis/occurrences.ts';
import { oneOf } from '../../../runtime/analysis/optional.ts';
import type { PhaseOutline } from '../../../runtime/analysis/outline.ts';
import type { Permission } from '../../../runtime/spec/workflow.ts';
import type { FeatureContext } from '../../feature.ts';
import { nameMeantAt } from '../../name-index.ts';
import { nodeAtOffset, type Place, placeOf } from '../../place.ts';
import type { Snapshot } from '../../snapshot.ts';
import { asDocumentation } from '../completion/candidate.ts';
import { adaptersAt, permissionDocumentation } from '../completion/permissions.ts';
import { type ModelUse, modelHover } from './model-hover.ts';
import { nameHover } from './name-hover.ts';
import { memberHover, phaseHover, worktreeHover } from './phase-hover.ts';

interface Found {
  readonly range: Range;
  readonly markdown: string;
}

/** What there is to say about the place under the cursor. */
export function hover(snapshot: Snapshot, params: HoverParams, context: FeatureContext): Hover | null {
  const found = aboutSession(snapshot, params, context) ?? aboutName(snapshot, params, context);
  if (found === undefined) return null;
  const { kind, value } = asDocumentation(found.markdown, context.client.markdown);
  return { contents: { kind, value }, range: snapshot.positions.rangeOf(found.range) };
}

function aboutName(
  snapshot: Snapshot,
  { position }: HoverParams,
  context: FeatureContext,
): Found | undefined {
  const occurrence = nameMeantAt(snapshot, position);
  if (occurrence === undefined || occurrence.form === 'implicit') return undefined;
  const markdown = markdownOf(occurrence, snapshot, context);
  return markdown === undefined ? undefined : { range: occurrence.range, markdown };
}

function markdownOf(occurrence: Occurrence, snapshot: Snapshot, context: FeatureContext): string | undefined {
  const { entity, node } = occurrence;
  const { facts } = context;
  const { phases } = snapshot.analysis.outline;
  switch (entity.kind) {
    case 'alias':
    case 'model':
      return modelHover(entity.name, entity.kind === 'alias', useAt(node, snapshot), snapshot, facts);
    case 'phase': {
      const phase = phases.find(({ name }) => name === entity.name);
      return phase && phaseHover(phase, snapshot, facts);
    }
    case 'member': {
      const phase = phases.find(({ index }) => index === entity.phase);
      const member = phase?.members.find(({ id, count }) => id === entity.name || count > 1);
      return phase && member && memberHover({ ...member, id: entity.name }, phase, snapshot, facts);
    }
    default:
      return nameHover(occurrence, snapshot, context);
  }
}

/** The permission and transport that a model would have at this place. */
function useAt(node: JsonNode, snapshot: Snapshot): ModelUse {
  const { outline } = snapshot.analysis;
  const { phase, member } = placeOf(outline, pathOf(node));
  const layers = sessionLayers(outline, phase, member);
  const isInPlace = booleanOf(sessionValue(layers, 'worktree')) === false;
  const given = permissionOf(sessionValue(layers, 'permission'));
  return {
    permission: given ?? (isInPlace ? 'ask' : 'edit'),
    transport: outline.isInteractive ? 'terminal' : 'headless',
  };
}

function permissionOf(node: JsonNode | undefined): Permission | undefined {
  return oneOf(['read-only', 'ask', 'edit', 'full'], textOf(node));
}

/** Session settings that mean something else for every worker: worktree, resume, permission. */
function aboutSession(
  snapshot: Snapshot,
  { position }: HoverParams,
  context: FeatureContext,
): Found | undefined {
  const { outline } = snapshot.analysis;
  const node = nodeAtOffset(outline.root, snapshot.positions.offsetAt(position));
  if (node?.parent?.key !== 'session') return undefined;
  const place = placeOf(outline, pathOf(node));
  if (node.key === 'permission') return aboutPermission(node, place, snapshot, context);
  if (node.key !== 'worktree' && node.key !== 'resume') return undefined;
  return { range: node.range, markdown: aboutWorktree(node, place, snapshot, context) };
}

function aboutPermission(
  node: JsonNode,
  place: Place,
  snapshot: Snapshot,
  context: FeatureContext,
): Found | undefined {
  const permission = permissionOf(node);
  if (permission === undefined) return undefined;
  const markdown = permissionDocumentation(permission, adaptersAt(snapshot, place, context));
  return { range: node.range, markdown };
}

/** All workers for whom this very setting decides. */
function aboutWorktree(node: JsonNode, place: Place, snapshot: Snapshot, { facts }: FeatureContext): string {
  const { outline } = snapshot.analysis;
  const decides = (phase: PhaseOutline, id: string): boolean => {
    const member = phase.members.find(candidate => candidate.id === id || candidate.count > 1);
    const layers = sessionLayers(outline, phase, member);
    return (sessionValue(layers, 'resume') ?? sessionValue(layers, 'worktree')) === node;
  };
  const phases = place.phase ? [place.phase] : outline.phases;
  return worktreeHover(phases, (phase, worker) => decides(phase, worker.id), snapshot, facts);
}
