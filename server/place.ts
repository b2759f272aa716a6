/** Which part of a connector file a JSON path is in. */
import type { JsonNode } from '../runtime/analysis/json-node.ts';
import {
  type MemberOutline,
  memberKeys,
  type Outline,
  type PhaseOutline,
} from '../runtime/analysis/outline.ts';
import type { JsonPath } from '../runtime/spec/workflow.ts';

/** The phase and worker around a place, as far as there are any, and the path inside of the innermost. */
export interface Place {
  readonly phase?: PhaseOutline;
  readonly member?: MemberOutline;
  /** Path from the innermost of root, phase, worker. */
  readonly rest: JsonPath;
}

/** Finds phase and worker around a path. */
export function placeOf(outline: Outline, path: JsonPath): Place {
  const topLevel = outline.phases.find(phase => phase.isTopLevel);
  if (topLevel) return memberPlace(topLevel, path);
  if (path[0] !== 'pipeline' || path[1] !== 'phases' || typeof path[2] !== 'number') return { rest: path };
  const phase = outline.phases.find(candidate => candidate.index === path[2]);
  const rest = path.slice(3);
  return phase ? memberPlace(phase, rest) : { rest };
}

function memberPlace(phase: PhaseOutline, path: JsonPath): Place {
  const [key, index] = path;
  if (key !== memberKeys[phase.kind] || typeof index !== 'number') return { phase, rest: path };
  const member = phase.members.find(candidate => candidate.node?.key === index);
  return { phase, rest: path.slice(2), ...(member ? { member } : {}) };
}

/** The innermost value whose range holds the offset; its key counts as part of it. */
export function nodeAtOffset(root: JsonNode | undefined, offset: number): JsonNode | undefined {
  let found: JsonNode | undefined;
  for (let at = root; at !== undefined; at = childAt(at, offset)) found = at;
  return found;
}

function childAt(node: JsonNode, offset: number): JsonNode | undefined {
  if (node.kind !== 'object' && node.kind !== 'array') return undefined;
  const { entries } = node;
  let low = 0;
  let high = entries.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry === undefined) return undefined;
    if (offset < (entry.keyRange ?? entry.range).start) high = middle - 1;
    else if (offset > entry.range.end) low = middle + 1;
    else return entry;
  }
  return undefined;
}
