/** Where values stand in the JSON that a declared CLI tells: one notation for what it prints and for its events. */
import * as z from 'zod';
import type { Usage } from './adapter.ts';
import { knownUsage } from './usage-notes.ts';

const path = z
  .string()
  .regex(
    /^[\w$-]+(\.[\w$-]+)*$/,
    'a path has names and numbers with "." between, as in "item.text" or "choices.0.text"',
  );

/** Values that a document has to have, by path. */
export const conditionsSchema = z
  .record(path, z.union([z.string(), z.boolean(), z.number()]))
  .readonly()
  .refine(conditions => Object.keys(conditions).length > 0, 'needs at least one path and its value');

/** Where a value stands: a path, or one that counts only in documents where other values are as given. */
export const placeSchema = z.union([path, z.object({ path, where: conditionsSchema }).strict().readonly()]);

/** Values that a document has to have. */
export type Conditions = z.infer<typeof conditionsSchema>;
/** Where a value stands. */
export type Place = z.infer<typeof placeSchema>;

/** Places of what a turn has used. */
export const figurePlaces = {
  input_tokens: placeSchema.optional(),
  output_tokens: placeSchema.optional(),
  cache_read_tokens: placeSchema.optional(),
  cost_usd: placeSchema.optional(),
};

type FigurePlaces = { readonly [Name in keyof typeof figurePlaces]?: Place | undefined };

/** Whether a document has these values. */
export function fits(value: unknown, conditions: Conditions): boolean {
  return Object.entries(conditions).every(([at, wanted]) => atPath(value, at) === wanted);
}

/** The text at a place; JSON where it is none. Undefined where nothing stands there, or `null`, `false` or ''. */
export function textAt(value: unknown, place: Place | undefined): string | undefined {
  const found = valueAt(value, place);
  if (found === undefined || found === null || found === false || found === '') return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

/** The figures of a document; empty where it has none. */
export function usageAt(value: unknown, places: FigurePlaces): Usage {
  return knownUsage({
    inputTokens: numberAt(value, places.input_tokens),
    outputTokens: numberAt(value, places.output_tokens),
    cacheReadTokens: numberAt(value, places.cache_read_tokens),
    costUsd: numberAt(value, places.cost_usd),
  });
}

function numberAt(value: unknown, place: Place | undefined): number | undefined {
  const found = valueAt(value, place);
  return typeof found === 'number' && found >= 0 ? found : undefined;
}

function valueAt(value: unknown, place: Place | undefined): unknown {
  if (place === undefined) return undefined;
  if (typeof place === 'string') return atPath(value, place);
  return fits(value, place.where) ? atPath(value, place.path) : undefined;
}

function atPath(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    // Own keys only, of an object that JSON.parse made.
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here;
}
