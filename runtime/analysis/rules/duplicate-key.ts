import { atKey } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import type { JsonNode, ObjectNode } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** The same key twice in one object. */
export const duplicateKey: Rule = {
  code: 'duplicate-key',
  severity: 'error',
  doc: 'The same key stands twice in one object. JSON readers silently take one of the two, and not all the same one.',
  fix: 'Removes the earlier one.',
  *check({ outline: { root } }) {
    for (const object of withDuplicates(root, [])) {
      for (const node of object.entries) {
        const last = object.members.get(String(node.key));
        if (last === undefined || last === node) continue;
        const key = quote(String(node.key));
        yield {
          ...atKey(node),
          message: `${key} stands twice in this object. Remove one of the two.`,
          related: [{ message: `${key} again`, range: last.keyRange ?? last.range }],
          fixes: [{ title: `Remove this ${key}`, edits: [removeEntry(node)] }],
        };
      }
    }
  },
};

/** The objects in a value, itself included, that have a key twice; added to `found`. */
function withDuplicates(node: JsonNode | undefined, found: ObjectNode[]): readonly ObjectNode[] {
  if (node?.kind !== 'object' && node?.kind !== 'array') return found;
  if (node.kind === 'object' && node.entries.some(entry => node.member(String(entry.key)) !== entry)) {
    found.push(node);
  }
  for (const entry of node.entries) withDuplicates(entry, found);
  return found;
}
