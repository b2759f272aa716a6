import { atValue } from '../diagnostic.ts';
import { replaceValue } from '../edits.ts';
import { sessionLayers, sessionValue } from '../inheritance.ts';
import type { StringNode } from '../json-node.ts';
import { countWorkersOf, type PhaseOutline } from '../outline.ts';
import { parseTemplate } from '../placeholders.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** One worktree slug for several workers of a phase. */
export const equalSlugs: Rule = {
  code: 'equal-slugs',
  severity: 'info',
  doc: 'Several workers of a phase have the same worktree slug. Each gets a worktree of its own all the same: `-<worker>` is appended.',
  fix: 'Appends `-{worker}` to the slug.',
  *check({ outline }) {
    const reported = new Set<StringNode>();
    for (const phase of outline.phases) {
      if (countWorkersOf(phase) < 2) continue;
      const users = new Map<string, { node: StringNode; ids: Set<string> }>();
      for (const worker of phase.members) {
        const node = sessionValue(sessionLayers(outline, phase, worker), 'worktree');
        if (node?.kind !== 'string' || node.value === '' || namesWorker(node.value)) continue;
        const entry = users.get(node.value) ?? { node, ids: new Set<string>() };
        users.set(node.value, entry);
        entry.ids.add(worker.id);
        if (worker.count > 1) entry.ids.add('2');
      }
      for (const { node, ids } of users.values()) {
        if (ids.size < 2 || reported.has(node)) continue;
        reported.add(node);
        yield { ...atValue(node), ...explain(node, [...ids], phase) };
      }
    }
  },
};

function namesWorker(slug: string): boolean {
  return parseTemplate(slug).some(part => part.kind === 'name' && part.name === 'worker');
}

function explain(node: StringNode, ids: readonly string[], phase: PhaseOutline) {
  const [first, second] = ids.map(id => quote(`${node.value}-${id}`));
  const wanted = `${node.value}-{worker}`;
  return {
    message: `Workers of phase ${quote(phase.name)} share this slug: their worktrees are called ${first}, ${second}, …`,
    fixes: [{ title: `Write ${quote(wanted)}`, edits: [replaceValue(node, wanted)] }],
  };
}
