import { atKey } from '../diagnostic.ts';
import { booleanOf, elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';

/** Trusted domains, but nothing that would keep a worker from others. */
export const trustWithoutSandbox: Rule = {
  code: 'trust-without-sandbox',
  severity: 'warning',
  doc: '`trust.domains` opens a sandbox for some hosts. Without `sandbox` on any session every worker may reach every host.',
  *check({ outline }) {
    const domains = member(member(outline.root, 'trust'), 'domains');
    if (!domains || elements(domains).length === 0) return;
    const sandboxes = outline.sessions.map(session => member(session, 'sandbox'));
    if (sandboxes.some(sandbox => sandbox?.kind === 'object' || booleanOf(sandbox))) return;
    yield {
      ...atKey(domains),
      message: 'This has no effect: no session has "sandbox": true, so every worker may reach every host.',
    };
  },
};
