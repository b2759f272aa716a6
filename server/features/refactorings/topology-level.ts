import type { TextEdit } from '../../../runtime/analysis/diagnostic.ts';
import { member, membersOf, type ObjectNode } from '../../../runtime/analysis/json-node.ts';
import type { PhaseOutline } from '../../../runtime/analysis/outline.ts';
import type { FindRefactorings, Refactoring, RefactoringInput } from './refactoring.ts';
import { containerText, entryText, hasComments, indentAt, innerIndent, styleOf } from './rewrite.ts';

/** What makes a dialogue, meeting or mesh, at the top level and on a phase alike (spec §2, §6). */
const conversationKeys: readonly string[] = [
  'type',
  'participants',
  'rounds',
  'until',
  'agenda',
  'moderator',
  'broadcast',
  'turns',
  'decide',
  'agents',
  'communication',
];

/** A dialogue, meeting or mesh of the whole file ⇄ the one phase of a pipeline: one normal form (spec §2). */
export const topologyLevel: FindRefactorings = input => {
  const { phases } = input.analysis.outline;
  const [phase, second] = phases;
  if (phase === undefined || second !== undefined || phase.kind === 'workers') return [];
  if (hasComments(input.analysis.document, input.root) || !isAtType(input, phase)) return [];
  return phase.isTopLevel ? toPhase(input, phase) : toTopLevel(input, phase);
};

/** On `type`, or on the braces of what is to be moved. */
function isAtType({ node, root }: RefactoringInput, phase: PhaseOutline): boolean {
  return node === member(phase.node, 'type') || (node === phase.node && node !== root);
}

function toPhase(input: RefactoringInput, { node, kind }: PhaseOutline): readonly Refactoring[] {
  // A pipeline beside a topology has no effect; it would get one.
  if (member(node, 'pipeline')) return [];
  const { document } = input.analysis;
  const style = styleOf(document);
  const indent = indentAt(document, node.range.start);
  const [one, two, three] = [1, 2, 3].map(depth => indent + style.unit.repeat(depth));
  const moved = membersOf(node).flatMap(([key, value]) =>
    conversationKeys.includes(key) ? [entryText(document, value, `${three}${style.unit}`)] : [],
  );
  const phase = containerText('{}', moved, style, three ?? '');
  const phases = `"phases": [${style.eol}${three}${phase}${style.eol}${two}]`;
  const pipeline = `"pipeline": {${style.eol}${two}${phases}${style.eol}${one}}`;
  const edit = rewriteRoot(input, key => (conversationKeys.includes(key) ? [] : undefined), 'type', pipeline);
  return [{ title: `Move the ${kind} into a phase`, kind: 'refactor.rewrite', edits: [edit] }];
}

/**
 * Only if nothing but the conversation stands on the phase: a description, a session or limits of its own have no place at
 * the top level, or another meaning. The name goes; the phase is called `phase-1` then.
 */
function toTopLevel(input: RefactoringInput, { node, kind }: PhaseOutline): readonly Refactoring[] {
  const { document } = input.analysis;
  const pipeline = member(input.root, 'pipeline');
  const isAlone = pipeline?.kind === 'object' && [...pipeline.members.keys()].every(key => key === 'phases');
  const entries = membersOf(node).filter(([key]) => key !== 'name');
  const isPlain = entries.every(([key]) => conversationKeys.includes(key));
  const isFree = conversationKeys.every(key => member(input.root, key) === undefined);
  if (!isAlone || !isPlain || !isFree) return [];
  const indent = innerIndent(document, input.root);
  const moved = entries
    .map(([, value]) => entryText(document, value, indent))
    .join(separatorOf(input.root, input));
  const edit = rewriteRoot(input, key => (key === 'pipeline' ? [] : undefined), 'pipeline', moved);
  return [{ title: `Move the ${kind} to the top level`, kind: 'refactor.rewrite', edits: [edit] }];
}

/** The root with some keys left out and a text in the place of one of them. */
function rewriteRoot(
  { analysis: { document }, root }: RefactoringInput,
  replace: (key: string) => readonly string[] | undefined,
  at: string,
  text: string,
): TextEdit {
  const indent = innerIndent(document, root);
  const entries = membersOf(root).flatMap(([key, node]) => {
    if (key === at) return [text];
    return replace(key) ?? [entryText(document, node, indent)];
  });
  return {
    range: root.range,
    newText: containerText('{}', entries, styleOf(document), indentAt(document, root.range.start)),
  };
}

function separatorOf(root: ObjectNode, { analysis: { document } }: RefactoringInput): string {
  return `,${styleOf(document).eol}${innerIndent(document, root)}`;
}
