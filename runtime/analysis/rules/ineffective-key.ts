import { atKey } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import { member } from '../json-node.ts';
import type { PhaseOutline } from '../outline.ts';
import type { Rule } from '../rule.ts';

/** Keys that only some kinds of phase read. */
const readers: Readonly<Record<string, readonly PhaseOutline['kind'][]>> = {
  workers: ['workers'],
  steps: ['workers'],
  connector: ['workers'],
  parallel: ['workers'],
  max_parallel: ['workers'],
  participants: ['dialogue', 'meeting'],
  rounds: ['dialogue', 'meeting'],
  until: ['dialogue'],
  agenda: ['meeting'],
  moderator: ['meeting'],
  broadcast: ['meeting'],
  turns: ['meeting'],
  decide: ['meeting'],
  agents: ['mesh'],
  communication: ['mesh', 'workers'],
};

/** Keys of the top level that mean something else there than on a phase. */
const topLevelOnly = ['connector'];

/** A key that the spec knows, but not for this type. */
export const ineffectiveKey: Rule = {
  code: 'ineffective-key',
  severity: 'warning',
  doc: 'The key belongs to another `type` (for example `rounds` on a phase of workers, `pipeline` beside `"type": "mesh"`) and has no effect here.',
  fix: 'Removes the key.',
  *check({ outline }) {
    const { root, phases } = outline;
    const topology = phases.find(phase => phase.isTopLevel);
    // Without `type`, `topology-without-type` has the better advice.
    if (!topology && root && (member(root, 'type') || member(root, 'pipeline'))) {
      yield* keysWithout(root, 'pipeline', key => Object.hasOwn(readers, key) && !topLevelOnly.includes(key));
    }
    if (topology) yield* keysWithout(topology.node, topology.kind, key => key === 'pipeline');
    for (const phase of phases) {
      yield* keysWithout(phase.node, phase.kind, key => {
        if (phase.isTopLevel && topLevelOnly.includes(key)) return false;
        return Object.hasOwn(readers, key) && !readers[key]?.includes(phase.kind);
      });
    }
  },
};

function* keysWithout(object: PhaseOutline['node'], type: string, isIdle: (key: string) => boolean) {
  for (const node of object.entries) {
    const key = String(node.key);
    if (!isIdle(key) || object.member(key) !== node) continue;
    yield {
      ...atKey(node),
      message: `"${key}" has no effect here, as the type is "${type}".`,
      fixes: [{ title: `Remove "${key}"`, edits: [removeEntry(node)] }],
      tags: ['unnecessary'] as const,
    };
  }
}
