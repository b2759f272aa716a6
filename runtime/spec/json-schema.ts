/** The JSON Schema of a connector file, as editors and other tools read it (draft-07, what VS Code supports in full). */
import * as z from 'zod';
import { connectorSchema } from './schema.ts';

/** The parts of JSON Schema that our schema uses. */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  title?: string;
  description?: string;
  markdownDescription?: string;
  markdownEnumDescriptions?: string[];
  examples?: unknown[];
  defaultSnippets?: unknown[];
  'x-extension'?: boolean;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  minItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema;
  required?: string[];
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
}

/** Builds the JSON Schema. The root is `#/definitions/Connector`. */
export function buildJsonSchema(): JsonSchema {
  // zod's own type for JSON Schema is the wider one of all drafts.
  return tidy(z.toJSONSchema(connectorSchema, { target: 'draft-7', io: 'input' }) as RawSchema);
}

/** zod writes a union of plain types as a list. */
type RawSchema = Omit<JsonSchema, 'type'> & { readonly type?: string | readonly string[] };

/**
 * Takes away what says nothing (zod's bounds of safe integers, the `propertyNames` of every map) and spells a list of
 * types out as `anyOf`, so that readers have one form of a union.
 */
function tidy(schema: RawSchema): JsonSchema {
  const { propertyNames: _, maximum, type, ...rest } = schema;
  const out: JsonSchema = { ...rest };
  if (typeof type === 'string') out.type = type;
  else if (type !== undefined) out.anyOf = type.map(name => ({ type: name }));
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) out.maximum = maximum;
  if (out.minimum === -Number.MAX_SAFE_INTEGER) delete out.minimum;
  if (out.items) out.items = tidy(out.items);
  if (out.additionalProperties) out.additionalProperties = tidy(out.additionalProperties);
  if (out.anyOf) out.anyOf = out.anyOf.map(tidy);
  if (out.allOf) out.allOf = out.allOf.map(tidy);
  if (out.properties) out.properties = tidyAll(out.properties);
  if (out.definitions) out.definitions = tidyAll(out.definitions);
  return out;
}

function tidyAll(schemas: Record<string, RawSchema>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, tidy(schema)]));
}
