/** Whether two connector texts mean the same workflow: what refactorings promise. */
import { analyze } from '../../../runtime/analysis/analyze.ts';
import type { Severity } from '../../../runtime/analysis/diagnostic.ts';
import { chainEntryKey, resolveChain } from '../../../runtime/plan/resolve-chain.ts';
import type { Workflow } from '../../../runtime/spec/workflow.ts';

/** What a workflow does, as plain data: places in the file, aliases and unused parts are left out. */
export function meaningOf(text: string): unknown {
  const { workflow } = analyze(text, { fileName: 'main.connector.json' });
  if (workflow === undefined) throw new Error(`not a valid connector file: ${text}`);
  const { models: _aliases, phases, ...rest } = workflow;
  const withChains = phases.map(phase => ({
    ...phase,
    workers: phase.workers.map(({ model, isNamed: _isNamed, ...worker }) => ({
      ...worker,
      chain: model && chainOf(model.text, workflow),
    })),
  }));
  return withoutPaths({ ...rest, phases: withChains });
}

/** How many diagnostics a text has of each rule, as `severity code`. */
export function diagnosticsOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { code, severity } of analyze(text, { fileName: 'main.connector.json' }).diagnostics) {
    const key = `${severity satisfies Severity} ${code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function chainOf(model: string, workflow: Workflow): readonly string[] {
  return resolveChain(model, workflow.models, {}).entries.map(
    entry => `${chainEntryKey(entry)} ${entry.onRateLimit}`,
  );
}

function withoutPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPaths);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'path');
  // `env` merges by variable: the order of variables says nothing.
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutPaths(item)]));
}
