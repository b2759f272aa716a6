/** How single occurrences are made: a name as a key, as a value, or not written at all. */
import type { JsonNode, Range } from './json-node.ts';
import type { Entity, Occurrence } from './occurrences.ts';

/** The key of `node` as a name. */
export function atKeyOf(node: JsonNode, entity: Entity, text: string): readonly Occurrence[] {
  const { keyRange } = node;
  if (keyRange === undefined) return [];
  return [{ entity, role: 'definition', range: withoutQuotes(keyRange, text), node, form: 'key' }];
}

/** A text as a name. */
export function atText(
  node: JsonNode & { readonly kind: 'string' },
  entity: Entity,
  role: Occurrence['role'],
  text: string,
): Occurrence {
  return { entity, role, range: withoutQuotes(node.range, text), node, form: 'value' };
}

/** A name that something has without being given one. */
export function atNothing(node: JsonNode, entity: Entity): Occurrence {
  const { start, end } = node.range;
  const range = node.kind === 'number' ? node.range : { start, end: Math.min(start + 1, end) };
  return { entity, role: 'definition', range, node, form: 'implicit' };
}

/** What stands between the quotes; texts that are not closed, as while they are typed, end without one. */
function withoutQuotes({ start, end }: Range, text: string): Range {
  const isClosed = end - start >= 2 && text[end - 1] === text[start];
  return { start: Math.min(start + 1, end), end: isClosed ? end - 1 : end };
}
