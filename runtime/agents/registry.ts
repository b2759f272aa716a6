import type { AgentAdapter } from './adapter.ts';
import { aider } from './aider.ts';
import { claude } from './claude.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';
import { copilot } from './copilot.ts';
import { createDeclaredAdapter, type DeclaredAgent } from './declared.ts';
import { gemini } from './gemini.ts';
import { builtInAdapters, modelShorthands } from './names.ts';
import { ollama } from './ollama.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen.ts';
import { shell } from './shell.ts';

const all = [shell, claude, codex, gemini, opencode, copilot, qwen, pi, cline, aider, ollama, command];

const adapters: ReadonlyMap<string, AgentAdapter> = new Map(all.map(adapter => [adapter.name, adapter]));

/**
 * The adapter of that name; undefined for a name that is unknown, or known but not runnable in this version
 * (`isKnownAdapter` tells them apart).
 */
export function adapterFor(name: string): AgentAdapter | undefined {
  return adapters.get(name);
}

/** The adapter of a route: that of the user's configuration where the route carries one. */
export function adapterOf(route: {
  readonly adapter: string;
  readonly declared?: DeclaredAgent | undefined;
}): AgentAdapter | undefined {
  return route.declared === undefined
    ? adapterFor(route.adapter)
    : createDeclaredAdapter(route.adapter, route.declared);
}

/** Whether a file may name this adapter, runnable in this version or not. */
export function isKnownAdapter(name: string): boolean {
  return adapters.has(name) || builtInAdapters.includes(name);
}

/** All adapters that can run, for `niia agents`. */
export function runnableAdapters(): readonly AgentAdapter[] {
  return [...adapters.values()];
}

/** What a model string means. */
export interface ModelChoice {
  /** Name of the adapter. */
  readonly adapter: string;
  /** Model for the CLI; absent = its own default. */
  readonly model?: string;
}

/**
 * Reads a model string (spec §4): `claude`, `opus`, `ollama/llama3`. Aliases are the caller's matter. Undefined if it
 * names neither a built-in adapter nor one of `configured`. `command` is no model string: it needs an argv.
 */
export function resolveModelString(
  text: string,
  configured: readonly string[] = [],
): ModelChoice | undefined {
  const shorthand = modelShorthands.get(text);
  if (shorthand !== undefined) return shorthand;
  const isAdapter = (name: string): boolean => builtInAdapters.includes(name) || configured.includes(name);
  if (isAdapter(text)) return { adapter: text };
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const adapter = text.slice(0, slash);
  const model = text.slice(slash + 1);
  return isAdapter(adapter) && model !== '' ? { adapter, model } : undefined;
}
