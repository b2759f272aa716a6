/** What a worker gets from where: own value, phase's, top level's (spec §3, §4, §5). */
import type { JsonNode, ObjectNode } from './json-node.ts';
import { member } from './json-node.ts';
import type { ModelNames } from './model-names.ts';
import type { MemberOutline, Outline, PhaseOutline } from './outline.ts';

/** A worker's model text and where it stands. */
export interface EffectiveModel {
  readonly text: string;
  readonly node: JsonNode;
}

/** The worker's model: own, phase's, the alias `primary`, the only alias; undefined if there is none. */
export function effectiveModel(
  phase: PhaseOutline | undefined,
  worker: MemberOutline | undefined,
  names: ModelNames,
): EffectiveModel | undefined {
  const written = nearest('model', [worker?.node, ownNode(phase)]);
  if (written?.kind === 'string') return { text: written.value, node: written };
  const alias = names.aliases.has('primary') ? 'primary' : onlyKey(names.aliases);
  const node = alias === undefined ? undefined : names.aliases.get(alias);
  return alias === undefined || node === undefined ? undefined : { text: alias, node };
}

/** The nodes that may hold a session, outermost first. */
export function sessionLayers(
  outline: Outline,
  phase?: PhaseOutline,
  worker?: MemberOutline,
): readonly JsonNode[] {
  const owners = [outline.root, ownNode(phase), worker?.node];
  return owners.flatMap(owner => member(owner, 'session') ?? []);
}

/** The nearest value of a session key; layers outermost first. */
export function sessionValue(layers: readonly JsonNode[], key: string): JsonNode | undefined {
  return layers.reduce<JsonNode | undefined>((outer, layer) => member(layer, key) ?? outer, undefined);
}

/** The phase's own node; a top-level topology has none beside the root. */
export function ownNode(phase: PhaseOutline | undefined): ObjectNode | undefined {
  return phase?.isTopLevel ? undefined : phase?.node;
}

/** The value of `key` in the first owner that has it. */
export function nearest(key: string, owners: readonly (ObjectNode | undefined)[]): JsonNode | undefined {
  for (const owner of owners) {
    const value = member(owner, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

function onlyKey(map: ReadonlyMap<string, unknown>): string | undefined {
  return map.size === 1 ? [...map.keys()][0] : undefined;
}
