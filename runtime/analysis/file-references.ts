/** The paths of other files in a connector file; all start at the connector file (design §2). */
import { ownNode } from './inheritance.ts';
import type { ObjectNode, StringNode } from './json-node.ts';
import { member } from './json-node.ts';
import type { Outline } from './outline.ts';

/** A path of another file. */
export interface FileReference {
  readonly kind: 'prompt' | 'connector' | 'flow' | 'output-schema';
  /** As written: slashes or backslashes, relative or absolute. */
  readonly path: string;
  readonly node: StringNode;
}

/** `prompt_file` and `connector` of phases and workers, `output` as a path, `agent.flow`; in file order. */
export function findFileReferences(outline: Outline): readonly FileReference[] {
  const references = [
    ...outline.owners.flatMap(owner => [
      ...reference('prompt', owner, 'prompt_file'),
      ...reference('connector', owner, 'connector'),
    ]),
    ...outline.phases.flatMap(phase => reference('output-schema', ownNode(phase), 'output')),
    ...reference('flow', objectOf(outline.root, 'agent'), 'flow'),
  ];
  return references.sort((a, b) => a.node.range.start - b.node.range.start);
}

function reference(
  kind: FileReference['kind'],
  owner: ObjectNode | undefined,
  key: string,
): readonly FileReference[] {
  const node = member(owner, key);
  return node?.kind === 'string' && node.value !== '' ? [{ kind, path: node.value, node }] : [];
}

function objectOf(owner: ObjectNode | undefined, key: string): ObjectNode | undefined {
  const node = member(owner, key);
  return node?.kind === 'object' ? node : undefined;
}
