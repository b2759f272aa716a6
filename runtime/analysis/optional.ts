/** Small pieces of the normal form. */
import type { JsonNode } from './json-node.ts';
import { membersOf } from './json-node.ts';

/** An object with the key if there is a value, else without it: `...optional('task', task)`. */
export function optional<K extends string, const T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  // TypeScript widens a computed key to string.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

/** A map of texts, others left out. */
export function textMap(node: JsonNode | undefined): Readonly<Record<string, string>> {
  const entries = membersOf(node).flatMap(([key, value]) =>
    value.kind === 'string' ? [[key, value.value] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** The value as one of a list of texts. */
export function oneOf<const T extends readonly string[]>(
  values: T,
  text: string | undefined,
): T[number] | undefined {
  return values.find(value => value === text);
}
