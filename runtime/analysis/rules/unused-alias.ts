import { atKey } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import { effectiveModel } from '../inheritance.ts';
import { meaningInRoute, modelTextsOf } from '../model-names.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** An alias that nothing uses. */
export const unusedAlias: Rule = {
  code: 'unused-alias',
  severity: 'hint',
  doc: 'No phase, worker or other alias uses this alias. `primary` and `fallback` are always used.',
  fix: 'Removes the alias.',
  *check({ outline, names }) {
    const used = new Set(['primary', 'fallback']);
    for (const phase of outline.phases) {
      for (const worker of phase.members) used.add(effectiveModel(phase, worker, names)?.text ?? '');
    }
    if (outline.isInteractive) used.add(effectiveModel(undefined, undefined, names)?.text ?? '');
    for (const [alias, route] of names.aliases) {
      for (const { value } of modelTextsOf(route)) {
        if (meaningInRoute(value, alias, names).kind === 'alias') used.add(value);
      }
    }
    for (const [alias, node] of names.aliases) {
      if (used.has(alias)) continue;
      yield {
        ...atKey(node),
        message: `Nothing uses the alias ${quote(alias)}.`,
        fixes: [{ title: `Remove ${quote(alias)}`, edits: [removeEntry(node)] }],
        tags: ['unnecessary'],
      };
    }
  },
};
