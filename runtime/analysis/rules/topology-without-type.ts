import { atKey } from '../diagnostic.ts';
import { insertFirst } from '../edits.ts';
import { member } from '../json-node.ts';
import type { Rule } from '../rule.ts';

/** Members of a conversation, but no type that says which. */
export const topologyWithoutType: Rule = {
  code: 'topology-without-type',
  severity: 'warning',
  doc: 'The file lists `participants` or `agents`, but has neither `type` nor `pipeline`: it is read as one interactive session.',
  fix: 'Adds the type.',
  *check({ document, outline: { root } }) {
    if (!root || member(root, 'type') || member(root, 'pipeline')) return;
    const node = member(root, 'participants') ?? member(root, 'agents');
    if (!node) return;
    const types = node.key === 'agents' ? ['mesh'] : ['dialogue', 'meeting'];
    yield {
      ...atKey(node),
      message: `"${node.key}" has no effect without ${types.map(type => `"type": "${type}"`).join(' or ')}.`,
      fixes: types.map(type => ({
        title: `Add "type": "${type}"`,
        edits: [insertFirst(document, root, 'type', type)],
      })),
    };
  },
};
