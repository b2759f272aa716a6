/** Sessions in normal form (spec §3): the nearest value wins key by key, `env` merges by variable. */
import type { Sandbox, Session } from '../spec/workflow.ts';
import { sessionValue } from './inheritance.ts';
import type { JsonNode } from './json-node.ts';
import { booleanOf, member, numberOf, textOf, textsOf } from './json-node.ts';
import { readRateLimit } from './normalize-route.ts';
import { oneOf, optional, textMap } from './optional.ts';

/** Merges the session objects that apply to a worker, outermost first. */
export function normalizeSession(layers: readonly JsonNode[]): Session {
  const value = (key: string) => sessionValue(layers, key);
  const setup = value('setup');
  return {
    ...optional('worktree', readWorktree(value('worktree'))),
    sandbox: readSandbox(value('sandbox')),
    env: mergeEnv(layers),
    ...optional('permission', oneOf(['read-only', 'ask', 'edit', 'full'], textOf(value('permission')))),
    ...optional('timeoutMs', numberOf(value('timeout_ms'))),
    ...optional('startTimeoutMs', numberOf(value('start_timeout_ms'))),
    ...optional('stallTimeoutMs', numberOf(value('stall_timeout_ms'))),
    ...optional('onRateLimit', readRateLimit(value('on_rate_limit'))),
    ...optional('transport', oneOf(['terminal', 'headless'], textOf(value('transport')))),
    ...optional('setup', setup && textsOf(setup)),
    ...optional('resume', textOf(value('resume'))),
  };
}

function readWorktree(node: JsonNode | undefined): string | false | undefined {
  return booleanOf(node) === false ? false : textOf(node);
}

function readSandbox(node: JsonNode | undefined): false | Sandbox {
  if (node?.kind !== 'object') return booleanOf(node) === true ? { write: [], readDeny: [] } : false;
  const network = member(node, 'network');
  return {
    ...optional('network', network && readNetwork(network)),
    write: textsOf(member(node, 'write')),
    readDeny: textsOf(member(node, 'read_deny')),
  };
}

function readNetwork(node: JsonNode): readonly string[] | false {
  return booleanOf(node) === false ? false : textsOf(node);
}

function mergeEnv(layers: readonly JsonNode[]): Readonly<Record<string, string>> {
  return Object.fromEntries(layers.flatMap(layer => Object.entries(textMap(member(layer, 'env')))));
}
