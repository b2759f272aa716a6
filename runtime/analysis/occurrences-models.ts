/** Names of the top level and their uses: aliases and models, machines, MCP servers. */
import type { JsonNode } from './json-node.ts';
import { elements, member, membersOf } from './json-node.ts';
import type { ModelMeaning } from './model-names.ts';
import { meaningInRoute, meaningOfModel, modelTextsOf } from './model-names.ts';
import { atKeyOf, atText } from './occurrence-parts.ts';
import type { Entity, IndexPart, Occurrence } from './occurrences.ts';

/** Aliases and literal models, in `models` and wherever a model is asked for. */
export function aliasOccurrences({ document: { text }, part, names }: IndexPart): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const [alias, route] of names.aliases) {
    found.push(...atKeyOf(route, { kind: 'alias', name: alias }, text));
    for (const node of modelTextsOf(route)) {
      found.push(
        atText(node, modelEntity(node.value, meaningInRoute(node.value, alias, names)), 'use', text),
      );
    }
  }
  for (const owner of part.owners) {
    const node = member(owner, 'model');
    if (node?.kind !== 'string') continue;
    found.push(atText(node, modelEntity(node.value, meaningOfModel(node.value, names)), 'use', text));
  }
  return found;
}

/** Machines and MCP servers. */
export function placeOccurrences({ document: { text }, outline, part }: IndexPart): readonly Occurrence[] {
  const machine = (name: string): Entity => ({ kind: 'machine', name });
  const server = (name: string): Entity => ({ kind: 'mcp-server', name });
  const mcp = member(member(outline.root, 'tools'), 'mcp');
  const machineUses = part.owners.flatMap(owner => textsIn(member(owner, 'machine')));
  return [
    ...membersOf(member(outline.root, 'machines')).flatMap(([name, node]) =>
      atKeyOf(node, machine(name), text),
    ),
    ...machineUses.map(node => atText(node, machine(node.value), 'use', text)),
    ...membersOf(mcp).flatMap(([name, node]) => atKeyOf(node, server(name), text)),
    ...elements(mcp)
      .flatMap(textsIn)
      .map(node => atText(node, server(node.value), 'use', text)),
  ];
}

/** A text that means nothing is taken for an alias that is yet to be written. */
function modelEntity(name: string, meaning: ModelMeaning): Entity {
  return { kind: meaning.kind === 'adapter' ? 'model' : 'alias', name };
}

/** The text, or the texts of the list. */
function textsIn(node: JsonNode | undefined): readonly (JsonNode & { readonly kind: 'string' })[] {
  const nodes = node?.kind === 'array' ? node.entries : [node];
  return nodes.flatMap(item => (item?.kind === 'string' ? [item] : []));
}
