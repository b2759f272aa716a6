import { atValue } from '../diagnostic.ts';
import { replaceValue } from '../edits.ts';
import { effectiveModel, sessionLayers, sessionValue } from '../inheritance.ts';
import type { JsonNode } from '../json-node.ts';
import { booleanOf, textOf } from '../json-node.ts';
import { canReachShell } from '../model-names.ts';
import { needsModel } from '../outline.ts';
import type { Rule } from '../rule.ts';

/** A shell worker that may not edit: nothing could hold it back. */
export const shellPermission: Rule = {
  code: 'shell-permission',
  severity: 'error',
  doc: 'The `shell` adapter runs a script, which asks nobody: it needs `permission: "edit"` or `"full"`, or a `sandbox` that enforces less. Without a worktree of its own (`worktree: false`) the default is `"ask"`.',
  fix: 'Writes `"edit"`.',
  *check({ outline, names }) {
    const reported = new Set<JsonNode>();
    for (const phase of outline.phases) {
      for (const worker of phase.members) {
        const model = needsModel(phase, worker) ? effectiveModel(phase, worker, names) : undefined;
        if (!model || !canReachShell(model.text, names)) continue;
        const node = tooLittle(sessionLayers(outline, phase, worker));
        if (!node || reported.has(node)) continue;
        reported.add(node);
        const isPermission = node.key === 'permission';
        yield {
          ...atValue(node),
          message: isPermission
            ? 'A "shell" worker runs a script, which cannot ask: it needs "edit" or "full", or a sandbox.'
            : 'Without a worktree of its own a "shell" worker needs "permission": "edit", or a sandbox.',
          fixes: isPermission ? [{ title: 'Write "edit"', edits: [replaceValue(node, 'edit')] }] : [],
        };
      }
    }
  },
};

/** The node that leaves the worker with less than `edit`, if nothing enforces it. */
function tooLittle(layers: readonly JsonNode[]): JsonNode | undefined {
  const sandbox = sessionValue(layers, 'sandbox');
  if (sandbox?.kind === 'object' || booleanOf(sandbox)) return undefined;
  const permission = sessionValue(layers, 'permission');
  if (permission) return ['read-only', 'ask'].includes(textOf(permission) ?? '') ? permission : undefined;
  const worktree = sessionValue(layers, 'worktree');
  return booleanOf(worktree) === false ? worktree : undefined;
}
