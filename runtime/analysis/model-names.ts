/** What a model text means (spec §4): an alias of the file, or a literal model of an adapter. */
import { builtInAdapters, modelShorthands, shellAdapter } from '../agents/names.ts';
import type { JsonNode } from './json-node.ts';
import { elements, member, membersOf } from './json-node.ts';

/** Names that a model text can refer to. */
export interface ModelNames {
  /** Alias → its route in the file. */
  readonly aliases: ReadonlyMap<string, JsonNode>;
  /** Names of all adapters: built in and configured. */
  readonly adapters: ReadonlySet<string>;
  /** Aliases that can end at the shell adapter, through other aliases too. */
  readonly shellAliases: ReadonlySet<string>;
}

type Routes = Omit<ModelNames, 'shellAliases'>;

/** What a model text means. */
export type ModelMeaning =
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'adapter'; readonly adapter: string; readonly model?: string }
  | { readonly kind: 'unknown' };

/** Further aliases are not read (`too-large-workflow`): following them recurses. */
export const maxAliases = 2000;

/** Names of a file and of the configuration. */
export function collectModelNames(models: JsonNode | undefined, configured: readonly string[]): ModelNames {
  const aliases = new Map(membersOf(models).slice(0, maxAliases));
  const routes = { aliases, adapters: new Set([...builtInAdapters, ...configured]) };
  return { ...routes, shellAliases: findShellAliases(routes) };
}

/** What `text` means where a model is asked for. */
export function meaningOfModel(text: string, names: Routes): ModelMeaning {
  return names.aliases.has(text) ? { kind: 'alias', alias: text } : meaningOfLiteral(text, names.adapters);
}

/**
 * What `text` means inside the route of `alias`: like anywhere, but an alias that names itself (`"claude": "claude"`)
 * means the literal model.
 */
export function meaningInRoute(text: string, alias: string, names: Routes): ModelMeaning {
  const literal = meaningOfLiteral(text, names.adapters);
  return text === alias && literal.kind === 'adapter' ? literal : meaningOfModel(text, names);
}

function meaningOfLiteral(text: string, adapters: ReadonlySet<string>): ModelMeaning {
  if (adapters.has(text)) return { kind: 'adapter', adapter: text };
  const shorthand = modelShorthands.get(text);
  if (shorthand) return { kind: 'adapter', ...shorthand };
  const slash = text.indexOf('/');
  const adapter = text.slice(0, Math.max(slash, 0));
  const model = text.slice(slash + 1);
  return adapters.has(adapter) && model !== '' ? { kind: 'adapter', adapter, model } : { kind: 'unknown' };
}

/** The model texts of a route, with their nodes: its choices and its own fallback. Inline commands name no model. */
export function modelTextsOf(
  route: JsonNode | undefined,
): readonly (JsonNode & { readonly kind: 'string' })[] {
  if (route === undefined) return [];
  if (route.kind === 'string') return [route];
  if (route.kind === 'array') return elements(route).flatMap(modelTextsOf);
  const model = member(route, 'command') ? [] : modelTextsOf(member(route, 'model'));
  return [...model, ...modelTextsOf(member(route, 'fallback'))];
}

/** Whether a model text can end at the shell adapter, through aliases too. */
export function canReachShell(text: string, names: ModelNames): boolean {
  const meaning = meaningOfModel(text, names);
  return meaning.kind === 'alias' ? names.shellAliases.has(meaning.alias) : isShell(meaning);
}

/** Walks the aliases backwards, from those that name the shell adapter themselves to those that name these. */
function findShellAliases(routes: Routes): ReadonlySet<string> {
  const found = new Set<string>();
  const usersOf = new Map<string, string[]>();
  for (const [alias, route] of routes.aliases) {
    for (const { value } of modelTextsOf(route)) {
      const meaning = meaningInRoute(value, alias, routes);
      if (isShell(meaning)) found.add(alias);
      if (meaning.kind === 'alias')
        usersOf.set(meaning.alias, [...(usersOf.get(meaning.alias) ?? []), alias]);
    }
  }
  // A set yields what is added while it is walked.
  for (const alias of found) for (const user of usersOf.get(alias) ?? []) found.add(user);
  return found;
}

function isShell(meaning: ModelMeaning): boolean {
  return meaning.kind === 'adapter' && meaning.adapter === shellAdapter;
}
