import type { TextEdit } from '../../../runtime/analysis/diagnostic.ts';
import { type ArrayNode, booleanOf, member, membersOf, textOf } from '../../../runtime/analysis/json-node.ts';
import { findOccurrences, type Occurrence } from '../../../runtime/analysis/occurrences.ts';
import type { MemberOutline, PhaseOutline } from '../../../runtime/analysis/outline.ts';
import { readPhaseGraph } from '../../../runtime/analysis/phase-graph.ts';
import { quote } from '../../../runtime/analysis/wording.ts';
import type { FindRefactorings, RefactoringInput } from './refactoring.ts';
import {
  containerText,
  entryText,
  gapBefore,
  hasComments,
  indentAt,
  innerIndent,
  styleOf,
  valueText,
} from './rewrite.ts';

/** Keys that say something about all workers of the phase together: two phases would not do the same. */
const joint: readonly string[] = ['max_parallel', 'gate', 'communication'];

/**
 * A phase becomes two at the worker under the cursor. The second does not wait for the first: what ran side by side still
 * does, and what waited for the phase waits for both (spec §5 `needs`).
 */
export const splitPhase: FindRefactorings = input => {
  const { phase, member: worker } = input.place;
  if (!phase || !worker?.node || phase.isTopLevel || phase.kind !== 'workers') return [];
  const list = member(phase.node, 'workers');
  const at = phase.members.indexOf(worker);
  if (list?.kind !== 'array' || at <= 0 || !canSplit(input, phase, at)) return [];
  const name = freeName(phase.name, input);
  const moved = phase.members.slice(at);
  const uses = useEdits(input, phase, moved, name);
  if (uses === undefined) return [];
  return [
    {
      title: `Split the phase: ${quote(worker.id)} and what follows become ${quote(name)}`,
      kind: 'refactor.rewrite',
      edits: [...phaseEdits(input, phase, { list, at, name }), ...uses],
    },
  ];
};

function canSplit(
  { analysis: { document, outline } }: RefactoringInput,
  phase: PhaseOutline,
  at: number,
): boolean {
  const value = (key: string) => member(phase.node, key);
  const isJoint = joint.some(value) || textOf(value('merge')) === 'pick';
  const isSerial = booleanOf(value('parallel')) === false;
  const place = outline.phases.indexOf(phase);
  // Workers and later phases without a name have a number for one, which would be another.
  const isNumbered =
    phase.members.slice(at).some(({ nameNode }) => !textOf(nameNode)) ||
    outline.phases.slice(place + 1).some(later => !textOf(member(later.node, 'name')));
  return !isJoint && !isSerial && !isNumbered && !hasComments(document, phase.node);
}

function freeName(name: string, { analysis: { outline } }: RefactoringInput): string {
  const taken = new Set(outline.phases.map(phase => phase.name));
  for (let n = 2; ; n += 1) if (!taken.has(`${name}-${n}`)) return `${name}-${n}`;
}

interface Cut {
  readonly list: ArrayNode;
  readonly at: number;
  readonly name: string;
}

/** The first phase loses workers; the second has their list, its own name and `needs`, and the rest in common. */
function phaseEdits(
  { analysis: { document, outline } }: RefactoringInput,
  phase: PhaseOutline,
  { list, at, name }: Cut,
): readonly TextEdit[] {
  const [last, next] = [list.entries[at - 1], list.entries[at]];
  if (!last || !next) return [];
  const style = styleOf(document);
  const indent = indentAt(document, phase.node.range.start);
  const inner = innerIndent(document, phase.node);
  const workers = list.entries.slice(at).map(node => valueText(document, node, inner + style.unit));
  const needs = readPhaseGraph(outline)
    .needsOf(phase)
    .map(text => JSON.stringify(text));
  const replaced = new Map([
    ['name', JSON.stringify(name)],
    ['needs', `[${needs.join(', ')}]`],
    ['workers', containerText('[]', workers, style, inner)],
  ]);
  const kept = membersOf(phase.node).map(([key, node]) =>
    replaced.has(key) ? `${JSON.stringify(key)}: ${replaced.get(key)}` : entryText(document, node, inner),
  );
  const added = (key: string) =>
    member(phase.node, key) ? [] : [`${JSON.stringify(key)}: ${replaced.get(key)}`];
  const second = containerText('{}', [...added('name'), ...kept, ...added('needs')], style, indent);
  const end = phase.node.range.end;
  return [
    { range: { start: last.range.end, end: list.entries.at(-1)?.range.end ?? last.range.end }, newText: '' },
    { range: { start: end, end }, newText: `,${gapBefore(document, phase.node)}${second}` },
  ];
}

/** References to the phase and its moved workers; undefined if one cannot be put into other words. */
function useEdits(
  { analysis }: RefactoringInput,
  phase: PhaseOutline,
  moved: readonly MemberOutline[],
  name: string,
): readonly TextEdit[] | undefined {
  const { all } = findOccurrences(analysis);
  const ids = new Set(moved.map(({ id }) => id));
  const edits: TextEdit[] = [];
  for (const [index, use] of all.entries()) {
    if (use.entity.kind !== 'phase' || use.entity.name !== phase.name || use.role !== 'use') continue;
    if (use.form === 'value') {
      const { end } = use.node.range;
      edits.push({ range: { start: end, end }, newText: `, ${JSON.stringify(name)}` });
      continue;
    }
    const worker = workerAfter(all[index + 1], use, phase);
    // All answers at once are those of both phases, which only a prompt could say in its own words.
    if (worker === undefined) return undefined;
    if (ids.has(worker)) edits.push({ range: use.range, newText: JSON.stringify(name).slice(1, -1) });
  }
  return edits;
}

/** The worker of an `{answers.phase.worker}`. */
function workerAfter(next: Occurrence | undefined, use: Occurrence, phase: PhaseOutline): string | undefined {
  const isPart =
    next?.entity.kind === 'member' && next.entity.phase === phase.index && next.node === use.node;
  return isPart && next.range.start === use.range.end + 1 ? next.entity.name : undefined;
}
