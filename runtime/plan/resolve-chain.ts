import type { DeclaredAgent } from '../agents/declared.ts';
import { resolveModelString } from '../agents/registry.ts';
import type { RateLimitPolicy, Route, RouteChoice } from '../spec/workflow.ts';

/** The alias whose route every alias and literal model without a chain of its own falls back to (spec §4). */
export const FALLBACK_ALIAS = 'fallback';

/** One way to reach a model, taken apart: an entry of a failover chain. */
export interface ChainEntry {
  /** The alias whose route names it; absent for a literal model. */
  readonly alias?: string;
  readonly adapter: string;
  readonly model?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** How the user's configuration describes the CLI; absent for built-in ones. */
  readonly declared?: DeclaredAgent;
  readonly onRateLimit?: RateLimitPolicy;
}

/** CLIs of the user's configuration, by name. */
export type ConfiguredAgents = Readonly<Record<string, DeclaredAgent>>;

/** A failover chain, first choice first, without repetitions. */
export interface Chain {
  readonly entries: readonly ChainEntry[];
  /** Model strings that name neither an alias nor a known CLI. */
  readonly unknown: readonly string[];
}

/** What surrounds a route on the way from the worker's model to a model string. */
interface Surroundings {
  readonly alias?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onRateLimit?: RateLimitPolicy;
  /** Aliases on the way: an alias that leads back to itself is not followed again. */
  readonly visited: readonly string[];
}

interface Found extends Chain {
  /** A list, or a fallback of its own, somewhere on the way. */
  readonly isChain: boolean;
}

const NOWHERE: Surroundings = { args: [], env: {}, visited: [] };

/**
 * The failover chain of a model as written (spec §4): the alias's route with its lists and fallbacks; the file-wide
 * `fallback` alias after it exactly if the route is no chain of its own, whether or not `primary` exists.
 */
export function resolveChain(
  model: string,
  models: Readonly<Record<string, Route>>,
  configured: ConfiguredAgents,
): Chain {
  const resolver = new ChainResolver(models, configured);
  const own = resolver.find(model, NOWHERE);
  const fallback =
    own.isChain || !Object.hasOwn(models, FALLBACK_ALIAS) ? NOTHING : resolver.find(FALLBACK_ALIAS, NOWHERE);
  return {
    entries: withoutRepetitions([...own.entries, ...fallback.entries]),
    unknown: [...new Set([...own.unknown, ...fallback.unknown])],
  };
}

/** What makes two entries the same way to reach a model, whatever alias they come from. */
export function chainEntryKey(entry: ChainEntry): string {
  const env = Object.entries(entry.env).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([entry.adapter, entry.model ?? null, entry.args, env, entry.command ?? null]);
}

const NOTHING: Found = { entries: [], unknown: [], isChain: false };

class ChainResolver {
  readonly #models: Readonly<Record<string, Route>>;
  readonly #configured: ConfiguredAgents;

  constructor(models: Readonly<Record<string, Route>>, configured: ConfiguredAgents) {
    this.#models = models;
    this.#configured = configured;
  }

  /** What a model string or alias leads to. */
  find(text: string, around: Surroundings): Found {
    const route = Object.hasOwn(this.#models, text) ? this.#models[text] : undefined;
    if (route !== undefined && !around.visited.includes(text)) {
      return this.#findRoute(route, { ...around, alias: text, visited: [...around.visited, text] });
    }
    const entry = this.#literal(text, around);
    if (entry !== undefined) return { entries: [entry], unknown: [], isChain: false };
    return { entries: [], unknown: route === undefined ? [text] : [], isChain: false };
  }

  #findRoute(route: Route, around: Surroundings): Found {
    const policy = around.onRateLimit ?? route.onRateLimit;
    const inside = { ...around, ...(policy === undefined ? {} : { onRateLimit: policy }) };
    const parts = route.choices.map(choice => this.#findChoice(choice, inside));
    if (route.fallback !== undefined) parts.push(this.#findRoute(route.fallback, inside));
    return {
      entries: parts.flatMap(part => part.entries),
      unknown: parts.flatMap(part => part.unknown),
      isChain: parts.length > 1 || parts.some(part => part.isChain),
    };
  }

  #findChoice(choice: RouteChoice, around: Surroundings): Found {
    const inside = {
      ...around,
      args: [...choice.args, ...around.args],
      env: { ...choice.env, ...around.env },
    };
    if (choice.command === undefined) return this.find(choice.model, inside);
    const model = choice.model === '' ? undefined : choice.model;
    const entry = makeEntry({ adapter: 'command', model, command: choice.command }, inside);
    return { entries: [entry], unknown: [], isChain: false };
  }

  /** A CLI of the user's configuration, which may replace a built-in one, or a built-in. */
  #literal(text: string, around: Surroundings): ChainEntry | undefined {
    const slash = text.indexOf('/');
    const head = slash < 0 ? text : text.slice(0, slash);
    const agent = Object.hasOwn(this.#configured, head) ? this.#configured[head] : undefined;
    if (agent === undefined) {
      const found = resolveModelString(text);
      return found && makeEntry({ adapter: found.adapter, model: found.model, command: undefined }, around);
    }
    const model = slash < 0 ? undefined : text.slice(slash + 1);
    const inside = { ...around, env: { ...agent.env, ...around.env } };
    return makeEntry({ adapter: head, model, command: undefined, declared: agent }, inside);
  }
}

function makeEntry(
  what: {
    readonly adapter: string;
    readonly model: string | undefined;
    readonly command: readonly string[] | undefined;
    readonly declared?: DeclaredAgent;
  },
  around: Surroundings,
): ChainEntry {
  return {
    ...(around.alias === undefined ? {} : { alias: around.alias }),
    adapter: what.adapter,
    ...(what.model === undefined || what.model === '' ? {} : { model: what.model }),
    args: around.args,
    env: around.env,
    ...(what.command === undefined ? {} : { command: what.command }),
    ...(what.declared === undefined ? {} : { declared: what.declared }),
    ...(around.onRateLimit === undefined ? {} : { onRateLimit: around.onRateLimit }),
  };
}

function withoutRepetitions(entries: readonly ChainEntry[]): readonly ChainEntry[] {
  if (entries.length < 2) return entries;
  const seen = new Set<string>();
  return entries.filter(entry => {
    const key = chainEntryKey(entry);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
