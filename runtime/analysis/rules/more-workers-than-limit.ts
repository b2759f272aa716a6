import { atKey, atValue } from '../diagnostic.ts';
import { member, numberOf } from '../json-node.ts';
import { countWorkers } from '../outline.ts';
import type { Rule } from '../rule.ts';

/** Default of `limits.max_total_agents` (spec §8). */
const defaultLimit = 1000;

/** The file has more workers than its own limit lets start. */
export const moreWorkersThanLimit: Rule = {
  code: 'more-workers-than-limit',
  severity: 'warning',
  doc: 'The phases have more workers than `limits.max_total_agents` (default 1000) allows: the run would end `limited`.',
  *check({ outline }) {
    const limit = member(member(outline.root, 'limits'), 'max_total_agents');
    const most = numberOf(limit) ?? defaultLimit;
    const workers = countWorkers(outline);
    if (workers <= most) return;
    const pipeline = member(outline.root, 'pipeline') ?? outline.root;
    if (!pipeline) return;
    yield {
      ...(limit ? atValue(limit) : atKey(pipeline)),
      message: `The file has ${workers} workers, but "max_total_agents" is ${most}: the run would end early.`,
    };
  },
};
