import { replaceValue } from '../../../runtime/analysis/edits.ts';
import type { ArrayNode, JsonNode, NumberNode, ObjectNode } from '../../../runtime/analysis/json-node.ts';
import { jsonValueOf, member, membersOf, textOf } from '../../../runtime/analysis/json-node.ts';
import type { FindRefactorings, Refactoring, RefactoringInput } from './refactoring.ts';
import { entryText, gapBefore, hasComments, indentAt, styleOf } from './rewrite.ts';

/** Nobody wants to edit a longer list by hand. */
const maxListed = 100;

/** What a worker may have that stands just as well on its phase. */
const movable: readonly string[] = [
  'model',
  'prompt',
  'prompt_file',
  'machine',
  'session',
  'capabilities',
  'connector',
];

/** `"workers": 3` ⇄ a list of three (spec §5). */
export const workersList: FindRefactorings = input => {
  const { phase } = input.place;
  const workers = phase?.kind === 'workers' ? member(phase.node, 'workers') : undefined;
  if (phase === undefined || workers === undefined || !isAt(input.node, workers)) return [];
  if (workers.kind === 'number') return toList(input, workers);
  return workers.kind === 'array' ? toNumber(input, phase.node, workers) : [];
};

/** On the key, the value itself or a worker's braces, not deep inside of a worker. */
function isAt(node: JsonNode, workers: JsonNode): boolean {
  return node === workers || node.parent === workers;
}

function toList({ analysis: { document } }: RefactoringInput, node: NumberNode): readonly Refactoring[] {
  if (node.value > maxListed) return [];
  const { eol, unit } = styleOf(document);
  const indent = indentAt(document, (node.keyRange ?? node.range).start);
  // Their ids are their numbers, as before: branches, worktrees and answers keep their names.
  const lines = Array.from(
    { length: node.value },
    (_, index) => `${indent}${unit}{ "name": "${index + 1}" }`,
  );
  const newText = `[${eol}${lines.join(`,${eol}`)}${eol}${indent}]`;
  return [
    {
      title: 'Write the workers as a list',
      kind: 'refactor.rewrite',
      edits: [{ range: node.range, newText }],
    },
  ];
}

function toNumber(
  { analysis: { document } }: RefactoringInput,
  phase: ObjectNode,
  list: ArrayNode,
): readonly Refactoring[] {
  const workers = list.entries.flatMap(node => (node.kind === 'object' ? [node] : []));
  const [first] = workers;
  if (first === undefined || hasComments(document, list)) return [];
  if (!workers.every((worker, index) => isLike(worker, first) && isCalled(worker, String(index + 1))))
    return [];
  const own = membersOf(first).filter(([key]) => key !== 'name');
  if (!own.every(([key]) => movable.includes(key) && !isTaken(phase, key))) return [];
  const gap = gapBefore(document, list);
  const indent = indentAt(document, (list.keyRange ?? list.range).start);
  const moved = own.map(([, node]) => `,${gap}${entryText(document, node, indent)}`).join('');
  const count = replaceValue(list, workers.length);
  return [
    {
      title: 'Write the workers as a number',
      kind: 'refactor.rewrite',
      edits: [{ ...count, newText: count.newText + moved }],
    },
  ];
}

function isLike(worker: ObjectNode, first: ObjectNode): boolean {
  return keyOf(worker) === keyOf(first);
}

/** Everything but the name, in one order. */
function keyOf(worker: ObjectNode): string {
  const entries = membersOf(worker).filter(([key]) => key !== 'name');
  return JSON.stringify(entries.map(([key, node]) => [key, jsonValueOf(node)]).sort());
}

function isCalled(worker: ObjectNode, number: string): boolean {
  return (textOf(member(worker, 'name')) || number) === number;
}

/** A phase's own prompt, of either form, would be another one. */
function isTaken(phase: ObjectNode, key: string): boolean {
  const keys = key.startsWith('prompt') ? ['prompt', 'prompt_file'] : [key];
  return keys.some(name => member(phase, name) !== undefined);
}
