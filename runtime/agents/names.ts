/**
 * The names under which models can be written without any configuration (spec §4). Data only: analysis, planner and
 * editor read it; whether a program is installed is no matter of validity.
 */

/** Names of the adapters that come with the product: each is a model string, alone or before a `/`. */
export const builtInAdapters: readonly string[] = [
  'claude',
  'codex',
  'gemini',
  'opencode',
  'copilot',
  'qwen',
  'pi',
  'cline',
  'aider',
  'ollama',
  'shell',
];

/** Model names that stand for an adapter with that model: `opus` is claude with the model opus. */
export const modelShorthands: ReadonlyMap<string, { readonly adapter: string; readonly model: string }> =
  new Map(['opus', 'sonnet', 'haiku'].map(model => [model, { adapter: 'claude', model }]));

/** The adapter that runs its prompt as a script instead of asking an AI. */
export const shellAdapter = 'shell';
